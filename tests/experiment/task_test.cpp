#include "curldescent/experiment/task.hpp"

#include <gtest/gtest.h>

#include "experiment/parsing.hpp"

namespace curldescent {
namespace {

/// Two points of three replicates, two rules.
Experiment two_points() {
    return parsed(R"([experiment]
seed = 9
replicates = 3
rules = ["curl-descent", "gradient-descent"]
[network]
inputs = 5
[plasticity]
hidden_flip_fraction = 0.5
[sweep]
"network.hidden" = [4, 6])");
}

TEST(MakeTask, CountsReplicatesFastest) {
    const Experiment experiment = two_points();

    EXPECT_EQ(make_task(experiment, 0).point, 0);
    EXPECT_EQ(make_task(experiment, 0).replicate, 0);
    EXPECT_EQ(make_task(experiment, 2).point, 0);
    EXPECT_EQ(make_task(experiment, 2).replicate, 2);
    EXPECT_EQ(make_task(experiment, 3).point, 1);
    EXPECT_EQ(make_task(experiment, 3).replicate, 0);
    EXPECT_EQ(make_task(experiment, 5).index, 5);
}

TEST(MakeTask, HasTheSeedAndTheRulesInTheOrderWritten) {
    const Task task = make_task(two_points(), 4);

    EXPECT_EQ(task.seed, 9U);
    EXPECT_THAT(task.rules(), testing::ElementsAre(Rule::curl_descent, Rule::gradient_descent));
}

TEST(MakeTask, HoldsAllFourRules) {
    EXPECT_THAT(make_task(parsed(""), 0).rules(),
                testing::ElementsAre(Rule::gradient_descent, Rule::curl_descent, Rule::feedback_alignment,
                                     Rule::curl_feedback_alignment));
}

TEST(MakeTask, HoldsOnlyTheRulesAskedForAndTheirRows) {
    const Task first = make_task(two_points(), 4, 0b01);
    const Task second = make_task(two_points(), 4, 0b10);

    EXPECT_THAT(first.rules(), testing::ElementsAre(Rule::curl_descent));
    EXPECT_EQ(first.rule_rows[0], 0);
    EXPECT_THAT(second.rules(), testing::ElementsAre(Rule::gradient_descent));
    EXPECT_EQ(second.rule_rows[0], 1);
    EXPECT_TRUE(make_task(two_points(), 4, 0).rules().empty());
}

TEST(MakeTask, HasTheResolvedSettingsOfItsPoint) {
    const Experiment experiment = two_points();

    EXPECT_EQ(make_task(experiment, 2).settings.network.hidden, 4);
    EXPECT_EQ(make_task(experiment, 3).settings.network.hidden, 6);
    EXPECT_EQ(make_task(experiment, 3).settings.initialization.teacher_hidden, 6);
    EXPECT_EQ(make_task(experiment, 3).settings.plasticity.hidden_flips, 2);
}

TEST(RunStatus, IsNamedAsInTheResultsFile) {
    EXPECT_EQ(to_string(RunStatus::pending), "pending");
    EXPECT_EQ(to_string(RunStatus::done), "done");
    EXPECT_EQ(to_string(RunStatus::diverged), "diverged");
    EXPECT_EQ(to_string(RunStatus::failed), "failed");
    EXPECT_EQ(static_cast<int>(RunStatus::failed), 3);
}

TEST(ForeseenUpdates, CountShortBatchesToo) {
    const RunSettings settings = make_task(two_points(), 0).settings;  // 250 samples in batches of 10, 1000 epochs
    RunSettings uneven = settings;
    uneven.training.samples = 251;

    EXPECT_EQ(foreseen_updates(settings), 25000.0);
    EXPECT_EQ(foreseen_updates(uneven), 26000.0);
}

}  // namespace
}  // namespace curldescent
