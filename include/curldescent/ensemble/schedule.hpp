#pragma once

#include <cstddef>
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

/// The number of the one share, of `count`, that a task is part of. Of every `count` tasks that follow each other each
/// share has one, from a place that is drawn anew for each such group, so that no value of a sweep falls to one share
/// alone.
std::int64_t share_of(std::int64_t task, std::int64_t count);

/// Whether a task is part of a share.
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

    /// The seconds that they are expected to take.
    [[nodiscard]] double remaining_seconds() const { return remaining_seconds_; }

    /// For a worker without a task: gives out the longest task that is expected to end in the seconds that are left;
    /// where a task takes longer than a whole session, which can only be done in parts, it comes first while there is
    /// any time. Nothing when none fits. Time only runs out: what does not fit now is not given out any more. Example:
    /// tasks of 9, 4, 3 and 1 s, a session of 5 s: with 4 s left 9, with 4 s left 4, with 2 s left 1, and then none.
    const PlannedTask* next(double seconds_left);

    /// For a worker that has a task, and so many seconds behind it: gives out the next task in the order if it fits.
    const PlannedTask* next_behind_another(double seconds_left);

    /// Adds to a batch, which has its first task, the next tasks in the order, until it takes the seconds `wanted` or
    /// has `most_tasks_at_once`, or until the next one does not fit into the seconds left behind the first.
    void fill_up(std::vector<const PlannedTask*>& batch, double seconds_left, double wanted);

  private:
    const PlannedTask* take(std::size_t& place);

    std::span<const PlannedTask> tasks_;
    double remaining_seconds_ = 0.0;
    std::size_t long_end_;       // behind those that take longer than a session
    std::size_t next_long_ = 0;  // of these
    std::size_t next_;           // of the others
};

/// The most tasks in one batch: a message of some kilobytes, and reports that MPI sends at once.
inline constexpr std::size_t most_tasks_at_once = 32;

/// The seconds of work that a worker is given at once, when it may be given so much. Enough that messages are rare, for
/// the worker and for a dispatcher that serves so many workers; but half of its share of what remains, so
/// that all end together. A task that takes longer is given out alone.
double batch_seconds(double remaining_seconds, std::size_t workers);

}  // namespace curldescent
