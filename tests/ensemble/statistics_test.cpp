#include "curldescent/ensemble/statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace curldescent {
namespace {

constexpr double rounding = 1e-15;
constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr double missing = std::numeric_limits<double>::quiet_NaN();

TEST(Summarise, GivesTheKnownNumbersOfOneToFive) {
    const std::array values{5.0, 1.0, 4.0, 2.0, 3.0};

    const Summary summary = summarise(values);

    EXPECT_DOUBLE_EQ(summary.mean, 3.0);
    EXPECT_NEAR(summary.sem, std::sqrt(2.5 / 5.0), rounding);
    EXPECT_DOUBLE_EQ(summary.median, 3.0);
    EXPECT_NEAR(summary.q05, 1.2, 10 * rounding);
    EXPECT_NEAR(summary.q95, 4.8, 10 * rounding);
    EXPECT_EQ(summary.count, 5.0);
}

TEST(Summarise, LeavesMissingValuesOut) {
    const std::array values{missing, 2.0, missing, 4.0};

    const Summary summary = summarise(values);

    EXPECT_EQ(summary.mean, 3.0);
    EXPECT_EQ(summary.median, 3.0);
    EXPECT_EQ(summary.count, 2.0);
}

TEST(Summarise, CountsADivergedRunAsInfinite) {
    const std::array values{1.0, 2.0, infinite};

    const Summary summary = summarise(values);

    EXPECT_EQ(summary.mean, infinite);
    EXPECT_TRUE(std::isnan(summary.sem));
    EXPECT_EQ(summary.median, 2.0);
    EXPECT_EQ(summary.q95, infinite);
    EXPECT_EQ(summary.count, 3.0);
}

TEST(Summarise, KeepsTheLogarithmOfAZeroLossInfinite) {
    const std::array values{-infinite, -infinite, -3.0};

    const Summary summary = summarise(values);

    EXPECT_EQ(summary.mean, -infinite);
    EXPECT_EQ(summary.median, -infinite);
    EXPECT_EQ(summary.q05, -infinite);
}

TEST(Summarise, HasNoStandardErrorForASingleValue) {
    const Summary summary = summarise(std::array{7.0});
    EXPECT_EQ(summary.mean, 7.0);
    EXPECT_EQ(summary.q95, 7.0);
    EXPECT_TRUE(std::isnan(summary.sem));
}

TEST(Summarise, IsMissingButForTheCountWhenNothingIsThere) {
    const Summary summary = summarise(std::array{missing});
    EXPECT_EQ(summary.count, 0.0);
    EXPECT_TRUE(std::isnan(summary.mean));
    EXPECT_TRUE(std::isnan(summary.median));
}

TEST(Summarise, DoesNotDependOnTheOrderOfTheValues) {
    const std::array one{0.1, 0.7, 1e-9, 3.0};
    const std::array other{3.0, 1e-9, 0.1, 0.7};
    EXPECT_EQ(summarise(one).values(), summarise(other).values());
}

TEST(ShareOf, CountsAmongTheValuesThatAreThere) {
    const std::array values{1.0, 0.0, 2.0, 1.0, 0.0, 3.0};

    EXPECT_EQ(share_of(values, 1.0), 0.5);
    EXPECT_EQ(share_of(values, 2.0), 0.25);
    EXPECT_EQ(share_of(values, 7.0), 0.0);
    EXPECT_TRUE(std::isnan(share_of(std::array{0.0, 0.0}, 1.0)));
}

TEST(ShareOfPoints, CoversEveryPointOnce) {
    for (const int size : {1, 2, 3, 7}) {
        std::int64_t next = 0;
        for (int rank = 0; rank < size; ++rank) {
            const PointRange share = share_of_points(5, rank, size);
            EXPECT_EQ(share.first, next);
            next = share.last;
        }
        EXPECT_EQ(next, 5);
    }
}

}  // namespace
}  // namespace curldescent
