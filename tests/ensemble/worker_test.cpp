#include "curldescent/ensemble/worker.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>

#include "curldescent/ensemble/in_memory_channel.hpp"
#include "ensemble/channel_scenarios.hpp"

namespace curldescent {
namespace {

/// A worker in a thread of its own, and the dispatcher's end of its channel.
class Employed {
  public:
    explicit Employed(const WorkerHooks& hooks, const WorkerOptions& options = {})
        : thread_([this, hooks, options] { work(*worker_end_, 1, hooks, options); }) {}

    void give(std::int64_t index) { give(std::vector{index}); }
    void give(const std::vector<std::int64_t>& batch) {
        std::vector<Task> tasks(batch.size());
        for (std::size_t k = 0; k < batch.size(); ++k) {
            tasks[k].index = batch[k];
            tasks[k].rule_count = 1;
        }
        send_values(*dispatcher_end_, 1, MessageKind::task, tasks);
    }
    void say(MessageKind kind) { dispatcher_end_->send(1, kind, {}); }
    Message hear() { return dispatcher_end_->receive(scenarios::long_patience).value(); }

    /// Its next report.
    TaskReport report() {
        for (;;) {
            const Message message = hear();
            if (message.kind == MessageKind::report) return read_values<TaskReport>(message).at(0);
        }
    }

