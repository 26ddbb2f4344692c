#pragma once

#include <string>
#include <vector>

#include "curldescent/storage/schema.hpp"

namespace curldescent {

/// The variables that the runs will bring, `status` and `checksum` first. `labels` are the names of the variables that
/// label a point, separated by blanks.
std::vector<Variable> runs_layout(const std::string& labels);

/// The statistics over replicates, [point, rule].
std::vector<Variable> statistics_layout(const std::string& labels);

}  // namespace curldescent
