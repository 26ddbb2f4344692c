#include "curldescent/experiment/simulate.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "experiment/parsing.hpp"

namespace curldescent {
namespace {

using testing::AllOf;
using testing::Each;
using testing::Gt;
using testing::Lt;

constexpr double infinite = std::numeric_limits<double>::infinity();
const SuppliedData nothing_supplied;

/// M = 4, N = 3, P = 12 in batches of 5, all four rules, two replicates of two points.
Experiment small(const std::vector<std::string>& overrides = {}) {
    return parsed(R"([experiment]
replicates = 2
[network]
inputs = 4
hidden = 3
[plasticity]
hidden_flips = 1
readout_flips = 1
[training]
samples = 12
test_samples = 6
batch = 5
epochs = 20
records = 5
[sweep]
"network.activation" = ["tanh", "linear"])",
                  overrides);
}

/// One linear unit W1 = 2, W2 = 3 with the single sample x = 1, y = 4 and a step of 0.1, one epoch.
Experiment one_unit(std::string_view rule) {
    return parsed(R"([network]
inputs = 1
hidden = 1
[plasticity]
hidden_flips = 1
norm_constraint = false
[training]
samples = 1
test_samples = 1
batch = 1
epochs = 1)",
                  {"experiment.rules=[\"" + std::string(rule) + "\"]"});
}

SuppliedData one_unit_data() {
    SuppliedData supplied;
    supplied.inputs = Matrix::Constant(1, 1, 1.0);
    supplied.targets = Matrix::Constant(1, 1, 4.0);
    supplied.test_inputs = Matrix::Constant(1, 1, 2.0);
    supplied.test_targets = Matrix::Constant(1, 1, 11.0);
    supplied.student_hidden = Matrix::Constant(1, 1, 2.0);
    supplied.student_readout = Matrix::Constant(1, 1, 3.0);
    return supplied;
}

RunResult only_run(const Experiment& experiment, const SuppliedData& supplied) {
    return simulate(make_task(experiment, 0), supplied).at(0);
}

std::vector<RunResult> runs_of(const Experiment& experiment, std::int64_t index) {
    return simulate(make_task(experiment, index), nothing_supplied);
}

/// Whether all scientific numbers of both runs are the same to the last bit.
bool equal_numbers(const RunResult& a, const RunResult& b) {
    return a.status == b.status && a.train_loss == b.train_loss && a.test_loss == b.test_loss &&
           a.final_train_loss == b.final_train_loss && a.final_test_loss == b.final_test_loss &&
           a.epochs_completed == b.epochs_completed && a.updates == b.updates;
}

bool equal_numbers(const std::vector<RunResult>& a, const std::vector<RunResult>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const RunResult& x, const RunResult& y) { return equal_numbers(x, y); });
}

TEST(Simulate, GivesOneFinishedRunForEachRule) {
    const std::vector<RunResult> runs = runs_of(small(), 0);

    ASSERT_EQ(runs.size(), 4U);
    for (const RunResult& run : runs) {
        EXPECT_EQ(run.status, RunStatus::done);
        EXPECT_EQ(run.message, "");
        EXPECT_EQ(run.epochs_completed, 20.0);
        EXPECT_EQ(run.updates, 60.0);  // 12 samples in batches of 5: 3 a epoch
        EXPECT_GE(run.wall_seconds, 0.0);
    }
}

TEST(Simulate, GivesALossForEachRecordedEpochAndTheLastAsFinal) {
    const RunResult run = runs_of(small(), 0).at(0);
    const std::size_t records = record_epochs(20, 5, RecordSpacing::log).size();

    ASSERT_EQ(run.train_loss.size(), records);
    ASSERT_EQ(run.test_loss.size(), records);
    EXPECT_THAT(run.train_loss, Each(AllOf(Gt(0.0), Lt(infinite))));
    EXPECT_THAT(run.test_loss, Each(AllOf(Gt(0.0), Lt(infinite))));
    EXPECT_EQ(run.final_train_loss, run.train_loss.back());
    EXPECT_EQ(run.final_test_loss, run.test_loss.back());
}

TEST(Simulate, TwiceGivesTheSameBits) {
    EXPECT_TRUE(equal_numbers(runs_of(small(), 3), runs_of(small(), 3)));
}

