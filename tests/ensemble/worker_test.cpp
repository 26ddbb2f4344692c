#include "curldescent/ensemble/worker.hpp"

#include <gtest/gtest.h>

#include <atomic>
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

    void give(std::int64_t index) {
        Task task;
        task.index = index;
        task.rule_count = 1;
        send_value(*dispatcher_end_, 1, MessageKind::task, task);
    }
    void say(MessageKind kind) { dispatcher_end_->send(1, kind, {}); }
    Message hear() { return dispatcher_end_->receive(scenarios::long_patience).value(); }

    /// Its next report.
    TaskReport report() {
        for (;;) {
            const Message message = hear();
            if (message.kind == MessageKind::report) return read_value<TaskReport>(message);
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
