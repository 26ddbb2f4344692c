#pragma once

#include <cstdint>
#include <functional>
#include <limits>
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

/// When a dispatch ends though tasks are left. All in seconds.
struct DispatchLimits {
    static constexpr double never = std::numeric_limits<double>::infinity();

    double session = never;  ///< after which the workers are told to leave their tasks
    double grace = 30.0;     ///< that they then have, before they are given up
    double silence = 900.0;  ///< without a sign of life from a worker with a task, and twice what its tasks should take
};

/// A worker that gives no sign of life.
struct SilentWorker {
    std::size_t worker = 0;
    double seconds = 0.0;   ///< since it was last heard
    std::int64_t task = 0;  ///< index of one that it has
};

/// What the dispatcher asks of the rest of the program.
struct DispatchHooks {
    std::function<Task(const PlannedTask&)> make_task;                     ///< a task, when its turn comes
    std::function<void(const PlannedTask&, const TaskReport&)> on_report;  ///< called for each finished task
    std::function<void()> between_messages;                                ///< called often, at least each 10 ms or so
    std::function<bool()> stop_requested = [] { return false; };           ///< by a signal to this process
    std::function<void(const SilentWorker&)> on_silence = [](const SilentWorker&) {};  ///< once for each silence
};

/// How a dispatch ended.
struct DispatchOutcome {
    std::int64_t left = 0;               ///< tasks that are not done
    bool signalled = false;              ///< whether a signal asked for the end
    std::vector<SilentWorker> given_up;  ///< workers that did not give their tasks back in time
};

/// Hands out the tasks in their order (see `TaskQueue`) until all are done, or until a limit or a signal ends that;
/// then stops the workers. Throws std::runtime_error when a worker reports a task it was not given.
DispatchOutcome dispatch(std::span<const PlannedTask> tasks, std::span<const WorkerAddress> workers,
                         const DispatchHooks& hooks, const DispatchLimits& limits = {});

}  // namespace curldescent