TEST(Simulate, DoesNotDependOnTheTasksBefore) {
    const Experiment experiment = small();
    const std::vector<RunResult> alone = runs_of(experiment, 2);

    runs_of(experiment, 0);
    runs_of(experiment, 3);

    EXPECT_TRUE(equal_numbers(runs_of(experiment, 2), alone));
}

TEST(Simulate, OfARuleAloneEqualsTheRuleInCompany) {
    const std::vector<RunResult> company = runs_of(small(), 1);

    ASSERT_EQ(company.size(), 4U);
    for (std::size_t k = 0; k < 4; ++k) {
        const std::string name(to_string(static_cast<Rule>(k)));
        const auto alone = runs_of(small({"experiment.rules=[\"" + name + "\"]"}), 1);
        ASSERT_EQ(alone.size(), 1U);
        EXPECT_TRUE(equal_numbers(alone[0], company[k])) << name;
    }
}

TEST(Simulate, OfSomeRulesEqualsThemInCompany) {
    const std::vector<RunResult> company = runs_of(small(), 1);
    const std::vector<RunResult> some = simulate(make_task(small(), 1, 0b1010), nothing_supplied);

    ASSERT_EQ(some.size(), 2U);
    EXPECT_TRUE(equal_numbers(some[0], company[1]));
    EXPECT_TRUE(equal_numbers(some[1], company[3]));
}

TEST(Simulate, KeepsReplicatesWhenMoreAreAskedFor) {
    const Experiment more = small({"experiment.replicates=5"});

    EXPECT_TRUE(equal_numbers(runs_of(small(), 3), runs_of(more, 6)));  // point 1, replicate 1
}

TEST(Simulate, StartsAllRulesOfAReplicateAtOneLoss) {
    const std::vector<RunResult> runs = runs_of(small(), 0);

    ASSERT_EQ(runs.size(), 4U);
    for (const RunResult& run : runs) EXPECT_EQ(run.train_loss[0], runs[0].train_loss[0]);
}

TEST(Simulate, TellsRulesReplicatesPointsAndSeedsApart) {
    const RunResult first = runs_of(small(), 0).at(0);

    EXPECT_FALSE(equal_numbers(runs_of(small(), 0).at(1), first));
    EXPECT_NE(runs_of(small(), 1).at(0).train_loss[0], first.train_loss[0]);
    EXPECT_NE(runs_of(small(), 2).at(0).train_loss[0], first.train_loss[0]);
    EXPECT_NE(runs_of(small({"experiment.seed=2"}), 0).at(0).train_loss[0], first.train_loss[0]);
}

TEST(Simulate, WithoutFlipsMakesTheCurlRulesThoseWithout) {
    const auto runs = runs_of(small({"plasticity.hidden_flips=0", "plasticity.readout_flips=0"}), 0);

    ASSERT_EQ(runs.size(), 4U);
    EXPECT_TRUE(equal_numbers(runs[0], runs[1]));
    EXPECT_TRUE(equal_numbers(runs[2], runs[3]));
}

TEST(Simulate, WithoutTestSamplesHasNoTestLoss) {
    const RunResult run = runs_of(small({"training.test_samples=0"}), 0).at(0);

    EXPECT_TRUE(std::isnan(run.final_test_loss));
    EXPECT_TRUE(std::isfinite(run.final_train_loss));
}

TEST(Simulate, CallsARunThatOverflowsDiverged) {
    const std::vector<std::string> unstable{"plasticity.norm_constraint=false", "training.learning_rate=1e6",
                                            "network.activation=linear"};
    const RunResult run = runs_of(small(unstable), 0).at(0);

    EXPECT_EQ(run.status, RunStatus::diverged);
    EXPECT_EQ(run.message, "");
    EXPECT_EQ(run.final_train_loss, infinite);
    EXPECT_EQ(run.final_test_loss, infinite);
    EXPECT_LT(run.epochs_completed, 20.0);
    ASSERT_EQ(run.train_loss.size(), record_epochs(20, 5, RecordSpacing::log).size());
    ASSERT_EQ(run.test_loss.size(), run.train_loss.size());
    EXPECT_TRUE(std::isfinite(run.train_loss.front()));
}

