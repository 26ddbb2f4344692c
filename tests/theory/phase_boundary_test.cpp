#include "curldescent/theory/phase_boundary.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>

namespace curldescent {
namespace {

constexpr double accuracy = 1e-8;  // what is asked of the theory
constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr double fewest = 1e-12;  // as good as the limit of no flips

TEST(Stability, IsThatOfTheLowerEdge) {
    EXPECT_TRUE(is_stable({0.3, 0.5, 0.0}));
    EXPECT_FALSE(is_stable({1.0, 0.5, 0.0}));
}

TEST(Stability, EndsOnTheBoundary) {
    EXPECT_EQ(lower_edge({0.25, 1.0, 0.0}), 0.0);
    EXPECT_FALSE(is_stable({0.25, 1.0, 0.0}));
}

TEST(CriticalRatio, IsAQuarterWithAllHiddenFlips) {
    EXPECT_NEAR(critical_ratios({.hidden_flip_fraction = 1.0}).lower, 0.25, accuracy);
}

TEST(CriticalRatio, TendsToTwoThirdsWithFewHiddenFlips) {
    constexpr double of_these_few = 1e-5;  // it falls by the square root of their share
    EXPECT_NEAR(critical_ratios({.hidden_flip_fraction = fewest}).lower, 2.0 / 3.0, of_these_few);
    EXPECT_NEAR(critical_ratios({.hidden_flip_fraction = 1e-30}).lower, 2.0 / 3.0, accuracy);
}

TEST(CriticalRatio, HasNoBoundWithFewReadoutFlips) {
    EXPECT_GT(critical_ratios({.readout_flip_fraction = fewest}).lower, 1e10);
}

TEST(CriticalRatio, IsInfiniteWithoutFlips) {
    const CriticalRatios critical = critical_ratios({});
    EXPECT_EQ(critical.lower, infinite);
    EXPECT_EQ(critical.upper, infinite);
}

TEST(CriticalRatio, IsZeroWhereHalfTheReadoutIsFlipped) {
    EXPECT_EQ(critical_ratios({.readout_flip_fraction = 0.5}).lower, 0.0);
    EXPECT_EQ(critical_ratios({.hidden_flip_fraction = 0.3, .readout_flip_fraction = 0.9}).lower, 0.0);
    EXPECT_GT(critical_ratios({.readout_flip_fraction = 0.499}).lower, 0.0);
}

TEST(CriticalRatio, MakesTheLowerEdgeZero) {
    for (const double alpha_h : {0.0, 1e-6, 0.1, 0.5, 1.0}) {
        for (const double alpha_r : {0.0, 1e-6, 0.1, 0.4}) {
            for (const double s : {0.3, 1.0, 3.0}) {
                SpectrumParameters parameters{1.0, alpha_h, alpha_r, s, 1.0};
                parameters.ratio = critical_ratios(parameters).lower;
                if (parameters.ratio == infinite) continue;
                EXPECT_NEAR(lower_edge(parameters), 0.0, accuracy) << alpha_h << ' ' << alpha_r << ' ' << s;
                parameters.ratio *= 1.0 - accuracy;
                EXPECT_TRUE(is_stable(parameters)) << alpha_h << ' ' << alpha_r << ' ' << s;
            }
        }
    }
}

TEST(CriticalRatio, HasAnUpperOneWhereWeakWeightsCannotOutweighTheReadout) {
    SpectrumParameters parameters{1.0, 0.0, 0.3, 0.5, 1.0};
    const auto [lower, upper] = critical_ratios(parameters);
    const auto is_stable_at = [&](double ratio) {
        parameters.ratio = ratio;
        return is_stable(parameters);
    };

    EXPECT_TRUE(is_stable_at(lower * (1.0 - accuracy)));
    EXPECT_FALSE(is_stable_at(lower * (1.0 + accuracy)));
    EXPECT_FALSE(is_stable_at(upper * (1.0 - accuracy)));
    EXPECT_TRUE(is_stable_at(upper * (1.0 + accuracy)));
}

TEST(CriticalRatio, WithAllReadoutFlipsIsThatOfTheMirroredMarchenkoAndPastur) {
    const auto [lower, upper] = critical_ratios({1.0, 0.0, 1.0, 1.0, 4.0});  // 4 - (1 + 1/sqrt c)^2
    EXPECT_EQ(lower, 0.0);
    EXPECT_NEAR(upper, 1.0, accuracy);
}

TEST(CriticalRatio, CountsAtomsAsWell) {
    // At c > 1 the band of 4 MP - 1 is positive, yet the atom at -1 is not.
    const auto [lower, upper] = critical_ratios({1.0, 1.0, 0.0, 4.0, 1.0});
    EXPECT_NEAR(lower, 4.0 / 9.0, accuracy);
    EXPECT_EQ(upper, infinite);
}

TEST(CriticalRatio, IsTheSameForAllScalesOfOneProportion) {
    const CriticalRatios critical = critical_ratios({1.0, 0.2, 0.1, 1.0, 2.0});
    EXPECT_NEAR(critical_ratios({1.0, 0.2, 0.1, 1e-3, 2e-3}).lower, critical.lower, accuracy);
}

TEST(CriticalFraction, SeparatesStableFromUnstable) {
    for (const FlippedLayer layer : {FlippedLayer::hidden, FlippedLayer::readout}) {
        for (const double c : {0.28, 0.4, 0.6}) {
            SpectrumParameters parameters{c, 0.01, 0.01, 2.0, 1.8};
            const double critical = critical_flip_fraction(parameters, layer);
            double& fraction =
                layer == FlippedLayer::hidden ? parameters.hidden_flip_fraction : parameters.readout_flip_fraction;

            fraction = critical - accuracy;
            EXPECT_TRUE(is_stable(parameters)) << c;
            fraction = critical + accuracy;
            EXPECT_FALSE(is_stable(parameters)) << c;
        }
    }
}

TEST(CriticalFraction, IsTheInverseOfTheCriticalRatio) {
    for (const double fraction : {0.01, 0.2, 0.45}) {
        const double hidden = critical_ratios({.hidden_flip_fraction = fraction}).lower;
        EXPECT_NEAR(critical_flip_fraction({.ratio = hidden}, FlippedLayer::hidden), fraction, accuracy);
        const double readout = critical_ratios({.readout_flip_fraction = fraction}).lower;
        EXPECT_NEAR(critical_flip_fraction({.ratio = readout}, FlippedLayer::readout), fraction, accuracy);
    }
}

TEST(CriticalFraction, IsInfiniteWhereNoFlipsMatter) {
    EXPECT_EQ(critical_flip_fraction({.ratio = 0.249}, FlippedLayer::hidden), infinite);
    EXPECT_LE(critical_flip_fraction({.ratio = 0.251}, FlippedLayer::hidden), 1.0);
}

TEST(CriticalFraction, IsZeroWhereTheFewestFlipsMatter) {
    EXPECT_EQ(critical_flip_fraction({.ratio = 0.667}, FlippedLayer::hidden), 0.0);
    EXPECT_GT(critical_flip_fraction({.ratio = 0.666}, FlippedLayer::hidden), 0.0);
}

TEST(CriticalFraction, IsMinusInfinityWhereTheOtherLayerSuffices) {
    EXPECT_EQ(critical_flip_fraction({.ratio = 1.0, .hidden_flip_fraction = 0.5}, FlippedLayer::readout), -infinite);
}

TEST(CriticalFraction, DoesNotDependOnTheFractionSought) {
    const double critical = critical_flip_fraction({.ratio = 0.5}, FlippedLayer::hidden);
    EXPECT_EQ(critical_flip_fraction({.ratio = 0.5, .hidden_flip_fraction = 0.7}, FlippedLayer::hidden), critical);
}

TEST(PhaseBoundary, RefusesImpossibleParameters) {
    EXPECT_THROW(is_stable({.ratio = -1.0}), std::invalid_argument);
    EXPECT_THROW(critical_flip_fraction({.readout_flip_fraction = 2.0}, FlippedLayer::hidden), std::invalid_argument);
    EXPECT_THROW(critical_ratios({.weight_variance = 0.0}), std::invalid_argument);
}

}  // namespace
}  // namespace curldescent
