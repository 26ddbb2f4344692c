#pragma once

#include <functional>
#include <string>

#include "curldescent/model/error.hpp"

namespace curldescent {

/// Another run is writing an output.
class OutputTaken : public InputError {
  public:
    using InputError::InputError;
};

/// Keeps other runs from writing an output while one does. Readers do not ask for it. It ends with the object, and with
/// the process, however that ends. Where it cannot be had (file systems without locks, folders without room) the run
/// goes on without.
class OutputLock {
  public:
    /// Throws OutputTaken that names host and process of the run that has the lock. Before that it tries again every
    /// second for as long as `may_wait` says so, since network file systems keep the lock of a lost node for a while.
    explicit OutputLock(
        const std::string& output, const std::function<bool()>& may_wait = [] { return false; });

    /// Removes the lock's file, and its folder when that is empty.
    ~OutputLock();

    OutputLock(const OutputLock&) = delete;
    OutputLock& operator=(const OutputLock&) = delete;

  private:
    std::string output_;
    int descriptor_;  ///< of the lock's file; negative: none could be made
};

}  // namespace curldescent
