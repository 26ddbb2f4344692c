#include "curldescent/analysis/learning_curve.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <vector>

#include "support/fixed_core.hpp"

namespace curldescent {
namespace {

using testing::ElementsAre;

constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr std::array all_spacings{RecordSpacing::log, RecordSpacing::linear};

TEST(RecordEpochs, SpreadsRecordsOverTheTraining) {
    EXPECT_THAT(record_epochs(100, 3, RecordSpacing::log), ElementsAre(0, 1, 10, 100));
    EXPECT_THAT(record_epochs(100, 3, RecordSpacing::linear), ElementsAre(0, 1, 50, 100));
}

TEST(RecordEpochs, HitPowersOfTenExactly) {
    EXPECT_THAT(record_epochs(1000, 4, RecordSpacing::log), ElementsAre(0, 1, 10, 100, 1000));
}

TEST(RecordEpochs, AreAllEpochsForAsManyLinearRecords) {
    EXPECT_EQ(record_epochs(23, 23, RecordSpacing::linear).size(), 24U);
    EXPECT_EQ(record_epochs(100, 100, RecordSpacing::linear).size(), 101U);
    EXPECT_EQ(record_epochs(100'000, 100'000, RecordSpacing::linear).size(), 100'001U);
}

TEST(RecordEpochs, DropsRepeatedEpochs) {
    EXPECT_THAT(record_epochs(4, 9, RecordSpacing::log), ElementsAre(0, 1, 2, 3, 4));
    EXPECT_THAT(record_epochs(3, 9, RecordSpacing::linear), ElementsAre(0, 1, 2, 3));
}

TEST(RecordEpochs, KeepsStartAndEndForASingleRecord) {
    for (const RecordSpacing spacing : all_spacings) {
        EXPECT_THAT(record_epochs(50, 1, spacing), ElementsAre(0, 50)) << to_string(spacing);
    }
}

TEST(RecordEpochs, OfOneEpochAreItsStartAndEnd) {
    for (const RecordSpacing spacing : all_spacings) {
        EXPECT_THAT(record_epochs(1, 1, spacing), ElementsAre(0, 1)) << to_string(spacing);
        EXPECT_THAT(record_epochs(1, 2, spacing), ElementsAre(0, 1)) << to_string(spacing);
        EXPECT_THAT(record_epochs(1, 10, spacing), ElementsAre(0, 1)) << to_string(spacing);
    }
}

TEST(RecordEpochs, IncreaseStrictlyFromZeroToTheLastEpoch) {
    for (const RecordSpacing spacing : all_spacings) {
        for (const std::int64_t epochs : {2, 7, 100, 1000, 123'457}) {
            for (const std::int64_t records : {1, 2, 3, 20, 200, 1001}) {
                const std::vector<std::int64_t> chosen = record_epochs(epochs, records, spacing);

                EXPECT_EQ(chosen.front(), 0);
                EXPECT_EQ(chosen.back(), epochs);
                EXPECT_LE(chosen.size(), static_cast<std::size_t>(records + 1));
                EXPECT_EQ(std::adjacent_find(chosen.begin(), chosen.end(), std::greater_equal<>()), chosen.end())
                    << epochs << " epochs, " << records << " records, " << to_string(spacing);
            }
        }
    }
}

/// y_hat = W2 W1 x with two training samples and one test sample; at W1 = 2, W2 = 3 the errors are 0, 2
/// and 2.
const Network network{.inputs = 1, .hidden = 1, .outputs = 1};
const Problem problem{
    .X = Matrix{{1.0, 2.0}}, .Y = Matrix{{6.0, 10.0}}, .X_test = Matrix{{1.0}}, .Y_test = Matrix{{4.0}}};
const Weights start{.W1 = Matrix{{2.0}}, .W2 = Matrix{{3.0}}};
const FixedCore first(start);
const FixedCore second({.W1 = Matrix{{2.0}}, .W2 = Matrix{{2.0}}});  // errors -2, -2 and 0

const FixedCore overflown({.W1 = Matrix{{infinite}}, .W2 = Matrix{{3.0}}});

Problem without_test_samples() {
    Problem reduced = problem;
    reduced.X_test.resize(1, 0);
    reduced.Y_test.resize(1, 0);
    return reduced;
}

TEST(LearningCurve, HoldsTheLossesAtTheRecordedEpochs) {
    LearningCurve curve(network, problem, {0, 1});

    curve.observe({0, first});
    curve.observe({1, second});
    curve.finish(second, {.epochs_completed = 1, .updates = 1});

    EXPECT_THAT(curve.train_loss(), ElementsAre(0.5 * (0.0 + 4.0) / 2.0, 0.5 * (4.0 + 4.0) / 2.0));
    EXPECT_THAT(curve.test_loss(), ElementsAre(0.5 * 4.0, 0.0));
}

TEST(LearningCurve, PassesOverEpochsThatAreNotRecorded) {
    LearningCurve curve(network, problem, {0, 2});

    curve.observe({0, first});
    curve.observe({1, first});
    curve.observe({2, second});
    curve.observe({3, first});
    curve.finish(first, {.epochs_completed = 3, .updates = 3});

    EXPECT_THAT(curve.train_loss(), ElementsAre(1.0, 2.0));
    EXPECT_THAT(curve.test_loss(), ElementsAre(2.0, 0.0));
}

TEST(LearningCurve, IsInfiniteAfterADivergence) {
    LearningCurve curve(network, problem, {0, 1, 10, 100});

    curve.observe({0, first});
    curve.observe({1, second});
    curve.finish(overflown, {.epochs_completed = 1, .updates = 2, .diverged = true});

    EXPECT_THAT(curve.train_loss(), ElementsAre(1.0, 2.0, infinite, infinite));
    EXPECT_THAT(curve.test_loss(), ElementsAre(2.0, 0.0, infinite, infinite));
}

TEST(LearningCurve, KeepsTheLastLossOfAConvergedRun) {
    LearningCurve curve(network, problem, {0, 1, 10, 100});

    curve.observe({0, first});
    curve.observe({1, first});
    curve.observe({2, second});
    curve.finish(second, {.epochs_completed = 2, .updates = 2, .converged = true});

    EXPECT_THAT(curve.train_loss(), ElementsAre(1.0, 1.0, 2.0, 2.0));
    EXPECT_THAT(curve.test_loss(), ElementsAre(2.0, 2.0, 0.0, 0.0));
}

TEST(LearningCurve, HasNoTestLossOfAConvergedRunWithoutTestSamples) {
    const Problem reduced = without_test_samples();
    LearningCurve curve(network, reduced, {0, 1, 2});

    curve.observe({0, first});
    curve.finish(second, {.epochs_completed = 1, .updates = 1, .converged = true});

    EXPECT_THAT(curve.train_loss(), ElementsAre(1.0, 2.0, 2.0));
    EXPECT_THAT(curve.test_loss(), ElementsAre(testing::IsNan(), testing::IsNan(), testing::IsNan()));
}

TEST(LearningCurve, HasNoTestLossWithoutTestSamples) {
    const Problem reduced = without_test_samples();
    LearningCurve curve(network, reduced, {0, 1, 2});

    curve.observe({0, first});
    curve.finish(overflown, {.epochs_completed = 0, .updates = 1, .diverged = true});

    EXPECT_THAT(curve.train_loss(), ElementsAre(1.0, infinite, infinite));
    EXPECT_THAT(curve.test_loss(), ElementsAre(testing::IsNan(), testing::IsNan(), testing::IsNan()));
}

TEST(LearningCurve, IsInfiniteWhereOutputsOverflow) {
    const Network wide{.inputs = 1, .hidden = 2, .outputs = 1};
    const FixedCore huge({.W1 = Matrix{{1e200}, {1e200}}, .W2 = Matrix{{1e200, -1e200}}});  // infinity - infinity
    LearningCurve curve(wide, problem, {0});

    curve.observe({0, huge});
    curve.finish(huge, {});

    EXPECT_THAT(curve.train_loss(), ElementsAre(infinite));
    EXPECT_THAT(curve.test_loss(), ElementsAre(infinite));
}

TEST(LearningCurve, FollowsATraining) {
    const Training training{.samples = 2, .test_samples = 1, .batch = 2, .epochs = 2, .learning_rate = 0.1};
    const Plasticity plasticity{.norm_constraint = false};
    const Student student{network,
                          plasticity,
                          make_signs(network, plasticity, Rule::gradient_descent),
                          Matrix(),
                          {training.learning_rate, training.batch, training.samples},
                          start};
    const std::unique_ptr<Core> core = make_core(CoreKind::plain, student, problem);
    LearningCurve curve(network, problem, record_epochs(2, 2, RecordSpacing::linear));
    std::array<Trainee, 1> trainees{{{.core = *core, .observers = {&curve}}}};

    train(trainees, problem, training, StreamKey{});

    // One update: delta X^T / 2 = 2, so W1 = 2 - 0.1 * 3 * 2 and W2 = 3 - 0.1 * 2 * 2.
    const double factor = 1.4 * 2.6;
    const double after_one = 0.25 * (std::pow(factor - 6.0, 2) + std::pow(2.0 * factor - 10.0, 2));
    constexpr double tolerance = 1e-14;  // a few roundings
    ASSERT_EQ(curve.train_loss().size(), 3U);
    EXPECT_EQ(curve.train_loss()[0], 1.0);
    EXPECT_NEAR(curve.train_loss()[1], after_one, tolerance);
    EXPECT_EQ(curve.train_loss()[2], mean_squared_loss(forward(network, core->weights(), problem.X), problem.Y));
}

}  // namespace
}  // namespace curldescent
