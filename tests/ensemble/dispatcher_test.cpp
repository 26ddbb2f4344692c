#include "curldescent/ensemble/dispatcher.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "curldescent/ensemble/in_memory_channel.hpp"

namespace curldescent {
namespace {

using testing::ElementsAre;

/// A dispatcher with two workers, whose part the test plays each time the dispatcher waits.
class Dispatcher : public testing::Test {
  protected:
    /// What a worker has been told since it last looked.
    std::vector<MessageKind> told(std::size_t worker) {
        std::vector<MessageKind> kinds;
        while (const auto message = workers_[worker]->receive(Patience(0))) {
            kinds.push_back(message->kind);
            if (message->kind != MessageKind::task) continue;
            for (const Task& task : read_values<Task>(*message)) tasks_of_[worker].push_back(task.index);
        }
        return kinds;
    }

    /// A worker ends all tasks that it has in this way.
    void end_tasks(std::size_t worker, TaskEnd end) {
        (void)told(worker);
        for (const std::int64_t task : tasks_of_[worker]) {
            send_value(*workers_[worker], 0, MessageKind::report, TaskReport{.index = task, .end = end});
        }
        tasks_of_[worker].clear();
    }

    /// Dispatches four tasks of a second each.
    DispatchOutcome dispatch_four(const DispatchLimits& limits) { return dispatch_many(4, limits); }

    DispatchOutcome dispatch_many(int count, const DispatchLimits& limits) {
        std::vector<PlannedTask> tasks;
        for (int k = 0; k < count; ++k) tasks.push_back({.index = k, .rules = 1, .expected_seconds = seconds_});
        const std::array<WorkerAddress, 2> workers{{{dispatcher_.get(), 1}, {dispatcher_.get(), 2}}};
        return dispatch(tasks, workers, hooks_, limits);
    }