  private:
    InMemoryHub hub_{2};
    std::unique_ptr<Channel> dispatcher_end_ = hub_.channel(0);
    std::unique_ptr<Channel> worker_end_ = hub_.channel(1);
    std::jthread thread_;
};

/// A task without end: asks for wishes until it is to leave.
std::optional<std::vector<RunResult>> simulate_until_left(const Task& /*task*/, TaskMonitor& monitor) {
    for (;;) {
        const Wish wish = monitor.ask();
        if (wish != Wish::go_on) monitor.save({std::byte{7}});
        if (wish == Wish::leave) return std::nullopt;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

WorkerHooks endless() {
    WorkerHooks hooks;
    hooks.simulate = simulate_until_left;
    hooks.keep = [](const Task&, const std::vector<RunResult>&) {};
    return hooks;
}

TEST(Worker, ToldToHaltSavesItsTaskAndReportsAllThatItHasAsLeft) {
    std::vector<std::int64_t> saved;
    WorkerHooks hooks = endless();
    hooks.save = [&](const Task& task, std::span<const std::byte> state) {
        EXPECT_EQ(state.size(), 1U);
        saved.push_back(task.index);
    };
    Employed worker(hooks);
    worker.give(4);
    worker.give(9);
    worker.say(MessageKind::halt);

    const TaskReport first = worker.report();
    const TaskReport second = worker.report();
    worker.say(MessageKind::stop);

    EXPECT_EQ(first.index, 4);
    EXPECT_EQ(first.end, TaskEnd::left);
    EXPECT_EQ(second.index, 9);
    EXPECT_EQ(second.end, TaskEnd::left);
    EXPECT_LE(saved.size(), 1U);  // 4, if it had begun
}

TEST(Worker, ReportsTheTasksOfABatchTogether) {
    WorkerHooks hooks;
    hooks.simulate = scenarios::simulate_index;
    std::vector<std::int64_t> kept;
    hooks.keep = [&](const Task& task, const std::vector<RunResult>&) { kept.push_back(task.index); };
    Employed worker(hooks, {.report_delay = WorkerOptions::never});
    worker.give(std::vector<std::int64_t>{4, 5, 6});

    const std::vector<TaskReport> reports = read_values<TaskReport>(worker.hear());
    worker.say(MessageKind::stop);

    ASSERT_EQ(reports.size(), 3U);
    EXPECT_EQ(reports[0].index, 4);
    EXPECT_EQ(reports[2].index, 6);
    EXPECT_EQ(kept.size(), 3U);
}

TEST(Worker, LetsNoReportWaitForALongTask) {
    WorkerHooks hooks = endless();
    hooks.simulate = [](const Task& task, TaskMonitor& monitor) {
        return task.index == 0 ? scenarios::simulate_index(task, monitor) : simulate_until_left(task, monitor);
    };
    Employed worker(hooks, {.report_delay = 0.001});
    worker.give(std::vector<std::int64_t>{0, 1});

    const std::vector<TaskReport> first = read_values<TaskReport>(worker.hear());
    worker.say(MessageKind::halt);
    const TaskReport second = worker.report();
    worker.say(MessageKind::stop);

    ASSERT_EQ(first.size(), 1U);
    EXPECT_EQ(first[0].end, TaskEnd::finished);
    EXPECT_EQ(second.index, 1);
    EXPECT_EQ(second.end, TaskEnd::left);
}

TEST(Worker, ToldToHaltReportsAWholeBatchAsLeft) {
    Employed worker(endless());
    worker.give(std::vector<std::int64_t>{4, 9, 2});
    worker.say(MessageKind::halt);

    std::vector<std::int64_t> left;
    while (left.size() < 3) {
        for (const TaskReport& report : read_values<TaskReport>(worker.hear())) {
            EXPECT_EQ(report.end, TaskEnd::left);
            left.push_back(report.index);
        }
    }
    worker.say(MessageKind::stop);

    EXPECT_EQ(left, (std::vector<std::int64_t>{4, 9, 2}));
}

TEST(Worker, HearsAHaltBetweenTasksThatAskForNothing) {
    std::latch halt_said{1};
    WorkerHooks hooks;
    hooks.simulate = [&](const Task& task, TaskMonitor& monitor) {
        halt_said.wait();
        std::this_thread::sleep_for(std::chrono::milliseconds(60));  // longer than it goes without hearing
        return scenarios::simulate_index(task, monitor);
    };
    hooks.keep = [](const Task&, const std::vector<RunResult>&) {};
    Employed worker(hooks, {.report_delay = WorkerOptions::never});
    worker.give(std::vector<std::int64_t>{4, 9, 2});
    worker.say(MessageKind::halt);
    halt_said.count_down();

    const std::vector<TaskReport> reports = read_values<TaskReport>(worker.hear());
    worker.say(MessageKind::stop);

    ASSERT_EQ(reports.size(), 3U);
    EXPECT_EQ(reports[1].end, TaskEnd::left);
    EXPECT_EQ(reports[2].end, TaskEnd::left);
}

TEST(Worker, LetsNoReportWaitLongerThanASignOfLife) {
    WorkerHooks hooks = endless();
    hooks.simulate = [](const Task& task, TaskMonitor& monitor) {
        return task.index == 0 ? scenarios::simulate_index(task, monitor) : simulate_until_left(task, monitor);
    };
    Employed worker(hooks, {.between_signs = 0.001, .report_delay = WorkerOptions::never});
    worker.give(std::vector<std::int64_t>{0, 1});

    const TaskReport first = worker.report();
    worker.say(MessageKind::halt);
    worker.report();
    worker.say(MessageKind::stop);

    EXPECT_EQ(first.index, 0);
    EXPECT_EQ(first.end, TaskEnd::finished);
}

TEST(Worker, SavesItsTaskFromTimeToTime) {
    std::atomic<int> saves = 0;
    WorkerHooks hooks = endless();
    hooks.save = [&](const Task&, std::span<const std::byte>) { ++saves; };
    Employed worker(hooks, {.between_saves = 0.002});
    worker.give(0);
    while (saves < 3) std::this_thread::yield();

    worker.say(MessageKind::halt);
    EXPECT_EQ(worker.report().end, TaskEnd::left);
    worker.say(MessageKind::stop);
}

TEST(Worker, LetsATaskFailThatTakesTooLong) {
    std::string message;
    WorkerHooks hooks = endless();
    hooks.keep = [&](const Task&, const std::vector<RunResult>& results) { message = results.at(0).message; };
    Employed worker(hooks, {.task_limit = 0.01});
    worker.give(0);

    const TaskReport report = worker.report();
    worker.say(MessageKind::stop);

    EXPECT_EQ(report.end, TaskEnd::finished);
    EXPECT_EQ(report.runs_by_status[static_cast<std::size_t>(RunStatus::failed)], 1);
    EXPECT_EQ(message, "took longer than its limit of 0.01 s");
}

TEST(Worker, GivesSignsOfLifeWhileItWorks) {
    Employed worker(endless(), {.between_signs = 0.001});
    worker.give(0);

    EXPECT_EQ(worker.hear().kind, MessageKind::alive);
    worker.say(MessageKind::halt);
    (void)worker.report();
    worker.say(MessageKind::stop);
}

TEST(Worker, PassesASignalOnOnce) {
    WorkerHooks hooks = endless();
    hooks.stop_requested = [] { return true; };
    Employed worker(hooks);
    worker.give(0);

    EXPECT_EQ(worker.hear().kind, MessageKind::signal);
    worker.say(MessageKind::halt);
    EXPECT_EQ(worker.hear().kind, MessageKind::report);
    worker.say(MessageKind::stop);
}

}  // namespace
}  // namespace curldescent
