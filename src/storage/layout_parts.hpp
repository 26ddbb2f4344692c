#pragma once

#include <string>
#include <vector>

#include "curldescent/storage/schema.hpp"

namespace curldescent {

/// The variables that every file has.
std::vector<RunVariable> basic_variables();

/// The variables of chaos indicators, each in the files of experiments that measure it.
std::vector<RunVariable> chaos_variables();

/// These variables of the runs, `status` and `checksum` before them. `labels` are the names of the variables that
/// label a point, separated by blanks.
std::vector<Variable> runs_layout(std::span<const RunVariable> runs, const std::string& labels);

/// The statistics of these variables over replicates, [point, rule].
std::vector<Variable> statistics_layout(std::span<const RunVariable> runs, const std::string& labels);

}  // namespace curldescent
