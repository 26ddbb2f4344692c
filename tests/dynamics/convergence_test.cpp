#include "curldescent/dynamics/convergence.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>

namespace curldescent {
namespace {

using Series = std::function<double(std::int64_t)>;

constexpr double epsilon = std::numeric_limits<double>::epsilon();
constexpr double level = 64.0 * epsilon * 64.0 * epsilon * 4.0;  // for the targets below, of squares that sum to 4
constexpr double below = 0.5 * level;
constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

const Matrix targets = Matrix{{1.0, -1.0}, {1.0, 1.0}};

/// The epoch in which a run with this squared error in epochs 1, 2, ... has converged, or 0 for none of `epochs`.
std::int64_t converged_in(const Series& squared_error, std::int64_t epochs) {
    Convergence convergence(targets);
    for (std::int64_t epoch = 1; epoch <= epochs; ++epoch) {
        if (convergence.reached(squared_error(epoch))) return epoch;
    }
    return 0;
}

/// 1 up to an epoch, then `rest`.
Series falls_after(std::int64_t epoch, double rest) {
    return [=](std::int64_t now) { return now <= epoch ? 1.0 : rest; };
}

TEST(Convergence, IsReachedAfterTwoSteadyWindowsOfFiftyEpochs) {
    EXPECT_EQ(converged_in(falls_after(1, below), 1000), 1 + 2 * 50);
    EXPECT_EQ(converged_in(falls_after(10, below), 1000), 10 + 2 * 50);
    EXPECT_EQ(converged_in(falls_after(10, 0.0), 1000), 10 + 2 * 50);
}

TEST(Convergence, TakesAFiftiethOfALongRunAsWindow) {
    // The window is cut when the level is reached, in the epoch after the last one above it.
    EXPECT_EQ(converged_in(falls_after(2'549, below), 3'000), 2'549 + 2 * 51);
    EXPECT_EQ(converged_in(falls_after(99'999, below), 110'000), 99'999 + 2 * 2'000);
}

TEST(Convergence, CountsTheLevelItselfAsBelow) {
    EXPECT_EQ(converged_in(falls_after(1, level), 1000), 101);
    EXPECT_EQ(converged_in(falls_after(1, std::nextafter(level, 1.0)), 1000), 0);
}

TEST(Convergence, IsNeverReachedAboveTheLevel) {
    EXPECT_EQ(converged_in([](std::int64_t) { return 1.0; }, 10'000), 0);
    EXPECT_EQ(converged_in([](std::int64_t) { return 2.0 * level; }, 10'000), 0);
}

TEST(Convergence, MeasuresTheErrorByTheTargets) {
    Convergence small_targets(Matrix{{1e-3}});
    Convergence large_targets(Matrix{{1e3}});
    bool small = small_targets.reached(1.0);
    bool large = large_targets.reached(1.0);

    for (int epoch = 0; epoch < 1000; ++epoch) {
        small = small || small_targets.reached(below);
        large = large || large_targets.reached(below);
    }

    EXPECT_FALSE(small);
    EXPECT_TRUE(large);
}

TEST(Convergence, OfZeroTargetsNeedsZeroErrors) {
    Convergence convergence(Matrix::Zero(1, 3));
    bool small = convergence.reached(1.0);
    for (int epoch = 0; epoch < 1000; ++epoch) small = small || convergence.reached(1e-300);
    EXPECT_FALSE(small);

    bool zero = false;
    for (int epoch = 0; epoch < 1000; ++epoch) zero = zero || convergence.reached(0.0);
    EXPECT_TRUE(zero);
}

TEST(Convergence, WaitsForASlowDecayToEnd) {
    // Halves every 100 epochs from the level on, rests at a thousandth of it after about 1000.
    const Series decay = [](std::int64_t epoch) {
        const double fallen = level * std::exp2(-static_cast<double>(epoch - 10) / 100.0);
        return epoch <= 10 ? 1.0 : std::max(1e-3 * level, fallen);
    };

    const std::int64_t epoch = converged_in(decay, 10'000);

    EXPECT_GE(epoch, 10 + 50 * std::int64_t{19});  // 996 epochs of decay, windows of 50
    EXPECT_LE(epoch, 10 + 50 * std::int64_t{22});
}

TEST(Convergence, LooksAtLongerWindowsWhereTheDecayTookLonger) {
    // Halves every 10'000 epochs: 0.35 % in 50 epochs, 13 % in the 2000 of a window that starts at epoch 100'000.
    const Series decay = [](std::int64_t epoch) {
        return epoch < 100'000 ? 1.0 : level * std::exp2(-static_cast<double>(epoch - 100'000) / 10'000.0);
    };

    EXPECT_EQ(converged_in(decay, 200'000), 0);
}

TEST(Convergence, IsNotReachedWhileTheErrorRises) {
    const Series rise = [](std::int64_t epoch) {
        return epoch <= 10 ? 1.0 : 1e-6 * level * std::exp2(static_cast<double>(epoch) / 100.0);
    };

    EXPECT_EQ(converged_in(rise, 2000), 0);
}

TEST(Convergence, AllowsATenthBetweenWindows) {
    // Windows of 50: epochs 2 to 51, 52 to 101.
    const auto second_window = [](double factor) {
        return [=](std::int64_t epoch) { return epoch == 1 ? 1.0 : epoch <= 51 ? below : factor * below; };
    };

    EXPECT_EQ(converged_in(second_window(0.91), 101), 101);
    EXPECT_EQ(converged_in(second_window(0.89), 101), 0);
    EXPECT_EQ(converged_in(second_window(1.0 / 0.91), 101), 101);
    EXPECT_EQ(converged_in(second_window(1.0 / 0.89), 101), 0);
    EXPECT_EQ(converged_in(second_window(0.89), 151), 151);
}

TEST(Convergence, StartsAnewAfterAnEpochAboveTheLevel) {
    const Series interrupted = [](std::int64_t epoch) { return epoch == 1 || epoch == 80 ? 1.0 : below; };

    EXPECT_EQ(converged_in(interrupted, 1000), 80 + 2 * 50);
}

TEST(Convergence, ToleratesNoiseAroundARestingError) {
    const Series noisy = [](std::int64_t epoch) { return epoch == 1 ? 1.0 : below * (epoch % 2 == 0 ? 0.2 : 1.8); };

    EXPECT_EQ(converged_in(noisy, 1000), 101);
}

TEST(Convergence, IsNeverReachedByARunThatStartsAtRoundingLevel) {
    EXPECT_EQ(converged_in([](std::int64_t) { return 0.0; }, 10'000), 0);
    EXPECT_EQ(converged_in([](std::int64_t) { return level; }, 10'000), 0);
    EXPECT_EQ(converged_in([](std::int64_t epoch) { return epoch == 5 ? 1.0 : below; }, 10'000), 0);
}

TEST(Convergence, IsNeverReachedByARunThatStartsNearTheSolution) {
    // Nearer than a relative error of 1e-8, give or take the factor of the level: squared, 1e12 times the level.
    const auto starts_at = [](double error) { return [=](std::int64_t epoch) { return epoch == 1 ? error : below; }; };

    EXPECT_EQ(converged_in(starts_at(0.99e12 * level), 1000), 0);
    EXPECT_EQ(converged_in(starts_at(1.01e12 * level), 1000), 101);
}

TEST(Convergence, IsNotReachedByErrorsThatAreNotNumbers) {
    EXPECT_EQ(converged_in([](std::int64_t epoch) { return epoch == 1 ? 1.0 : nan; }, 1000), 0);
    EXPECT_EQ(converged_in([](std::int64_t) { return infinite; }, 1000), 0);
    EXPECT_EQ(converged_in([](std::int64_t epoch) { return epoch % 60 == 1 ? nan : below; }, 1000), 0);
}

}  // namespace
}  // namespace curldescent
