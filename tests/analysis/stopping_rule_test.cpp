#include "curldescent/analysis/stopping_rule.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <optional>

namespace curldescent {
namespace {

/// The estimate at the step at which the rule ends the measurement of tangents that grow by `rate(step)`, or none.
template <class Rate>
std::optional<LyapunovEstimate> measure_to_precision(double precision, const Rate& rate, int most_steps = 100'000) {
    LyapunovAccumulator accumulator(1, 0, 1);
    StoppingRule rule(precision);
    for (int step = 0; step < most_steps; ++step) {
        Matrix tangents = Matrix::Constant(1, 2, std::exp(rate(step)));
        accumulator.add(tangents);
        if (rule.is_met(accumulator)) return accumulator.estimate();
    }
    return std::nullopt;
}

TEST(StoppingRule, LeavesTimeToTellASmallExponentFromZero) {
    constexpr double precision = 3e-4;

    const auto estimate = measure_to_precision(precision, [](int) { return 1e-3; });

    ASSERT_TRUE(estimate);
    EXPECT_GE(estimate->steps, least_steps(precision));
    EXPECT_EQ(estimate->verdict, LyapunovVerdict::positive);
}

TEST(StoppingRule, WaitsForASecondNarrowInterval) {
    const auto estimate = measure_to_precision(0.1, [](int step) { return 0.5 + 0.1 * std::sin(step); });

    ASSERT_TRUE(estimate);
    EXPECT_EQ(estimate->steps, 1500);
}

TEST(StoppingRule, DoesNotEndAnUnsettledMeasurement) {
    LyapunovAccumulator accumulator(1, 0, 1);
    StoppingRule rule(1.0);
    bool ended = false;
    for (int step = 0; step < 10'000; ++step) {
        Matrix tangents{{std::exp(0.01), std::exp(0.02)}};  // the two starts disagree
        accumulator.add(tangents);
        ended = ended || rule.is_met(accumulator);
    }

    ASSERT_EQ(accumulator.estimate().verdict, LyapunovVerdict::unsettled);
    EXPECT_FALSE(ended);
}

TEST(StoppingRule, WithoutPrecisionNeverEnds) {
    EXPECT_FALSE(measure_to_precision(
        0.0, [](int) { return 1e-3; }, 10'000));
    EXPECT_FALSE(measure_to_precision(
        1e-300, [](int) { return 1e-3; }, 10'000));
}

TEST(LeastSteps, AreThoseOfAGrowthBySixteenInTheirSecondHalf) {
    EXPECT_EQ(least_steps(1e-3), 5546);  // 8 ln 2 / 1e-3
    EXPECT_EQ(least_steps(8.0), 1);
}

}  // namespace
}  // namespace curldescent
