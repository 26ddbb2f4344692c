#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "curldescent/ensemble/channel.hpp"
#include "curldescent/experiment/task.hpp"
#include "curldescent/experiment/task_monitor.hpp"

namespace curldescent {

/// How a worker is done with a task.
enum class TaskEnd : std::uint8_t {
    finished,
    left,  ///< before its end, its state saved if it had begun
};

/// What a worker says of a task that it is done with.
struct TaskReport {
    std::int64_t index = 0;                        ///< of the task
    std::array<std::int32_t, 4> runs_by_status{};  ///< how many of its runs ended in each RunStatus
    TaskEnd end = TaskEnd::finished;
};

/// Computes the runs of a task; whatever it throws makes them `failed`. Nothing when the monitor wished to leave it.
using Simulate = std::function<std::optional<std::vector<RunResult>>(const Task&, TaskMonitor&)>;

/// Takes the results of a task, one per rule, to where they are kept.
using KeepResults = std::function<void(const Task&, const std::vector<RunResult>&)>;

/// What a worker asks of the rest of the program.
struct WorkerHooks {
    Simulate simulate;
    KeepResults keep;  ///< what it throws ends the worker: results that cannot be kept end the run

    /// The saved state of a task, empty if there is none.
    std::function<std::vector<std::byte>(const Task&)> load = [](const Task&) { return std::vector<std::byte>(); };

    /// Saves the state of a task.
    std::function<void(const Task&, std::span<const std::byte>)> save = [](const Task&, std::span<const std::byte>) {};

    /// Whether a signal has asked this process to stop.
    std::function<bool()> stop_requested = [] { return false; };
};

/// How a worker goes about its tasks. All in seconds.
struct WorkerOptions {
    static constexpr double never = std::numeric_limits<double>::infinity();

    double between_saves = never;  ///< of the state of a task
    double task_limit = never;     ///< after which a task fails
    double between_signs = 5.0;    ///< of life that it gives while it works on tasks
    double report_delay = 1.0;     ///< that a report may wait for the rest of its batch; never longer than a sign
};

/// Works on tasks from the channel's member 0, one after the other, until told to stop. Results are kept before they
/// are reported, those of tasks that came together together. Told to halt, it saves the state of its task and reports
/// all that it has as left.
void work(Channel& channel, int rank, const WorkerHooks& hooks, const WorkerOptions& options);

}  // namespace curldescent
