#pragma once

#include <optional>
#include <vector>

#include "curldescent/experiment/task.hpp"
#include "curldescent/experiment/task_monitor.hpp"
#include "curldescent/model/supplied_data.hpp"

namespace curldescent {

/// Computes every run of a task, in the order of its rules. A run whose weights overflow is a result (`diverged`).
/// The numbers depend on the task and the supplied data alone.
std::vector<RunResult> simulate(const Task& task, const SuppliedData& supplied);

/// The same under a monitor: goes on from the state that it has, and returns nothing when it wishes that the task is
/// left. However often that happens, the results that come in the end are the same, bit for bit (times apart). Throws
/// std::runtime_error when the state is of another task, and what the monitor throws.
std::optional<std::vector<RunResult>> simulate(const Task& task, const SuppliedData& supplied, TaskMonitor& monitor);

/// The results of a task that could not be computed: every run `failed`, with the message and without numbers.
std::vector<RunResult> failed_results(const Task& task, const std::string& message);

}  // namespace curldescent
