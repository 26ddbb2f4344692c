#include "curldescent/ensemble/paired_tests.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

namespace curldescent {
namespace {

using testing::DoubleEq;
using testing::ElementsAre;
using testing::IsNan;

constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr double missing = std::numeric_limits<double>::quiet_NaN();
constexpr double rounding = 1e-14;

RandomStream resampling(std::uint64_t seed = 1) {
    return {{.seed = seed}, Stream::bootstrap};
}

TEST(PairedTTest, OfThreeDifferencesIsAClosedForm) {
    // t = 2 / (1 / sqrt 3) = 2 sqrt 3 with two degrees of freedom, where p = 1 - t / sqrt(2 + t^2).
    const std::array differences{1.0, 2.0, 3.0};

    EXPECT_NEAR(paired_t_test(differences), 1.0 - std::sqrt(12.0 / 14.0), rounding);
}

TEST(PairedTTest, HasBothSides) {
    EXPECT_EQ(paired_t_test(std::array{1.0, 2.0, 3.0}), paired_t_test(std::array{-1.0, -2.0, -3.0}));
}

TEST(PairedTTest, NeedsTwoDifferencesThatScatter) {
    EXPECT_THAT(paired_t_test({}), IsNan());
    EXPECT_THAT(paired_t_test(std::array{1.0}), IsNan());
    EXPECT_THAT(paired_t_test(std::array{0.0, 0.0}), IsNan());
    EXPECT_THAT(paired_t_test(std::array{2.0, 2.0}), IsNan());
    EXPECT_THAT(paired_t_test(std::array{0.1, 0.1, 0.1}), IsNan());  // whose mean is rounded
    EXPECT_GT(paired_t_test(std::array{0.1, 0.1, 0.1 + 1e-12}), 0.0);
}

TEST(WilcoxonTest, CountsSignsWhenAllDifferencesAgree) {
    // Of 2^n choices of signs two are as extreme.
    EXPECT_EQ(wilcoxon_test(std::array{1.0, 2.0, 4.0}), 2.0 / 8.0);
    EXPECT_EQ(wilcoxon_test(std::array{-1.0, -2.0, -4.0, -8.0, -9.0}), 2.0 / 32.0);
}

TEST(WilcoxonTest, IsOneAtTheCentre) {
    EXPECT_EQ(wilcoxon_test(std::array{1.0, 2.0, -3.0}), 1.0);
}

TEST(WilcoxonTest, LeavesZerosOutAndApproximates) {
    // Two positive ranks of mean 1.5 and variance 2 * 3 * 5 / 24: z = 1.5 / sqrt(1.25).
    const double p = std::erfc(1.5 / std::sqrt(1.25) / std::sqrt(2.0));

    EXPECT_NEAR(wilcoxon_test(std::array{0.0, 1.0, 2.0}), p, rounding);
    EXPECT_THAT(wilcoxon_test(std::array{0.0, 0.0}), IsNan());
    EXPECT_THAT(wilcoxon_test({}), IsNan());
}

TEST(WilcoxonTest, RanksInfiniteDifferencesAboveAllOthersAndAlike) {
    EXPECT_EQ(wilcoxon_test(std::array{1.0, infinite, 3.0}), wilcoxon_test(std::array{1.0, 7.0, 3.0}));
    EXPECT_EQ(wilcoxon_test(std::array{1.0, infinite, -infinite, 3.0}), wilcoxon_test(std::array{1.0, 7.0, -7.0, 3.0}));
}

TEST(HolmCorrection, FollowsTheKnownExample) {
    // 4 * 0.005, 3 * 0.01, 2 * 0.03, and 0.04 raised to the one before it.
    EXPECT_THAT(holm_correction(std::array{0.01, 0.04, 0.03, 0.005}),
                ElementsAre(DoubleEq(0.03), DoubleEq(0.06), DoubleEq(0.06), DoubleEq(0.02)));
}

TEST(HolmCorrection, LeavesMissingOnesOutAndStopsAtOne) {
    EXPECT_THAT(holm_correction(std::array{0.5, missing, 0.9}), ElementsAre(1.0, IsNan(), 1.0));
    EXPECT_TRUE(holm_correction({}).empty());
}

TEST(RatioOfMedians, IsThatOfTheMediansInsideItsInterval) {
    const std::array x{1.0, 2.0, 3.0, 4.0, 10.0};
    const std::array y{2.0, 5.0, 6.0, 7.0, 9.0};

    const MedianRatio ratio = ratio_of_medians(x, y, resampling());

    EXPECT_EQ(ratio.ratio, 0.5);
    EXPECT_LT(ratio.low, 0.5);
    EXPECT_GT(ratio.high, 0.5);
    EXPECT_GE(ratio.low, 1.0 / 9.0);
    EXPECT_EQ(ratio_of_medians(x, y, resampling()).low, ratio.low);
}

TEST(RatioOfMedians, OfEqualRatiosHasNoWidth) {
    const std::array x{1.0, 2.0, 3.0};
    const std::array y{2.0, 4.0, 6.0};

    const MedianRatio ratio = ratio_of_medians(x, y, resampling());

    EXPECT_EQ(ratio.low, 0.5);
    EXPECT_EQ(ratio.high, 0.5);
}

TEST(RatioOfMedians, CoversTheTruthInMostSamples) {
    int covered = 0;
    constexpr int trials = 100;
    for (int trial = 0; trial < trials; ++trial) {
        RandomStream numbers({.seed = static_cast<std::uint64_t>(trial)}, Stream::train_inputs);
        std::vector<double> x(25);
        std::vector<double> y(25);
        for (double& value : x) value = std::exp(numbers.next_normal());  // both of median 1
        for (double& value : y) value = std::exp(numbers.next_normal());
        const MedianRatio ratio = ratio_of_medians(x, y, resampling(static_cast<std::uint64_t>(trial)));
        if (ratio.low <= 1.0 && 1.0 <= ratio.high) ++covered;
    }
    EXPECT_GE(covered, 85);  // 95 % hoped for, with a deviation of 2 of 100
}

TEST(RatioOfMedians, TakesInfiniteValuesAsTheLargest) {
    const std::array some{1.0, infinite, 3.0};
    const std::array most{1.0, infinite, infinite};

    EXPECT_EQ(ratio_of_medians(some, std::array{1.0, 1.0, 1.0}, resampling()).ratio, 3.0);
    EXPECT_EQ(ratio_of_medians(most, some, resampling()).ratio, infinite);
    EXPECT_EQ(ratio_of_medians(some, most, resampling()).ratio, 0.0);

    const MedianRatio undefined = ratio_of_medians(most, most, resampling());
    EXPECT_THAT(undefined.ratio, IsNan());
    EXPECT_EQ(undefined.low, 0.0);
    EXPECT_EQ(undefined.high, infinite);
}

TEST(RatioOfMedians, NeedsAPairAndForAnIntervalTwo) {
    EXPECT_THAT(ratio_of_medians({}, {}, resampling()).ratio, IsNan());

    const MedianRatio of_one = ratio_of_medians(std::array{1.0}, std::array{4.0}, resampling());
    EXPECT_EQ(of_one.ratio, 0.25);
    EXPECT_THAT(of_one.low, IsNan());
    EXPECT_THAT(of_one.high, IsNan());
}

TEST(RatioOfMedians, TakesTheMiddleOfAnEvenNumber) {
    const std::array x{8.0, 1.0, 4.0, 2.0};
    const std::array y{1.0, 1.0, 1.0, 1.0};

    EXPECT_EQ(ratio_of_medians(x, y, resampling()).ratio, 3.0);
}

}  // namespace
}  // namespace curldescent
