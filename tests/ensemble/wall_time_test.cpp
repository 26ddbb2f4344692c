#include "curldescent/ensemble/wall_time.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

namespace curldescent {
namespace {

using Groups = std::vector<TaskGroup>;

/// The same schedule, task by task.
double wall_seconds_by_task(const Groups& groups, std::int64_t ranks) {
    std::vector<double> free_at(static_cast<std::size_t>(ranks), 0.0);
    for (const TaskGroup& group : groups) {
        for (std::int64_t k = 0; k < group.count; ++k) *std::ranges::min_element(free_at) += group.seconds;
    }
    return *std::ranges::max_element(free_at);
}

TEST(GroupTasks, JoinsTasksOfNearlyEqualLength) {
    const std::vector<PlannedTask> tasks{{.index = 0, .rules = 1, .expected_seconds = 4.0},
                                         {.index = 1, .rules = 1, .expected_seconds = 3.98},
                                         {.index = 2, .rules = 1, .expected_seconds = 1.0}};
    const Groups groups = group_tasks(tasks);

    ASSERT_EQ(groups.size(), 2U);
    EXPECT_EQ(groups[0].count, 2);
    EXPECT_DOUBLE_EQ(groups[0].seconds, 3.99);
    EXPECT_EQ(groups[1].count, 1);
    EXPECT_DOUBLE_EQ(total_seconds(groups), 8.98);
    EXPECT_TRUE(group_tasks({}).empty());
}

TEST(WallSeconds, GivesTheLongestTaskLeftToTheFirstFreeRank) {
    const Groups groups{{3.0, 1}, {2.0, 2}, {1.0, 1}};

    EXPECT_DOUBLE_EQ(wall_seconds(groups, 1), 8.0);
    EXPECT_DOUBLE_EQ(wall_seconds(groups, 2), 4.0);
    EXPECT_DOUBLE_EQ(wall_seconds(groups, 3), 3.0);
    EXPECT_DOUBLE_EQ(wall_seconds(groups, 100), 3.0);
    EXPECT_DOUBLE_EQ(efficiency(groups, 2, 0.0), 1.0);
    EXPECT_DOUBLE_EQ(efficiency(groups, 4, 0.0), 8.0 / 12.0);
    EXPECT_DOUBLE_EQ(efficiency(groups, 2, 1.0), 8.0 / 10.0);
}

TEST(WallSeconds, TakesEqualTasksInRounds) {
    const Groups groups{{0.5, 1000001}};

    EXPECT_DOUBLE_EQ(wall_seconds(groups, 10), 50000.5);
    EXPECT_DOUBLE_EQ(wall_seconds(groups, 1000000), 1.0);
}

TEST(WallSeconds, IsThatOfTheScheduleTaskByTask) {
    std::mt19937 generator(7);
    for (int trial = 0; trial < 200; ++trial) {
        Groups groups(generator() % 6 + 1);
        for (TaskGroup& group : groups) {
            group = {static_cast<double>(generator() % 50 + 1), static_cast<std::int64_t>(generator() % 40 + 1)};
        }
        std::ranges::sort(groups, std::greater<>(), &TaskGroup::seconds);
        const auto ranks = static_cast<std::int64_t>(generator() % 20 + 1);

        ASSERT_DOUBLE_EQ(wall_seconds(groups, ranks), wall_seconds_by_task(groups, ranks)) << "trial " << trial;
    }
}

TEST(RanksWorthUsing, AreAsManyAsEqualTasks) {
    EXPECT_EQ(ranks_worth_using(Groups{{2.0, 10}}, 0.9, 0.0), 10);
    EXPECT_EQ(ranks_worth_using(Groups{{2.0, 1000000}}, 0.9, 0.0), 1000000);
    EXPECT_EQ(ranks_worth_using(Groups{{2.0, 1}}, 0.9, 0.0), 1);
}

TEST(RanksWorthUsing, AreFewWhereTheStartTakesLonger) {
    EXPECT_EQ(ranks_worth_using(Groups{{1.0, 1000}}, 0.9, 1.0), 101);  // 10 s of tasks, 1 s before
    EXPECT_EQ(ranks_worth_using(Groups{{0.001, 1000}}, 0.9, 1.0), 1);
}

TEST(RanksWorthUsing, StopWhereOneTaskIsAllThatTakesTime) {
    EXPECT_EQ(ranks_worth_using(Groups{{10.0, 1}, {1.0, 10}}, 0.9, 0.0), 2);   // 20 s of work, 10 s at least
    EXPECT_EQ(ranks_worth_using(Groups{{10.0, 1}, {1.0, 10}}, 0.66, 0.0), 3);  // efficiency 20 / 30
    EXPECT_EQ(ranks_worth_using(Groups{{10.0, 1}, {0.1, 5}}, 0.9, 0.0), 1);
}

TEST(RanksWorthUsing, AreTheMostOfAllThatReachTheEfficiency) {
    const Groups groups{{7.0, 5}, {3.0, 11}, {1.0, 17}};
    std::int64_t most = 1;
    for (std::int64_t ranks = 1; ranks <= 33; ++ranks) {
        if (efficiency(groups, ranks, 0.0) >= 0.9) most = ranks;
    }

    EXPECT_EQ(ranks_worth_using(groups, 0.9, 0.0), most);
    EXPECT_GT(most, 1);
}

}  // namespace
}  // namespace curldescent
