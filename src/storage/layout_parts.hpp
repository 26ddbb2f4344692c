#pragma once

#include <string>
#include <vector>

#include "curldescent/storage/schema.hpp"

namespace curldescent {

/// The labels and sizes of every point: each swept key with its index along the sweep, what follows from it, and the
/// recorded epochs [point], [point, record].
std::vector<Variable> point_variables(const Experiment& experiment, const Extents& extents);

/// What random-matrix theory says of every point [point]. NaN where it is silent.
std::vector<Variable> theory_variables(const Experiment& experiment, const std::string& labels);

/// These variables of the runs, `status` and the checksums before them. `labels` are the names of the variables that
/// label a point, separated by blanks.
std::vector<Variable> runs_layout(std::span<const RunVariable> runs, const std::string& labels);

/// The statistics of these variables over replicates, [point, rule] and the variable's extra dimension.
std::vector<Variable> statistics_layout(std::span<const RunVariable> runs, const std::string& labels);

/// The comparison of every rule with the baseline in these variables, [point, rule] and the variable's extra dimension.
std::vector<Variable> comparisons_layout(std::span<const RunVariable> runs, std::string_view baseline,
                                         const std::string& labels);

}  // namespace curldescent
