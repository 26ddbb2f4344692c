#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <stdexcept>
#include <vector>

#include "curldescent/ensemble/dispatcher.hpp"
#include "curldescent/experiment/simulate.hpp"

/// What every kind of channel must do, written from the view of one member. The tests of a channel run a scenario on
/// all members at once: threads for the in-memory channel, ranks for MPI.
namespace curldescent::scenarios {

inline constexpr Patience long_patience = std::chrono::seconds(20);

inline std::int64_t next_number(Channel& channel, int expected_source) {
    const auto message = channel.receive(long_patience);
    if (!message) throw std::runtime_error("no message came");
    EXPECT_EQ(message->source, expected_source);
    return read_values<std::int64_t>(*message).at(0);
}

/// Each member sends numbers to the next one in a ring, which must get them in order.
inline void numbers_arrive_in_the_order_sent(Channel& channel) {
    constexpr std::int64_t count = 200;
    const int next = (channel.rank() + 1) % channel.size();
    const int previous = (channel.rank() + channel.size() - 1) % channel.size();

    for (std::int64_t k = 0; k < count; ++k) send_value(channel, next, MessageKind::report, k);
    std::vector<std::int64_t> received;
    for (std::int64_t k = 0; k < count; ++k) received.push_back(next_number(channel, previous));

    std::vector<std::int64_t> expected(static_cast<std::size_t>(count));
    for (std::size_t k = 0; k < expected.size(); ++k) expected[k] = static_cast<std::int64_t>(k);
    EXPECT_EQ(received, expected);
}

/// An empty message keeps its kind.
inline void an_empty_message_arrives(Channel& channel) {
    const int next = (channel.rank() + 1) % channel.size();
    channel.send(next, MessageKind::stop, {});
    const auto message = channel.receive(long_patience);
    ASSERT_TRUE(message.has_value());
    EXPECT_EQ(message->kind, MessageKind::stop);
    EXPECT_TRUE(message->bytes.empty());
}

/// A task whose results carry its index; every seventh throws.
inline std::optional<std::vector<RunResult>> simulate_index(const Task& task, TaskMonitor& /*monitor*/) {
    if (task.index % 7 == 3) throw std::runtime_error("seventh");
    RunResult result;
    result.status = RunStatus::done;
    result.final_test_loss = static_cast<double>(task.index);
    return std::vector<RunResult>{result};
}

/// Member 0 hands out 100 tasks; the others compute them; each is done once, and the throwing ones fail alone.
inline void every_task_is_done_once(Channel& channel) {
    constexpr std::int64_t count = 100;
    if (channel.rank() > 0) {
        WorkerHooks hooks;
        hooks.simulate = simulate_index;
        hooks.keep = [](const Task& task, const std::vector<RunResult>& results) {
            ASSERT_EQ(results.size(), 1U);
            const bool thrown = task.index % 7 == 3;
            EXPECT_EQ(results[0].status, thrown ? RunStatus::failed : RunStatus::done);
            EXPECT_EQ(results[0].message, thrown ? "seventh" : "");
        };
        work(channel, channel.rank(), hooks, {});
        return;
    }

    std::vector<PlannedTask> tasks;
    for (std::int64_t k = 0; k < count; ++k) tasks.push_back({.index = k, .rules = 1, .expected_seconds = 1.0});
    std::vector<WorkerAddress> workers;
    for (int rank = 1; rank < channel.size(); ++rank) workers.push_back({&channel, rank});
    std::map<std::int64_t, int> times_reported;
    int failed = 0;
    const DispatchHooks hooks{.make_task =
                                  [](const PlannedTask& planned) {
                                      Task task;
                                      task.index = planned.index;
                                      task.rule_count = 1;
                                      return task;
                                  },
                              .on_report =
                                  [&](const PlannedTask& planned, const TaskReport& report) {
                                      EXPECT_EQ(planned.index, report.index);
                                      ++times_reported[report.index];
                                      failed += report.runs_by_status[static_cast<std::size_t>(RunStatus::failed)];
                                  },
                              .between_messages = [] {}};
    const DispatchOutcome outcome = dispatch(tasks, workers, hooks);
    EXPECT_EQ(outcome.left, 0);

    EXPECT_EQ(times_reported.size(), static_cast<std::size_t>(count));
    EXPECT_THAT(times_reported, testing::Each(testing::Pair(testing::_, 1)));
    EXPECT_EQ(failed, 14);  // 3, 10, ..., 94
}

}  // namespace curldescent::scenarios
