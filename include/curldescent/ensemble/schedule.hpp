#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "curldescent/experiment/experiment.hpp"

namespace curldescent {

/// A task that is to be done.
struct PlannedTask {
    std::int64_t index = 0;         ///< of the task in the experiment
    std::uint32_t rules = 0;        ///< bit k: the experiment's k-th rule is to be run
    double expected_seconds = 0.0;  ///< of all its runs
};

/// Sorts tasks by expected time, the longest first; equal ones by index.
void sort_longest_first(std::vector<PlannedTask>& tasks);

/// Who gets the next tasks: the worker of each of the next tasks, in order. A worker without a task comes
/// first, then those with the fewest; ties go to the lower number. While more tasks are left than there are
/// workers each worker may hold two, so that it has its next task before it finishes the last; after that
/// one, so that no task waits behind another while a worker is idle. `outstanding` is the number of tasks
/// that each worker holds, `remaining` the number not yet given out. Example: outstanding {1, 0, 2},
/// remaining 5: {1, 0, 1}.
std::vector<int> assign(std::span<const int> outstanding, std::int64_t remaining);

}  // namespace curldescent
