// How often the 95 % interval of an exponent covers the truth, over random starts of maps with known exponents.

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "support/known_maps.hpp"

namespace curldescent {
namespace {

constexpr std::uint64_t seeds = 400;
constexpr double henon_exponent = 0.419217;  // to 1e-6, by long runs (Sprott): a fiftieth of the half widths here

template <class Map>
double coverage(double truth, std::int64_t steps, double precision = 0.0) {
    int covered = 0;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        const MeanEstimate exponent = measure_from_seed<Map>(seed, steps, precision).exponents.front();
        covered += exponent.low() <= truth && truth <= exponent.high() ? 1 : 0;
    }
    testing::Test::RecordProperty("covered", covered);
    return static_cast<double>(covered) / static_cast<double>(seeds);
}

TEST(LyapunovCoverage, OfHenonsMap) {
    const double share = coverage<HenonMap>(henon_exponent, 20'000);

    EXPECT_GE(share, 0.90);
    EXPECT_LE(share, 0.99);
}

TEST(LyapunovCoverage, OfTheLogisticMap) {
    const double share = coverage<LogisticMap>(std::numbers::ln2, 20'000);

    EXPECT_GE(share, 0.90);
    EXPECT_LE(share, 0.99);
}

TEST(LyapunovCoverage, OfAMeasurementThatEndsWhenItIsNarrow) {
    constexpr double precision = 0.015;
    ASSERT_LT(measure_from_seed<HenonMap>(1, 20'000, precision).steps, 15'000);

    const double share = coverage<HenonMap>(henon_exponent, 20'000, precision);

    EXPECT_GE(share, 0.90);
    EXPECT_LE(share, 0.99);
}

TEST(LyapunovCoverage, OfAWrongTruthIsLost) {
    EXPECT_LT(coverage<HenonMap>(1.05 * henon_exponent, 20'000), 0.1);
}

}  // namespace
}  // namespace curldescent
