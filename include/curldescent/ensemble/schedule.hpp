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

/// One of several shares of an experiment's tasks, which are computed apart from each other.
struct Shard {
    std::int64_t number = 1;  ///< 1 to count
    std::int64_t count = 1;

    friend bool operator==(const Shard&, const Shard&) = default;
};

/// Whether a task is part of a share. Each task is in one; of every `count` tasks that follow each other each share has
/// one, in an order that turns by one from group to group, so that no value of a sweep falls to one share alone.
/// Example: of 9 tasks share 1 of 3 has 0, 5 and 7.
bool belongs(std::int64_t task, const Shard& shard);

/// Sorts tasks by expected time, the longest first; equal ones by index.
void sort_longest_first(std::vector<PlannedTask>& tasks);

/// The tasks that are still to be given out, and which of them comes next when the time is limited.
class TaskQueue {
  public:
    /// `tasks` are sorted, the longest first, and outlive the queue. `session` is the time, in seconds, that a whole
    /// session has.
    TaskQueue(std::span<const PlannedTask> tasks, double session);

    /// The tasks that may still be given out.
    [[nodiscard]] std::int64_t remaining() const;

    /// For a worker without a task: gives out the longest task that is expected to end in the seconds that are left;
    /// where a task takes longer than a whole session, which can only be done in parts, it comes first while there is
    /// any time. Nothing when none fits. Time only runs out: what does not fit now is not given out any more. Example:
    /// tasks of 9, 4, 3 and 1 s, a session of 5 s: with 4 s left 9, with 4 s left 4, with 2 s left 1, and then none.
    const PlannedTask* next(double seconds_left);

    /// For a worker that has a task, and so many seconds behind it: gives out the next task in the order if it fits.
    const PlannedTask* next_behind_another(double seconds_left);

  private:
    std::span<const PlannedTask> tasks_;
    std::size_t long_end_;       // behind those that take longer than a session
    std::size_t next_long_ = 0;  // of these
    std::size_t next_;           // of the others
};

/// Who gets the next tasks: the worker of each of the next tasks, in order. A worker without a task comes
/// first, then those with the fewest; ties go to the lower number. While more tasks are left than there are
/// workers each worker may hold two, so that it has its next task before it finishes the last; after that
/// one, so that no task waits behind another while a worker is idle. `outstanding` is the number of tasks
/// that each worker holds, `remaining` the number not yet given out. Example: outstanding {1, 0, 2},
/// remaining 5: {1, 0, 1}.
std::vector<int> assign(std::span<const int> outstanding, std::int64_t remaining);

}  // namespace curldescent
