#pragma once

#include <string>
#include <vector>

#include "curldescent/storage/schema.hpp"

namespace curldescent {

/// These variables of the runs, `status` and `checksum` before them. `labels` are the names of the variables that
/// label a point, separated by blanks.
std::vector<Variable> runs_layout(std::span<const RunVariable> runs, const std::string& labels);

/// The speed of learning, ascent, gradient and curl of a run.
std::vector<RunVariable> curl_variables();

/// The statistics of these variables over replicates, [point, rule] and the variable's extra dimension.
std::vector<Variable> statistics_layout(std::span<const RunVariable> runs, const std::string& labels);

/// The comparison of every rule with the baseline in these variables, [point, rule] and the variable's extra dimension.
std::vector<Variable> comparisons_layout(std::span<const RunVariable> runs, std::string_view baseline,
                                         const std::string& labels);

}  // namespace curldescent
