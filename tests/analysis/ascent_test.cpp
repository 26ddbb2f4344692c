#include "curldescent/analysis/ascent.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <initializer_list>

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

TEST(Ascent, OfTheStartAloneHasNoShare) {
    EXPECT_TRUE(std::isnan(ascent_of({3.0}).rising_share));
    EXPECT_EQ(ascent_of({3.0}).total, 0.0);
}

}  // namespace
}  // namespace curldescent
