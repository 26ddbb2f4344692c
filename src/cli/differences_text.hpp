#pragma once

#include <string>
#include <vector>

#include "curldescent/experiment/experiment_difference.hpp"

namespace curldescent::cli {

/// A line for each key, "training.epochs: 20 in the file, 21 now", where the two are `there` "in the file" and `here`
/// "now".
std::string differences_text(const std::vector<KeyDifference>& differences, const char* there, const char* here);

}  // namespace curldescent::cli
