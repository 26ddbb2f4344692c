#include "curldescent/ensemble/worker.hpp"

#include <fmt/format.h>

#include <chrono>
#include <exception>
#include <new>

#include "curldescent/experiment/simulate.hpp"

namespace curldescent {
namespace {

constexpr Patience between_looks = std::chrono::seconds(1);

/// A task that throws must not take the ensemble with it.
std::vector<RunResult> simulate_safely(const Task& task, const Simulate& simulate) {
    try {
        return simulate(task);
    } catch (const std::bad_alloc&) {
        const Network& network = task.settings.network;
        return failed_results(task, fmt::format("not enough memory for inputs = {}, hidden = {}, samples = {}",
                                                network.inputs, network.hidden, task.settings.training.samples));
    } catch (const std::exception& error) {
        return failed_results(task, error.what());
    }
}

TaskReport report_of(const Task& task, const std::vector<RunResult>& results) {
    TaskReport report{.index = task.index};
    for (const RunResult& result : results) ++report.runs_by_status.at(static_cast<std::size_t>(result.status));
    return report;
}

}  // namespace

void work(Channel& channel, int rank, const Simulate& simulate, const KeepResults& keep) {
    for (;;) {
        const auto message = channel.receive(between_looks);
        if (!message) continue;
        if (message->kind == MessageKind::stop) return;
        if (message->kind != MessageKind::task) throw std::runtime_error("a worker got a message that is no task");
        const auto task = read_value<Task>(*message);
        std::vector<RunResult> results = simulate_safely(task, simulate);
        for (RunResult& result : results) {
            result.rank = rank;
            result.predicted_seconds = task.expected_seconds / task.rule_count;
        }
        keep(task, results);
        send_value(channel, message->source, MessageKind::report, report_of(task, results));
    }
}

}  // namespace curldescent
