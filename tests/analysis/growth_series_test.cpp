#include "curldescent/analysis/growth_series.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace curldescent {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;

constexpr double tolerance = 1e-12;  // sums of a few thousand numbers near one

TEST(GrowthSeries, GivesTheMeanRatePerStep) {
    GrowthSeries series(2, 4);

    for (int k = 0; k < 8; ++k) series.add(Vector{{1.0, -2.0}}, 2);

    EXPECT_EQ(series.steps(), 16);
    EXPECT_EQ(series.rate(0).mean, 0.5);
    EXPECT_EQ(series.rate(1).mean, -1.0);
}

TEST(GrowthSeries, LeavesOutACellThatIsNotComplete) {
    GrowthSeries series(1, 4);

    series.add(Vector{{4.0}}, 4);
    series.add(Vector{{100.0}}, 3);

    EXPECT_EQ(series.steps(), 4);
    EXPECT_EQ(series.steps_to_cell_end(), 1);
    EXPECT_EQ(series.rate(0).mean, 1.0);
}

TEST(GrowthSeries, KeepsItsMeanWhenCellsAreMerged) {
    GrowthSeries series(1, 1);
    constexpr int steps = 100'000;

    for (int k = 0; k < steps; ++k) series.add(Vector{{static_cast<double>(k)}}, 1);

    const std::int64_t counted = series.steps();
    EXPECT_GT(counted, steps - 64);
    EXPECT_NEAR(series.rate(0).mean, 0.5 * static_cast<double>(counted - 1), tolerance * steps);
}

TEST(GrowthSeries, TellsPartsOfTheTimeApart) {
    GrowthSeries series(1, 1);

    for (const double rate : {1.0, 1.0, 3.0, 5.0}) series.add(Vector{{rate}}, 1);

    EXPECT_EQ(series.rate_between(0, 0.0, 0.5), 1.0);
    EXPECT_EQ(series.rate_between(0, 0.5, 1.0), 4.0);
    EXPECT_THAT(series.windows(0, 2), ElementsAre(DoubleNear(1.0, tolerance), DoubleNear(4.0, tolerance)));
}

TEST(GrowthSeries, HasNoRateBeforeItsFirstCell) {
    const GrowthSeries series(1, 4);

    EXPECT_EQ(series.steps(), 0);
    EXPECT_TRUE(std::isnan(series.rate(0).mean));
    EXPECT_TRUE(std::isnan(series.windows(0, 1).front()));
}

}  // namespace
}  // namespace curldescent
