#include "curldescent/analysis/regime.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace curldescent {
namespace {

const RegimeOptions defaults{.classify = true};

/// A full-batch run far from any solution whose loss swings about a level.
RegimeNumbers swinging(LyapunovVerdict verdict) {
    return {.deterministic = true,
            .loss = {.count = 1000, .level = 0.5, .variation = 0.1, .trend = 0.01, .swing = 0.1, .crossings = 50},
            .order_parameter = 0.1,
            .verdict = verdict};
}

RegimeNumbers constant(double order_parameter) {
    RegimeNumbers numbers = swinging(LyapunovVerdict::zero);
    numbers.loss.variation = 1e-9;
    numbers.loss.trend = 0.0;
    numbers.order_parameter = order_parameter;
    return numbers;
}

TEST(Regime, OfARunThatOverflowedIsDiverged) {
    RegimeNumbers numbers = swinging(LyapunovVerdict::positive);
    numbers.diverged = true;

    EXPECT_EQ(regime_of(numbers, defaults), Regime::diverged);
}

TEST(Regime, IsConvergedBelowTheThresholdUnlessTheLossRises) {
    RegimeNumbers numbers = swinging(LyapunovVerdict::unmeasured);
    numbers.loss = {.count = 1000, .level = 0.99e-12, .variation = 2.0, .trend = -1.5};
    EXPECT_EQ(regime_of(numbers, defaults), Regime::converged);

    numbers.loss.level = 1.01e-12;
    EXPECT_EQ(regime_of(numbers, defaults), Regime::undetermined);
    numbers.loss = {.count = 1000, .level = 1e-20, .variation = 2.0, .trend = 0.6};
    EXPECT_EQ(regime_of(numbers, defaults), Regime::undetermined);
    numbers.came_to_rest = true;
    EXPECT_EQ(regime_of(numbers, defaults), Regime::converged);
}

TEST(Regime, IsChaosOnlyWithAPositiveExponent) {
    EXPECT_EQ(regime_of(swinging(LyapunovVerdict::positive), defaults), Regime::chaos);
    EXPECT_EQ(regime_of(swinging(LyapunovVerdict::unsettled), defaults), Regime::undetermined);
    RegimeNumbers unmeasured = swinging(LyapunovVerdict::unmeasured);
    unmeasured.zero_one = 1.0;
    EXPECT_EQ(regime_of(unmeasured, defaults), Regime::undetermined);
}

TEST(Regime, OfAnUnstableFixedPointIsNotChaos) {
    RegimeNumbers numbers = constant(0.0);
    numbers.verdict = LyapunovVerdict::positive;
    EXPECT_EQ(regime_of(numbers, defaults), Regime::fixed_point);

    numbers.order_parameter = 6e-3;
    EXPECT_EQ(regime_of(numbers, defaults), Regime::drift);
}

TEST(Regime, OfARunThatLeavesASaddleIsNotChaos) {
    for (const double trend : {-0.3, 0.3, 2.0}) {
        RegimeNumbers numbers = swinging(LyapunovVerdict::positive);
        numbers.loss.trend = trend;
        EXPECT_EQ(regime_of(numbers, defaults), Regime::undetermined) << "trend " << trend;
    }
}

TEST(Regime, OfAConstantLossIsDriftOrFixedPointByTheWeights) {
    EXPECT_EQ(regime_of(constant(6e-3), defaults), Regime::drift);
    EXPECT_EQ(regime_of(constant(1e-12), defaults), Regime::fixed_point);
    EXPECT_EQ(regime_of(constant(NAN), defaults), Regime::undetermined);
}

TEST(Regime, OfALossThatSwingsRegularlyIsOscillation) {
    EXPECT_EQ(regime_of(swinging(LyapunovVerdict::zero), defaults), Regime::oscillation);
    EXPECT_EQ(regime_of(swinging(LyapunovVerdict::negative), defaults), Regime::oscillation);
    RegimeNumbers unmeasured = swinging(LyapunovVerdict::unmeasured);
    unmeasured.zero_one = 0.0;
    EXPECT_EQ(regime_of(unmeasured, defaults), Regime::oscillation);

    RegimeNumbers noisy = swinging(LyapunovVerdict::zero);
    noisy.deterministic = false;
    EXPECT_EQ(regime_of(noisy, defaults), Regime::undetermined);
    RegimeNumbers falling = swinging(LyapunovVerdict::zero);
    falling.loss.trend = -0.3;
    EXPECT_EQ(regime_of(falling, defaults), Regime::undetermined);
}

TEST(Regime, ForgivesATrendThatFewSwingsLeave) {
    RegimeNumbers numbers = swinging(LyapunovVerdict::positive);
    numbers.loss = {.count = 4000, .level = 0.5, .variation = 0.33, .trend = 0.23, .swing = 0.33, .crossings = 12};
    EXPECT_EQ(regime_of(numbers, defaults), Regime::chaos);
    numbers.loss.crossings = 200;
    EXPECT_EQ(regime_of(numbers, defaults), Regime::undetermined);
    numbers.loss = {.count = 4000, .level = 0.5, .variation = 2.0, .trend = 0.51, .swing = 2.0, .crossings = 12};
    EXPECT_EQ(regime_of(numbers, defaults), Regime::undetermined);
}

/// The regime of a full-batch run with these losses and a leading exponent of zero.
Regime regime_of_losses(const std::vector<double>& losses) {
    RegimeNumbers numbers = swinging(LyapunovVerdict::zero);
    numbers.loss = summarise_loss(losses, 1.0);
    return regime_of(numbers, defaults);
}

TEST(Regime, OfALossThatOnlyFallsIsNoOscillationHoweverSlowly) {
    for (double rate = 2e-10; rate < 1.1e-5; rate *= 1.3) {
        std::vector<double> losses;
        for (int epoch = 0; epoch < 20'000; ++epoch) losses.push_back(0.5 * std::exp(-rate * epoch));
        EXPECT_EQ(regime_of_losses(losses), Regime::undetermined) << "rate " << rate;
    }
}

TEST(Regime, OfALossInStagesIsNoOscillation) {
    std::vector<double> losses;
    for (int epoch = 0; epoch < 3000; ++epoch) losses.push_back(1.0 - 0.03 * std::floor(epoch / 1000.0));

    EXPECT_EQ(regime_of_losses(losses), Regime::undetermined);
}

TEST(Regime, OfASmallSwingOnALossThatFallsSlowlyIsOscillation) {
    std::vector<double> losses;
    for (int epoch = 0; epoch < 3000; ++epoch) losses.push_back(1.0 - 1e-5 * epoch + 1e-3 * std::sin(0.1 * epoch));

    EXPECT_EQ(regime_of_losses(losses), Regime::oscillation);
}

TEST(Regime, NeedsAHundredLossesUnlessTheRunEndedByItself) {
    for (const LyapunovVerdict verdict : {LyapunovVerdict::positive, LyapunovVerdict::zero}) {
        RegimeNumbers few = swinging(verdict);
        few.loss.count = 99;
        EXPECT_EQ(regime_of(few, defaults), Regime::undetermined);
        few.loss.count = 100;
        EXPECT_NE(regime_of(few, defaults), Regime::undetermined);
    }
    RegimeNumbers ended = constant(0.0);
    ended.loss.count = 3;
    EXPECT_EQ(regime_of(ended, defaults), Regime::undetermined);
    ended.came_to_rest = true;
    EXPECT_EQ(regime_of(ended, defaults), Regime::converged);
    ended.diverged = true;
    EXPECT_EQ(regime_of(ended, defaults), Regime::diverged);
}

TEST(Regime, FollowsItsThresholds) {
    EXPECT_EQ(regime_of(swinging(LyapunovVerdict::zero), {.constant_loss = 0.2}), Regime::drift);
    EXPECT_EQ(regime_of(swinging(LyapunovVerdict::zero), {.constant_loss = 0.2, .moving_weights = 0.5}),
              Regime::fixed_point);
    EXPECT_EQ(regime_of(swinging(LyapunovVerdict::zero), {.converged_loss = 0.9}), Regime::converged);
}

TEST(Regime, WithoutNumbersIsUndetermined) {
    EXPECT_EQ(regime_of({}, defaults), Regime::undetermined);
}

TEST(Losses, VaryByThemselvesAboveBothThresholds) {
    const LossSummary loss{.level = 1e-11, .variation = 0.1, .trend = 0.0, .swing = 2e-6};
    EXPECT_TRUE(vary_by_themselves(loss, defaults));
    EXPECT_FALSE(vary_by_themselves(loss, {.converged_loss = 1e-10}));
    EXPECT_FALSE(vary_by_themselves(loss, {.constant_loss = 1e-5}));
    EXPECT_FALSE(vary_by_themselves({}, defaults));
}

TEST(LossSummary, HasLevelVariationAndTrend) {
    const std::vector<double> losses{1.0, 3.0, 5.0, 7.0};

    const LossSummary summary = summarise_loss(losses, 8.0);

    EXPECT_EQ(summary.level, 7.0 / 8.0);
    EXPECT_DOUBLE_EQ(summary.variation, std::sqrt(5.0) / 4.0);
    EXPECT_EQ(summary.trend, 1.0);
}

TEST(LossSummary, CountsHowOftenTheLossPassesItsLine) {
    const std::vector<double> losses{1.0, 4.0, 3.0, 6.0, 5.0, 8.0};

    const LossSummary summary = summarise_loss(losses, 1.0);

    EXPECT_EQ(summary.crossings, 5);
    // The line is 27/6 + 41/35 (k - 5/2); what is left of the squares 29.5 is 29.5 - 20.5^2 / 17.5.
    EXPECT_DOUBLE_EQ(summary.swing, std::sqrt((29.5 - 20.5 * 20.5 / 17.5) / 6.0) / 4.5);
}

TEST(LossSummary, OfZeroIsConstantAndOfNothingMissing) {
    EXPECT_EQ(summarise_loss(std::vector<double>(5, 0.0), 1.0).variation, 0.0);
    EXPECT_TRUE(std::isnan(summarise_loss({}, 1.0).level));
}

}  // namespace
}  // namespace curldescent
