#pragma once

#include <string>
#include <vector>

#include "curldescent/storage/schema.hpp"

namespace curldescent {

/// What random-matrix theory says of every point [point]. NaN where it is silent.
std::vector<Variable> theory_variables(const Experiment& experiment, const std::string& labels);

/// These variables of the runs, `status` and `checksum` before them. `labels` are the names of the variables that
/// label a point, separated by blanks.
std::vector<Variable> runs_layout(std::span<const RunVariable> runs, const std::string& labels);

/// The statistics of these variables over replicates, [point, rule].
std::vector<Variable> statistics_layout(std::span<const RunVariable> runs, const std::string& labels);

}  // namespace curldescent
