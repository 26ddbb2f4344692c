#pragma once

#include <functional>
#include <span>
#include <vector>

#include "curldescent/ensemble/channel.hpp"
#include "curldescent/ensemble/schedule.hpp"
#include "curldescent/ensemble/worker.hpp"

namespace curldescent {

/// Where a worker is reached.
struct WorkerAddress {
    Channel* channel = nullptr;
    int rank = 0;  ///< on that channel
};

/// What the dispatcher asks of the rest of the program.
struct DispatchHooks {
    std::function<Task(const PlannedTask&)> make_task;                     ///< a task, when its turn comes
    std::function<void(const PlannedTask&, const TaskReport&)> on_report;  ///< called for each finished task
    std::function<void()> between_messages;                                ///< called often, at least each 10 ms or so
};

/// Hands out the tasks in their order until all are done, then stops the workers.
/// Throws std::runtime_error when a worker reports a task it was not given.
void dispatch(std::span<const PlannedTask> tasks, std::span<const WorkerAddress> workers, const DispatchHooks& hooks);

}  // namespace curldescent
