#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "curldescent/ensemble/channel.hpp"
#include "curldescent/experiment/task.hpp"

namespace curldescent {

/// What a worker says of a finished task.
struct TaskReport {
    std::int64_t index = 0;                        ///< of the task
    std::array<std::int32_t, 4> runs_by_status{};  ///< how many of its runs ended in each RunStatus
};

/// Computes the runs of a task; whatever it throws makes them `failed`.
using Simulate = std::function<std::vector<RunResult>(const Task&)>;

/// Takes the results of a task, one per rule, to where they are kept.
using KeepResults = std::function<void(const Task&, const std::vector<RunResult>&)>;

/// Works on tasks from the channel's member 0, one after the other, until told to stop. Results are kept
/// before they are reported. What `keep` throws passes through: results that cannot be kept end the run.
void work(Channel& channel, int rank, const Simulate& simulate, const KeepResults& keep);

}  // namespace curldescent