// By hand: y_hat = 6, E = 2, so dW2 = -0.1 * 2 * 2 = -0.4 and dW1 = -0.1 * 3 * 2 * 1 = -0.6 (times the sign
// D1). Tolerance: EXPECT_DOUBLE_EQ's 4 units in the last place, relaxed where differences of outputs lose
// digits.

TEST(Simulate, LearnsSuppliedDataFromSuppliedWeights) {
    const RunResult run = only_run(one_unit("gradient-descent"), one_unit_data());

    ASSERT_EQ(run.train_loss.size(), 2U);
    EXPECT_EQ(run.train_loss[0], 2.0);              // (6 - 4)^2 / 2
    EXPECT_EQ(run.test_loss[0], 0.5);               // (12 - 11)^2 / 2
    EXPECT_NEAR(run.train_loss[1], 0.0648, 1e-15);  // (1.4 * 2.6 - 4)^2 / 2
    EXPECT_NEAR(run.test_loss[1], 6.9192, 1e-14);   // (2 * 1.4 * 2.6 - 11)^2 / 2
}

TEST(Simulate, FlipsTheSuppliedStudentsPlasticity) {
    const RunResult run = only_run(one_unit("curl-descent"), one_unit_data());

    EXPECT_NEAR(run.final_train_loss, 3.8088, 1e-14);  // (2.6 * 2.6 - 4)^2 / 2
}

TEST(Simulate, CarriesTheErrorBackThroughSuppliedFeedback) {
    SuppliedData supplied = one_unit_data();
    supplied.feedback = Matrix::Constant(1, 1, -3.0);

    const RunResult run = only_run(one_unit("feedback-alignment"), supplied);

    EXPECT_NEAR(run.final_train_loss, 3.8088, 1e-14);  // feedback of -W2^T turns dW1 around
}

TEST(Simulate, HasNoLossForASuppliedStudentThatIsTheSuppliedTeacher) {
    SuppliedData supplied;
    supplied.student_hidden = Matrix{{0.1, -0.2, 0.3, 0.4}, {1.0, 0.7, -0.3, 0.2}, {0.5, 0.6, -0.9, 0.8}};
    supplied.student_readout = Matrix{{0.3, -0.7, 1.1}};
    supplied.teacher_hidden = supplied.student_hidden;
    supplied.teacher_readout = supplied.student_readout;

    const RunResult run = only_run(small(), supplied);

    EXPECT_EQ(run.train_loss[0], 0.0);
    EXPECT_EQ(run.test_loss[0], 0.0);
}

TEST(Simulate, StartsOnTheSuppliedTeacherWhenAskedTo) {
    SuppliedData supplied;
    supplied.teacher_hidden = Matrix::Constant(3, 4, 0.5);
    supplied.teacher_readout = Matrix::Constant(1, 3, 0.25);

    EXPECT_EQ(only_run(small({"initialization.start=teacher"}), supplied).train_loss[0], 0.0);
    EXPECT_GT(only_run(small(), supplied).train_loss[0], 0.0);
}

TEST(Simulate, UsesTheFirstOfTheSuppliedSamples) {
    SuppliedData supplied = one_unit_data();
    supplied.inputs = Matrix{{1.0, 100.0}};
    supplied.targets = Matrix{{4.0, -100.0}};

    EXPECT_EQ(only_run(one_unit("gradient-descent"), supplied).train_loss[0], 2.0);
}

TEST(FailedResults, HasTheMessageAndNoNumbersForEachRule) {
    const std::vector<RunResult> failed = failed_results(make_task(small(), 0), "out of memory");

    ASSERT_EQ(failed.size(), 4U);
    for (const RunResult& run : failed) {
        EXPECT_EQ(run.status, RunStatus::failed);
        EXPECT_EQ(run.message, "out of memory");
        EXPECT_TRUE(std::isnan(run.final_train_loss));
        EXPECT_TRUE(std::isnan(run.final_test_loss));
        EXPECT_TRUE(std::isnan(run.epochs_completed));
        EXPECT_TRUE(run.train_loss.empty());
        EXPECT_TRUE(run.test_loss.empty());
    }
}

}  // namespace
}  // namespace curldescent
