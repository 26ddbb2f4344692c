#include "curldescent/analysis/zero_one_test.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <numbers>
#include <vector>

namespace curldescent {
namespace {

constexpr double regular = 0.1;
constexpr double chaotic = 0.9;

/// x -> r x (1 - x).
std::vector<double> logistic(double r, int length) {
    std::vector<double> series;
    double x = 0.3;
    for (int k = 0; k < 1000 + length; ++k) {
        x = r * x * (1.0 - x);
        if (k >= 1000) series.push_back(x);
    }
    return series;
}

/// The x of Lorenz's equations every 0.01, by Euler steps of a tenth of that: about 75 samples a turn.
std::vector<double> lorenz(int length) {
    std::vector<double> series;
    double x = 1.0;
    double y = 1.0;
    double z = 20.0;
    for (int k = 0; k < 10 * (1000 + length); ++k) {
        constexpr double step = 1e-3;
        const double dx = 10.0 * (y - x);
        const double dy = x * (28.0 - z) - y;
        const double dz = x * y - 8.0 / 3.0 * z;
        x += step * dx;
        y += step * dy;
        z += step * dz;
        if (k >= 10'000 && k % 10 == 0) series.push_back(x);
    }
    return series;
}

std::vector<double> waves(double frequency, double other, int length) {
    std::vector<double> series;
    for (int k = 0; k < length; ++k) series.push_back(std::cos(frequency * k) + std::sin(other * k));
    return series;
}

TEST(ZeroOneTest, IsOneForChaos) {
    EXPECT_GT(zero_one_test(logistic(4.0, 1000)), chaotic);
    EXPECT_GT(zero_one_test(logistic(3.97, 1000)), chaotic);
}

TEST(ZeroOneTest, IsZeroForPeriodicAndQuasiPeriodicMotion) {
    EXPECT_LT(zero_one_test(logistic(3.55, 1000)), regular);  // period 8
    EXPECT_LT(zero_one_test(logistic(3.2, 1000)), regular);   // period 2
    EXPECT_LT(zero_one_test(waves(1.0, std::numbers::sqrt2, 2000)), regular);
    EXPECT_LT(zero_one_test(waves(0.01, 0.01 * std::numbers::sqrt2, 50'000)), regular);
}

TEST(ZeroOneTest, SeesTheChaosOfASeriesThatIsSampledTooOften) {
    const std::vector<double> series = lorenz(60'000);
    ASSERT_GT(decorrelation_stride(series), 10);

    EXPECT_GT(zero_one_test(series), chaotic);
}

TEST(ZeroOneTest, DoesNotDependOnScaleAndOffset) {
    std::vector<double> series = logistic(4.0, 1000);
    const double before = zero_one_test(series);
    for (double& value : series) value = 1e-9 * value + 3e-9;

    EXPECT_NEAR(zero_one_test(series), before, 1e-6);
}

TEST(ZeroOneTest, IsMissingForShortAndForConstantSeries) {
    EXPECT_TRUE(std::isnan(zero_one_test({})));
    EXPECT_TRUE(std::isnan(zero_one_test(logistic(4.0, 99))));
    EXPECT_TRUE(std::isnan(zero_one_test(std::vector<double>(500, 0.1))));
    EXPECT_TRUE(std::isnan(zero_one_test(waves(1e-3, 1e-3, 5000))));  // not a single period
}

TEST(DecorrelationStride, IsAQuarterOfAPeriod) {
    EXPECT_NEAR(decorrelation_stride(waves(2.0 * std::numbers::pi / 40.0, 2.0 * std::numbers::pi / 40.0, 4000)), 10, 1);
    EXPECT_EQ(decorrelation_stride(logistic(3.2, 100)), 1);
}

TEST(DecorrelationStride, IsNotLookedForBeyondAHundredthOfTheSeries) {
    const auto slow_wave = [](int length) {
        return waves(2.0 * std::numbers::pi / 400.0, 2.0 * std::numbers::pi / 400.0, length);
    };

    EXPECT_NEAR(decorrelation_stride(slow_wave(12'000)), 100, 2);
    EXPECT_EQ(decorrelation_stride(slow_wave(8'000)), 8'000);
}

TEST(IsConstant, ForgivesRounding) {
    EXPECT_TRUE(is_constant({}));
    EXPECT_TRUE(is_constant(std::vector{1.0, 1.0 + 1e-15}));
    EXPECT_TRUE(is_constant(std::vector{0.0, 0.0}));
    EXPECT_FALSE(is_constant(std::vector{1.0, 1.0 + 1e-12}));
}

}  // namespace
}  // namespace curldescent
