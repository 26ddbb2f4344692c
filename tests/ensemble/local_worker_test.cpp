#include "curldescent/ensemble/local_worker.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "ensemble/channel_scenarios.hpp"

namespace curldescent {
namespace {

Task task_with_index(std::int64_t index) {
    Task task;
    task.index = index;
    task.rule_count = 1;
    return task;
}

WorkerHooks index_hooks() {
    WorkerHooks hooks;
    hooks.simulate = scenarios::simulate_index;
    return hooks;
}

TEST(LocalWorker, HandsItsResultsOverOnTheThreadThatAsks) {
    LocalWorker worker(index_hooks());
    send_value(worker.channel(), 1, MessageKind::task, task_with_index(5));
    ASSERT_TRUE(worker.channel().receive(scenarios::long_patience).has_value());

    std::vector<double> kept;
    std::thread::id keeper;
    worker.keep_results([&](const Task& /*task*/, const std::vector<RunResult>& results) {
        kept.push_back(results.at(0).final_test_loss);
        keeper = std::this_thread::get_id();
    });
    worker.channel().send(1, MessageKind::stop, {});
    worker.join();

    EXPECT_EQ(kept, std::vector<double>{5.0});
    EXPECT_EQ(keeper, std::this_thread::get_id());
}

TEST(LocalWorker, KeepsResultsBeforeItReportsThem) {
    LocalWorker worker(index_hooks());
    for (std::int64_t k = 0; k < 3; ++k) send_value(worker.channel(), 1, MessageKind::task, task_with_index(k));
    for (int k = 0; k < 3; ++k) ASSERT_TRUE(worker.channel().receive(scenarios::long_patience).has_value());

    std::size_t kept = 0;
    worker.keep_results([&](const Task&, const std::vector<RunResult>&) { ++kept; });
    worker.channel().send(1, MessageKind::stop, {});
    worker.join();

    EXPECT_EQ(kept, 3U);
}

TEST(LocalWorker, PassesOnWhatEndedItsThread) {
    LocalWorker worker(index_hooks());
    const std::array<std::byte, 3> no_task{};
    worker.channel().send(1, MessageKind::task, no_task);
    worker.join();

    EXPECT_THROW(worker.keep_results([](const Task&, const std::vector<RunResult>&) {}), std::runtime_error);
}

TEST(LocalWorker, DoesNotHoldUpAProgramThatEndsWithAnError) {
    const LocalWorker worker(index_hooks());
    SUCCEED();  // the destructor returns though the worker was never told to stop
}

}  // namespace
}  // namespace curldescent
