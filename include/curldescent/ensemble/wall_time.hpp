#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "curldescent/ensemble/schedule.hpp"

namespace curldescent {

/// Tasks that take equally long.
struct TaskGroup {
    double seconds = 0.0;  ///< of each, at least 0
    std::int64_t count = 0;
};

/// Planned tasks by how long they take, the longest first. Those within 1 % of each other count as equally long, at
/// their mean, so that the total is exact. `tasks` are sorted, the longest first.
std::vector<TaskGroup> group_tasks(std::span<const PlannedTask> tasks);

/// The time of all tasks one after the other, in seconds.
double total_seconds(std::span<const TaskGroup> groups);

/// The time until the last task ends, in seconds, when each of `ranks` >= 1 ranks takes the longest task left as soon
/// as it is free. `groups` are sorted, the longest first. Example: tasks of 3, 2, 2 and 1 s on two ranks take 4 s.
double wall_seconds(std::span<const TaskGroup> groups, std::int64_t ranks);

/// The share of their time that so many ranks compute, total / (ranks * (start_up + wall)). A job takes `start_up`
/// seconds before its first task.
double efficiency(std::span<const TaskGroup> groups, std::int64_t ranks, double start_up);

/// The largest number of ranks of this efficiency, 0 < `least` <= 1. At least 1.
std::int64_t ranks_worth_using(std::span<const TaskGroup> groups, double least, double start_up);

}  // namespace curldescent
