#pragma once

#include <stdexcept>

namespace curldescent {

/// What the user wrote (a file, key, value, argument or data set) cannot be used. The message names it, says the
/// value given and what is allowed. The program ends with exit code 2.
class InputError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

}  // namespace curldescent
