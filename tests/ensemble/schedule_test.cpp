#include "curldescent/ensemble/schedule.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <numeric>

namespace curldescent {
namespace {

using testing::ElementsAre;

constexpr double never = std::numeric_limits<double>::infinity();

std::vector<std::int64_t> tasks_of(const Shard& shard, std::int64_t tasks) {
    std::vector<std::int64_t> mine;
    for (std::int64_t task = 0; task < tasks; ++task) {
        if (belongs(task, shard)) mine.push_back(task);
    }
    return mine;
}

TEST(Shard, HasOneOfEachGroupOfTasks) {
    for (std::int64_t number = 1; number <= 3; ++number) {
        const auto mine = tasks_of({.number = number, .count = 3}, 9);
        ASSERT_EQ(mine.size(), 3U);
        for (std::size_t group = 0; group < 3; ++group) EXPECT_EQ(mine[group] / 3, group);
    }
}

TEST(Shard, TakesEachTaskOnce) {
    for (const std::int64_t count : {1, 2, 7, 30, 100}) {
        std::vector<std::int64_t> all;
        for (std::int64_t number = 1; number <= count; ++number) {
            for (const std::int64_t task : tasks_of({.number = number, .count = count}, 30)) all.push_back(task);
        }
        std::ranges::sort(all);
        std::vector<std::int64_t> expected(30);
        std::iota(expected.begin(), expected.end(), 0);
        EXPECT_EQ(all, expected) << count << " shares";
    }
}

TEST(Shard, HasItsShareOfTheWorkWhateverTheLengthOfAnAxis) {
    constexpr std::int64_t shares = 16;
    constexpr std::int64_t rows = 64;
    for (const std::int64_t values : {15, 16, 17, 32}) {  // of the last axis: value k costs k + 1
        const double mean = static_cast<double>(rows * values * (values + 1)) / (2.0 * shares);
        for (std::int64_t number = 1; number <= shares; ++number) {
            double cost = 0.0;
            for (const std::int64_t task : tasks_of({.number = number, .count = shares}, rows * values)) {
                cost += static_cast<double>(task % values + 1);
            }
            EXPECT_LT(cost, 1.25 * mean) << "share " << number << ", " << values << " values";
        }
    }
}

TEST(SortLongestFirst, PutsEqualCostsInTheOrderOfTheirIndex) {
    std::vector<PlannedTask> tasks{{.index = 0, .rules = 1, .expected_seconds = 1.0},
                                   {.index = 2, .rules = 1, .expected_seconds = 5.0},
                                   {.index = 1, .rules = 1, .expected_seconds = 5.0}};

    sort_longest_first(tasks);

    ASSERT_EQ(tasks.size(), 3U);
    EXPECT_EQ(tasks[0].index, 1);
    EXPECT_EQ(tasks[1].index, 2);
    EXPECT_EQ(tasks[2].index, 0);
}

std::vector<PlannedTask> tasks_of_seconds(const std::vector<double>& seconds) {
    std::vector<PlannedTask> tasks;
    for (const double each : seconds) {
        tasks.push_back({.index = static_cast<std::int64_t>(tasks.size()), .rules = 1, .expected_seconds = each});
    }
    return tasks;
}

TEST(TaskQueue, GivesOutTheLongestWhenTimeIsNotLimited) {
    const std::vector<PlannedTask> tasks = tasks_of_seconds({5.0, 3.0});
    TaskQueue queue(tasks, never);

    EXPECT_EQ(queue.next(never), &tasks[0]);
    EXPECT_EQ(queue.remaining(), 1);
    EXPECT_EQ(queue.next(never), &tasks[1]);
    EXPECT_EQ(queue.next(never), nullptr);
    EXPECT_EQ(queue.remaining(), 0);
}

TEST(TaskQueue, PassesOverWhatDoesNotFitIntoTheTimeLeft) {
    const std::vector<PlannedTask> tasks = tasks_of_seconds({9.0, 4.0, 3.0, 1.0});
    TaskQueue queue(tasks, 5.0);

    EXPECT_EQ(queue.next(4.0), &tasks[0]);  // longer than a session
    EXPECT_EQ(queue.next(4.0), &tasks[1]);
    EXPECT_EQ(queue.next(2.0), &tasks[3]);
    EXPECT_EQ(queue.next(2.0), nullptr);
    EXPECT_EQ(queue.remaining(), 0);
}

TEST(TaskQueue, KeepsForIdleWorkersWhatDoesNotFitBehindAnotherTask) {
    const std::vector<PlannedTask> tasks = tasks_of_seconds({4.0, 3.0, 1.0});
    TaskQueue queue(tasks, 5.0);

    EXPECT_EQ(queue.next(5.0), &tasks[0]);
    EXPECT_EQ(queue.next_behind_another(1.0), nullptr);
    EXPECT_EQ(queue.remaining(), 2);
    EXPECT_EQ(queue.next(5.0), &tasks[1]);
    EXPECT_EQ(queue.next_behind_another(1.0), &tasks[2]);
}

TEST(TaskQueue, KnowsTheSecondsOfWhatRemains) {
    const std::vector<PlannedTask> tasks = tasks_of_seconds({4.0, 3.0, 1.0});
    TaskQueue queue(tasks, never);
    EXPECT_EQ(queue.remaining_seconds(), 8.0);

    (void)queue.next(3.5);  // passes over the first

    EXPECT_EQ(queue.remaining_seconds(), 1.0);
}

/// The batch of a worker that takes its first task in so much time.
std::vector<const PlannedTask*> next_batch(TaskQueue& queue, double seconds_left, double wanted) {
    std::vector<const PlannedTask*> batch{queue.next(seconds_left)};
    queue.fill_up(batch, seconds_left - batch[0]->expected_seconds, wanted);
    return batch;
}

TEST(TaskQueue, FillsABatchUpToTheSecondsWanted) {
    const std::vector<PlannedTask> tasks = tasks_of_seconds({4.0, 3.0, 2.0, 1.0, 1.0});
    TaskQueue queue(tasks, never);

    EXPECT_THAT(next_batch(queue, never, 4.0), ElementsAre(&tasks[0]));
    EXPECT_THAT(next_batch(queue, never, 4.0), ElementsAre(&tasks[1], &tasks[2]));
    EXPECT_THAT(next_batch(queue, never, 4.0), ElementsAre(&tasks[3], &tasks[4]));
}

TEST(TaskQueue, PutsNothingIntoABatchThatDoesNotFitBehindItsOtherTasks) {
    const std::vector<PlannedTask> tasks = tasks_of_seconds({3.0, 2.0, 2.0});
    TaskQueue queue(tasks, 6.0);

    EXPECT_THAT(next_batch(queue, 6.0, 100.0), ElementsAre(&tasks[0], &tasks[1]));
    EXPECT_EQ(queue.remaining(), 1);
}

TEST(TaskQueue, PutsNoMoreIntoABatchThanAMessageHolds) {
    const std::vector<PlannedTask> tasks = tasks_of_seconds(std::vector<double>(100, 0.0));
    TaskQueue queue(tasks, never);

    EXPECT_EQ(next_batch(queue, never, 1.0).size(), most_tasks_at_once);
}

TEST(BatchSeconds, AreEnoughForTheDispatcherToServeAllWorkers) {
    constexpr double much = 1e9;
    EXPECT_DOUBLE_EQ(batch_seconds(much, 2), 0.05);
    EXPECT_DOUBLE_EQ(batch_seconds(much, 10'000), 1.0);
}

TEST(BatchSeconds, ShrinkTowardsTheEnd) {
    EXPECT_DOUBLE_EQ(batch_seconds(0.4, 10), 0.02);
    EXPECT_DOUBLE_EQ(batch_seconds(0.0, 10), 0.0);
}

TEST(TaskQueue, GivesOutNothingWithoutTime) {
    const std::vector<PlannedTask> tasks = tasks_of_seconds({9.0});
    TaskQueue queue(tasks, 5.0);

    EXPECT_EQ(queue.next(0.0), nullptr);
    EXPECT_EQ(queue.remaining(), 1);
}

}  // namespace
}  // namespace curldescent
