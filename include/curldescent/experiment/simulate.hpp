#pragma once

#include <vector>

#include "curldescent/experiment/task.hpp"
#include "curldescent/model/supplied_data.hpp"

namespace curldescent {

/// Computes every run of a task, in the order of its rules. A run whose weights overflow is a result (`diverged`).
/// The numbers depend on the task and the supplied data alone.
std::vector<RunResult> simulate(const Task& task, const SuppliedData& supplied);

/// The results of a task that could not be computed: every run `failed`, with the message and without numbers.
std::vector<RunResult> failed_results(const Task& task, const std::string& message);

}  // namespace curldescent
