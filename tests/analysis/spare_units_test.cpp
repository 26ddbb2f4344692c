#include "curldescent/analysis/spare_units.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <Eigen/Eigenvalues>

#include "curldescent/dynamics/width_reduction.hpp"
#include "support/matrices.hpp"

namespace curldescent {
namespace {

using testing::ElementsAre;
using testing::Pair;

constexpr double rounding = 1e-13;

/// Two inputs, one output, nine units of which two are flipped.
Student wide_student() {
    return {.network = {.inputs = 2, .hidden = 9},
            .plasticity = {.readout_flips = 2},
            .signs = make_signs({.inputs = 2, .hidden = 9}, {.readout_flips = 2}, Rule::curl_descent),
            .feedback = Matrix(),
            .step = {},
            .start = {.W1 = Matrix::Random(9, 2), .W2 = Matrix::Random(1, 9)}};
}

TEST(SpareUnits, AreCountedByTheirSigns) {
    const Student full = wide_student();
    const SpareUnits spare = spare_units(full, reduce_width(full));

    EXPECT_THAT(spare, ElementsAre(Pair(-1.0, 0), Pair(1.0, 4)));  // of seven three are kept
    EXPECT_EQ(count(spare), 4);
    EXPECT_EQ(count(spare_units(full, full)), 0);
}

TEST(Narrowed, KeepsAllInnerProducts) {
    const Weights full = wide_student().start;
    const Weights narrow = narrowed(full);

    ASSERT_EQ(narrow.W1.rows(), 3);
    EXPECT_LE(largest_difference(narrow.W2 * narrow.W1, full.W2 * full.W1), rounding);
    EXPECT_LE(largest_difference(narrow.W1.transpose() * narrow.W1, full.W1.transpose() * full.W1), rounding);
    EXPECT_LE(largest_difference(narrow.W2 * narrow.W2.transpose(), full.W2 * full.W2.transpose()), rounding);
    EXPECT_EQ(largest_difference(narrowed(narrow), narrow), 0.0);
}

TEST(SpareSquares, AreThoseOfTheBlocks) {
    // With G = (1, 2), D1 = (1, 1) and a sign of -1 the block has -G^T above and G below: it only turns.
    const Student reduced = reduce_width(wide_student());

    const JacobianSquares turning = spare_squares(reduced, {{-1.0, 3}}, Matrix{{1.0, 2.0}});
    EXPECT_DOUBLE_EQ(turning.all, 3.0 * 10.0);
    EXPECT_DOUBLE_EQ(turning.antisymmetric, 3.0 * 10.0);

    const JacobianSquares gradient = spare_squares(reduced, {{1.0, 3}}, Matrix{{1.0, 2.0}});
    EXPECT_DOUBLE_EQ(gradient.all, 3.0 * 10.0);
    EXPECT_EQ(gradient.antisymmetric, 0.0);
}

TEST(SpareCurvatures, AreTheEigenvaluesOfTheBlock) {
    const Matrix G{{1.0, 2.0, 0.5}, {-1.0, 0.3, 2.0}};
    Matrix block = Matrix::Zero(5, 5);
    block.topRightCorner(3, 2) = G.transpose();
    block.bottomLeftCorner(2, 3) = G;
    block.diagonal() << -0.2, -0.2, -0.2, 0.7, 0.7;

    Vector curvatures = spare_curvatures(G, 0.2, -0.7);
    std::ranges::sort(curvatures);

    const Vector expected = Eigen::SelfAdjointEigenSolver<Matrix>(block).eigenvalues();
    EXPECT_LE(largest_difference(curvatures, expected), rounding);
}

}  // namespace
}  // namespace curldescent
