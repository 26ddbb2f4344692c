#include "curldescent/analysis/ascent.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <initializer_list>
#include <limits>

namespace curldescent {
namespace {

AscentSummary ascent_of(std::initializer_list<double> losses) {
    Ascent ascent;
    std::int64_t epoch = 0;
    for (const double loss : losses) ascent.add(epoch++, loss);
    return ascent.summary();
}

TEST(Ascent, MeasuresASeriesWithKnownRises) {
    const AscentSummary summary = ascent_of({3.0, 1.0, 2.0, 1.5, 4.0});

    EXPECT_EQ(summary.total, 3.5);
    EXPECT_EQ(summary.largest_rise, 3.0);
    EXPECT_EQ(summary.largest_rise_epoch, 4.0);
    EXPECT_EQ(summary.rising_share, 0.5);
}

TEST(Ascent, MeasuresTheLargestRiseFromTheLowestLossBeforeIt) {
    // Up by 2 at once, and by 2.5 in two steps from a lower valley.
    const AscentSummary summary = ascent_of({5.0, 7.0, 1.0, 2.5, 2.0, 3.5, 0.0});

    EXPECT_EQ(summary.largest_rise, 2.5);
    EXPECT_EQ(summary.largest_rise_epoch, 5.0);
    EXPECT_EQ(summary.total, 2.0 + 1.5 + 1.5);
    EXPECT_EQ(summary.rising_share, 3.0 / 6.0);
}

TEST(Ascent, OfAFallingLossIsNone) {
    const AscentSummary summary = ascent_of({3.0, 2.0, 2.0, 1.0});

    EXPECT_EQ(summary.total, 0.0);
    EXPECT_EQ(summary.largest_rise, 0.0);
    EXPECT_TRUE(std::isnan(summary.largest_rise_epoch));
    EXPECT_EQ(summary.rising_share, 0.0);
}

TEST(Ascent, DoesNotTakeRoundingForARise) {
    const double next = std::nextafter(1.0, 2.0);
    const AscentSummary summary = ascent_of({1.0, next, 1.0, next});

    EXPECT_EQ(summary.total, 0.0);
    EXPECT_EQ(summary.largest_rise, 0.0);
    EXPECT_TRUE(std::isnan(summary.largest_rise_epoch));
    EXPECT_EQ(summary.rising_share, 0.0);
}

TEST(Ascent, DoesNotTakeNoiseAtRestForARise) {
    Ascent ascent(1e-28);
    std::int64_t epoch = 0;
    for (const double loss : {1.0, 1e-30, 9e-29, 2e-30, 3e-28}) ascent.add(epoch++, loss);

    EXPECT_EQ(ascent.summary().largest_rise, 3e-28 - 1e-30);
    EXPECT_EQ(ascent.summary().total, 3e-28 - 2e-30);
    EXPECT_EQ(ascent.summary().rising_share, 1.0 / 4.0);
}

TEST(Ascent, OfAnOverflowIsInfinite) {
    constexpr double infinite = std::numeric_limits<double>::infinity();
    for (const double overflow : {infinite, std::numeric_limits<double>::quiet_NaN()}) {
        const AscentSummary summary = ascent_of({3.0, 2.0, overflow});

        EXPECT_EQ(summary.total, infinite);
        EXPECT_EQ(summary.largest_rise, infinite);
        EXPECT_EQ(summary.largest_rise_epoch, 2.0);
        EXPECT_EQ(summary.rising_share, 0.5);
    }
}

TEST(Ascent, OfTheStartAloneHasNoShare) {
    EXPECT_TRUE(std::isnan(ascent_of({3.0}).rising_share));
    EXPECT_EQ(ascent_of({3.0}).total, 0.0);
}

}  // namespace
}  // namespace curldescent