    InMemoryHub hub_{3};
    std::unique_ptr<Channel> dispatcher_ = hub_.channel(0);
    std::array<std::unique_ptr<Channel>, 2> workers_{hub_.channel(1), hub_.channel(2)};
    std::array<std::vector<std::int64_t>, 2> tasks_of_;
    double seconds_ = 1.0;
    int finished_ = 0;
    std::vector<std::size_t> named_;
    DispatchHooks hooks_{.make_task =
                             [](const PlannedTask& planned) {
                                 Task task;
                                 task.index = planned.index;
                                 return task;
                             },
                         .on_report = [this](const PlannedTask&, const TaskReport&) { ++finished_; },
                         .between_messages = [] {},
                         .on_silence = [this](const SilentWorker& silent) { named_.push_back(silent.worker); }};
};

TEST_F(Dispatcher, CountsNoTaskAsLeftWhenAllAreDone) {
    hooks_.between_messages = [&] {
        end_tasks(0, TaskEnd::finished);
        end_tasks(1, TaskEnd::finished);
    };

    const DispatchOutcome outcome = dispatch_four({});

    EXPECT_EQ(outcome.left, 0);
    EXPECT_FALSE(outcome.signalled);
    EXPECT_TRUE(outcome.given_up.empty());
    EXPECT_EQ(finished_, 4);
}

TEST_F(Dispatcher, HandsOutShortTasksInBatchesThatShrinkTowardsTheEnd) {
    seconds_ = 0.01;
    std::vector<std::size_t> batches;
    hooks_.between_messages = [&] {
        for (const std::size_t worker : {0U, 1U}) {
            const std::size_t before = tasks_of_[worker].size();
            const std::size_t messages = told(worker).size();
            if (messages == 1) batches.push_back(tasks_of_[worker].size() - before);
            end_tasks(worker, TaskEnd::finished);
        }
    };

    const DispatchOutcome outcome = dispatch_many(200, {});

    EXPECT_EQ(outcome.left, 0);
    EXPECT_EQ(finished_, 200);
    EXPECT_LT(batches.size(), 100U);
    EXPECT_EQ(batches.back(), 1U);
}

TEST_F(Dispatcher, ServesAWorkerBeforeItHearsTheNextOne) {
    hooks_.between_messages = [&] {
        end_tasks(0, TaskEnd::finished);
        end_tasks(1, TaskEnd::finished);
    };
    std::size_t given_to_first = 0;
    hooks_.on_report = [&](const PlannedTask& planned, const TaskReport&) {
        ++finished_;
        if (planned.index != 1) return;  // the second worker's
        (void)told(0);
        given_to_first = tasks_of_[0].size();
    };

    (void)dispatch_four({});

    EXPECT_EQ(given_to_first, 1U);
    EXPECT_EQ(finished_, 4);
}

TEST_F(Dispatcher, LooksUpFromMessagesThatComeWithoutABreak) {
    int turns = 0;
    int turns_before_report = 0;
    hooks_.between_messages = [&] {
        if (turns++ > 0) return;
        for (int k = 0; k < 500; ++k) workers_[0]->send(0, MessageKind::alive, {});
        end_tasks(0, TaskEnd::finished);
        end_tasks(1, TaskEnd::finished);
    };
    hooks_.on_report = [&](const PlannedTask&, const TaskReport&) { turns_before_report = turns; };
    hooks_.stop_requested = [&] { return turns_before_report > 0; };

    (void)dispatch_many(2, {});

    EXPECT_GE(turns_before_report, 5);
}

TEST_F(Dispatcher, CountsWhatIsLeftOfABatch) {
    seconds_ = 0.01;
    bool ended = false;
    hooks_.between_messages = [&] {
        if (ended) return;
        ended = true;
        (void)told(0);
        send_value(*workers_[0], 0, MessageKind::report, TaskReport{.index = tasks_of_[0].at(0)});
        tasks_of_[0].erase(tasks_of_[0].begin());
        end_tasks(0, TaskEnd::left);
        end_tasks(1, TaskEnd::left);
    };
    hooks_.stop_requested = [&] { return ended; };

    const DispatchOutcome outcome = dispatch_many(200, {});

    EXPECT_EQ(finished_, 1);
    EXPECT_EQ(outcome.left, 199);
    EXPECT_TRUE(outcome.given_up.empty());
}

TEST_F(Dispatcher, HaltsWorkersAtASignalAndGivesOutNothingMore) {
    int waits = 0;
    hooks_.stop_requested = [&] { return waits > 0; };
    hooks_.between_messages = [&] {
        if (++waits != 3) return;
        end_tasks(0, TaskEnd::finished);  // it came to its end meanwhile
        end_tasks(1, TaskEnd::left);
    };

    const DispatchOutcome outcome = dispatch_four({});

    EXPECT_EQ(outcome.left, 3);
    EXPECT_TRUE(outcome.signalled);
    EXPECT_EQ(finished_, 1);
    EXPECT_THAT(told(0), ElementsAre(MessageKind::stop));
}

TEST_F(Dispatcher, HaltsAtASignalThatAWorkerPassesOn) {
    bool passed_on = false;
    hooks_.between_messages = [&] {
        if (!passed_on) workers_[1]->send(0, MessageKind::signal, {});
        passed_on = true;
        for (const std::size_t worker : {0U, 1U}) {
            const auto kinds = told(worker);
            if (std::ranges::count(kinds, MessageKind::halt) > 0) end_tasks(worker, TaskEnd::left);
        }
    };

    const DispatchOutcome outcome = dispatch_four({});

    EXPECT_EQ(outcome.left, 4);
    EXPECT_TRUE(outcome.signalled);
    EXPECT_TRUE(outcome.given_up.empty());
}

TEST_F(Dispatcher, GivesOutNothingThatDoesNotFitIntoTheSession) {
    seconds_ = 0.5;
    hooks_.between_messages = [&] {
        end_tasks(0, TaskEnd::finished);
        end_tasks(1, TaskEnd::finished);
    };

    const DispatchOutcome outcome = dispatch_four({.session = 0.7});

    EXPECT_EQ(outcome.left + finished_, 4);
    EXPECT_EQ(finished_, 4);  // one after the other each fits, and none waits behind another
}

TEST_F(Dispatcher, GivesUpWorkersThatDoNotGiveTheirTasksBackInTheGrace) {
    hooks_.stop_requested = [] { return false; };
    hooks_.between_messages = [&] {
        const auto kinds = told(0);
        if (std::ranges::count(kinds, MessageKind::halt) > 0) end_tasks(0, TaskEnd::left);
    };

    const DispatchOutcome outcome = dispatch_four({.session = 0.05, .grace = 0.05});

    EXPECT_EQ(outcome.left, 4);
    ASSERT_EQ(outcome.given_up.size(), 1U);
    EXPECT_EQ(outcome.given_up[0].worker, 1U);
}

TEST_F(Dispatcher, NamesASilentWorkerOnceAndWaitsForTheOthers) {
    seconds_ = 0.01;
    hooks_.between_messages = [&] {
        workers_[0]->send(0, MessageKind::alive, {});
        if (!named_.empty()) end_tasks(0, TaskEnd::finished);
    };

    const DispatchOutcome outcome = dispatch_four({.silence = 0.1});

    EXPECT_THAT(named_, ElementsAre(1U));
    EXPECT_EQ(outcome.left, 1);
    ASSERT_EQ(outcome.given_up.size(), 1U);
    EXPECT_EQ(outcome.given_up[0].worker, 1U);
    EXPECT_GT(outcome.given_up[0].seconds, 0.1);
}

}  // namespace
}  // namespace curldescent
