#pragma once

#include <string>
#include <vector>

#include "curldescent/storage/results_file.hpp"

namespace curldescent::cli {

/// The k-th run of a point, [rule x replicate].
RunIndex run_at(std::int64_t point, std::size_t k, const Extents& extents);

/// The index of the task that a run is part of.
std::int64_t task_of(const RunIndex& run, const Extents& extents);

/// "point 1, curl-descent, replicate 2"
std::string run_text(const RunIndex& run, const std::vector<std::string>& rules);

/// The name of a status, also of one that a damaged file alone can have.
std::string status_name(RunStatus status);

}  // namespace curldescent::cli
