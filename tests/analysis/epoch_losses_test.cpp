#include "curldescent/analysis/epoch_losses.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "support/fixed_core.hpp"

namespace curldescent {
namespace {

using testing::ElementsAre;
using testing::IsNan;

/// y_hat = W2 W1 x, two training samples and one test sample.
const Network network{.inputs = 1, .hidden = 1, .outputs = 1};
const Problem problem{
    .X = Matrix{{1.0, 2.0}}, .Y = Matrix{{6.0, 10.0}}, .X_test = Matrix{{1.0}}, .Y_test = Matrix{{4.0}}};
const FixedCore first({.W1 = Matrix{{2.0}}, .W2 = Matrix{{3.0}}});    // errors 0, 2 and 2: losses 1 and 2
const FixedCore second({.W1 = Matrix{{2.0}}, .W2 = Matrix{{2.0}}});   // errors -2, -2 and 0: losses 2 and 0
const FixedCore solved({.W1 = Matrix{{2.0}}, .W2 = Matrix{{2.75}}});  // errors -0.5, 1: loss 0.3125
const LossThresholds thresholds{.values = {1.0, 0.5}, .count = 2};
constexpr Index all = 2;  // samples

TEST(EpochLosses, EvaluateBothLossesAfterEveryEpoch) {
    EpochLosses losses(network, problem, TrainLossSource::evaluated, 1, thresholds);

    losses.observe({0, second, 100.0});
    losses.observe({1, first, 100.0});
    losses.observe({2, second, 100.0});

    EXPECT_THAT(losses.train().epochs(), ElementsAre(1.0, IsNan()));
    EXPECT_THAT(losses.test().epochs(), ElementsAre(0.0, 0.0));
    EXPECT_EQ(losses.ascent().total, 1.0);
}

TEST(EpochLosses, StreamTheTrainingLossAndEvaluateTheStart) {
    EpochLosses losses(network, problem, TrainLossSource::streamed, 1, thresholds);

    losses.observe({0, first});
    losses.observe({1, first, 4.0 * 1.5});  // 1/2 of the mean over two samples
    losses.observe({2, first, 4.0 * 0.5});

    EXPECT_THAT(losses.train().epochs(), ElementsAre(0.0, 2.0));
    EXPECT_EQ(losses.train().best(), 0.5);
    EXPECT_THAT(losses.test().epochs(), ElementsAre(IsNan(), IsNan()));
    EXPECT_EQ(losses.ascent().total, 0.5);
}

TEST(EpochLosses, OfAFullBatchAreThoseOfTheWeightsBefore) {
    EpochLosses losses(network, problem, TrainLossSource::streamed, all, thresholds);

    losses.observe({0, second});
    losses.observe({1, second, 4.0 * 2.0 * (1.0 + 1e-15)});  // the start again, summed in another order
    losses.observe({2, second, 4.0 * 0.75});                 // after epoch 1
    losses.observe({3, second, 4.0 * 0.875});                // after epoch 2
    losses.finish(solved, {.epochs_completed = 3});

    EXPECT_THAT(losses.train().epochs(), ElementsAre(1.0, 3.0));
    EXPECT_EQ(losses.train().best(), 0.3125);
    EXPECT_EQ(losses.ascent().total, 0.125);
    EXPECT_EQ(losses.ascent().largest_rise_epoch, 2.0);
    EXPECT_EQ(losses.ascent().rising_share, 1.0 / 3.0);
}

TEST(EpochLosses, OfMiniBatchesLookAtTheLastWeightsToo) {
    EpochLosses losses(network, problem, TrainLossSource::streamed, 1, thresholds);

    losses.observe({0, second});
    losses.observe({1, second, 4.0 * 0.75});
    losses.finish(solved, {.epochs_completed = 1});

    EXPECT_THAT(losses.train().epochs(), ElementsAre(1.0, 1.0));
    EXPECT_EQ(losses.train().best(), 0.3125);
    EXPECT_EQ(losses.ascent().total, 0.0);
}

TEST(EpochLosses, OfADivergedRunRiseWithoutEnd) {
    for (const TrainLossSource source : {TrainLossSource::evaluated, TrainLossSource::streamed}) {
        EpochLosses losses(network, problem, source, all, thresholds);

        losses.observe({0, second});
        losses.observe({1, second, 8.0});
        losses.finish(second, {.epochs_completed = 1, .diverged = true});

        EXPECT_EQ(losses.ascent().total, std::numeric_limits<double>::infinity());
        EXPECT_EQ(losses.ascent().largest_rise_epoch, 2.0);
        EXPECT_GT(losses.ascent().rising_share, 0.0);
        EXPECT_EQ(losses.train().best(), 2.0);
    }
}

TEST(EpochLosses, HaveNoTestLossWithoutTestSamples) {
    Problem untested = problem;
    untested.X_test.resize(1, 0);
    untested.Y_test.resize(1, 0);
    EpochLosses losses(network, untested, TrainLossSource::evaluated, 1, thresholds);

    losses.observe({0, second});

    EXPECT_THAT(losses.test().epochs(), ElementsAre(IsNan(), IsNan()));
    EXPECT_THAT(losses.test().best(), IsNan());
}

TEST(ChooseTrainLossSource, StreamsWhereAnEvaluationIsAPassOverTheData) {
    const Network tanh{.inputs = 100, .hidden = 10, .activation = Activation::tanh};

    EXPECT_EQ(choose_train_loss_source(tanh, {.samples = 2000, .batch = 10}), TrainLossSource::streamed);
    EXPECT_EQ(choose_train_loss_source(tanh, {.samples = 2000, .batch = 1}), TrainLossSource::streamed);
}

TEST(ChooseTrainLossSource, EvaluatesALinearNetworkOfManyUpdates) {
    // M = 20, 200 units trained as 21, P = 250: 20 (21 + 250) against 2 * 20 * 250 + 3 * 21 * 20 updates.
    const Network linear{.inputs = 20, .hidden = 200};

    EXPECT_EQ(choose_train_loss_source(linear, {.samples = 250, .batch = 1}), TrainLossSource::evaluated);
    EXPECT_EQ(choose_train_loss_source(linear, {.samples = 250, .batch = 10}), TrainLossSource::streamed);
    EXPECT_EQ(choose_train_loss_source(linear, {.samples = 250, .batch = 10, .width_reduction = false}),
              TrainLossSource::evaluated);
}

TEST(ChooseTrainLossSource, TurnsAtFivePercent) {
    // M = N = 1, so w = 1, and 2 P + 3 P for batches of one sample: an evaluation of 1 + P is 20 % at least.
    EXPECT_EQ(choose_train_loss_source(network, {.samples = 1'000'000, .batch = 1}), TrainLossSource::streamed);
    // N = 99 in full, P = 97 in 97 updates: 99 + 97 = 196 against 2 * 97 + 3 * 99 * 97 = 29,003 is 0.7 %.
    const Network wide{.inputs = 1, .hidden = 99};
    EXPECT_EQ(choose_train_loss_source(wide, {.samples = 97, .batch = 1, .width_reduction = false}),
              TrainLossSource::evaluated);
    // With u updates: 196 against 194 + 297 u is at most 5 % from u = 13 on (batches of 8), not for 12 (of 9 or 10).
    EXPECT_EQ(choose_train_loss_source(wide, {.samples = 97, .batch = 8, .width_reduction = false}),
              TrainLossSource::evaluated);
    EXPECT_EQ(choose_train_loss_source(wide, {.samples = 97, .batch = 9, .width_reduction = false}),
              TrainLossSource::streamed);
}

}  // namespace
}  // namespace curldescent
