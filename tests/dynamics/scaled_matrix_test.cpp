#include "curldescent/dynamics/scaled_matrix.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace curldescent {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

/// 3 and 4, of norm 5, whose entries are then changed to `entries`.
ScaledMatrix changed_to(const Matrix& entries) {
    ScaledMatrix weights(Matrix{{3.0, 4.0}});
    weights.entries = entries;
    weights.square = entries.squaredNorm();
    return weights;
}

TEST(SquareSum, AddsTheSquaresOfAllLanesInWhateverOrder) {
    SquareSum squares;
    EXPECT_EQ(squares.total(), 0.0);

    for (const std::size_t index : {0U, 1U, 2U, 3U, 4U, 4U}) squares.add(Lanes(2.0), index);

    EXPECT_EQ(squares.total(), 6.0 * 4.0 * static_cast<double>(lane_count));
}

TEST(ScaledMatrix, StartsAsItIsGiven) {
    const ScaledMatrix weights(Matrix{{3.0, 4.0}});

    EXPECT_EQ(weights.entries, (Matrix{{3.0, 4.0}}));
    EXPECT_EQ(weights.square, 25.0);
    EXPECT_EQ(weights.norm, 5.0);
    EXPECT_EQ(weights.scale, 1.0);
}

TEST(ScaledMatrix, GetsItsNormBackByItsScaleAlone) {
    ScaledMatrix weights = changed_to(Matrix{{0.0, 4.0}});

    EXPECT_EQ(weights.constrain(), 1.25);

    EXPECT_EQ(weights.scale, 1.25);
    EXPECT_EQ(weights.entries, (Matrix{{0.0, 4.0}}));
    EXPECT_EQ(weights.square, 16.0);
}

TEST(ScaledMatrix, TakesAScaleFarFromOneIntoItsEntries) {
    ScaledMatrix small = changed_to(Matrix{{0.0, 1.0}});
    EXPECT_EQ(small.constrain(), 5.0);
    EXPECT_EQ(small.entries, (Matrix{{0.0, 5.0}}));
    EXPECT_EQ(small.square, 25.0);
    EXPECT_EQ(small.scale, 1.0);

    ScaledMatrix large = changed_to(Matrix{{0.0, 20.0}});
    EXPECT_EQ(large.constrain(), 0.25);
    EXPECT_EQ(large.entries, (Matrix{{0.0, 5.0}}));
    EXPECT_EQ(large.scale, 1.0);
}

TEST(ScaledMatrix, KeepsItsWeightsWhenTheScaleIsFolded) {
    ScaledMatrix weights = changed_to(Matrix{{0.0, 4.0}});
    weights.constrain();

    weights.fold();

    EXPECT_EQ(weights.entries, (Matrix{{0.0, 5.0}}));
    EXPECT_EQ(weights.square, 25.0);
    EXPECT_EQ(weights.scale, 1.0);
}

TEST(ScaledMatrix, OfNormZeroStaysZero) {
    for (const double entry : {0.0, 3.0, infinite}) {
        ScaledMatrix weights(Matrix::Zero(1, 2));
        weights.entries.setConstant(entry);
        weights.square = weights.entries.squaredNorm();

        EXPECT_EQ(weights.constrain(), 0.0) << entry;

        EXPECT_EQ(weights.scale * weights.entries, Matrix::Zero(1, 2)) << entry;
        EXPECT_TRUE(weights.surely_finite()) << entry;
    }
}

TEST(ScaledMatrix, IsNotFiniteWhereItsSquaresOverflow) {
    ScaledMatrix weights = changed_to(Matrix{{1e200, 0.0}});
    EXPECT_FALSE(weights.surely_finite());

    weights.constrain();

    EXPECT_FALSE(weights.surely_finite());
    EXPECT_FALSE((weights.scale * weights.entries).allFinite());
}

TEST(ScaledMatrix, IsSurelyFiniteBelow) {
    EXPECT_TRUE(ScaledMatrix(Matrix{{1e150, -1e150}}).surely_finite());
    EXPECT_FALSE(changed_to(Matrix{{std::numeric_limits<double>::quiet_NaN(), 0.0}}).surely_finite());
}

}  // namespace
}  // namespace curldescent
