#include "curldescent/analysis/saddle_index.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "curldescent/analysis/field_jacobian.hpp"
#include "support/matrices.hpp"

namespace curldescent {
namespace {

/// y_hat = w2 w1 x: E = 1/2 mean (w2 w1 x - y)^2, with c = mean x y at the origin.
Student scalar_student(double w1, double w2, double D2 = 1.0) {
    return {.network = {.inputs = 1, .hidden = 1},
            .plasticity = {.norm_constraint = false},
            .signs = {.D1 = Vector::Ones(1), .D2 = Vector::Constant(1, D2)},
            .feedback = Matrix(),
            .step = {},
            .start = {.W1 = Matrix{{w1}}, .W2 = Matrix{{w2}}}};
}
const Problem scalar_problem{.X = Matrix{{1.0, 2.0}}, .Y = Matrix{{3.0, 1.0}}, .X_test = {}, .Y_test = {}};
constexpr double c = (1.0 * 3.0 + 2.0 * 1.0) / 2.0;
constexpr double rounding = 1e-13;

TEST(SaddleIndex, OfAScalarLinearNetworkAtTheOriginIsOne) {
    for (const double D2 : {1.0, -1.0}) {  // it is the loss's, whatever the rule
        const Student student = scalar_student(0.0, 0.0, D2);

        const SaddleIndex index = saddle_index(student, student.start, scalar_problem);

        EXPECT_EQ(index.count, 1.0);
        EXPECT_NEAR(index.lowest, -c, rounding);
    }
}

TEST(SaddleIndex, OfAScalarLinearNetworkAtASolutionIsZero) {
    const Problem solvable{.X = Matrix{{1.0}}, .Y = Matrix{{6.0}}, .X_test = {}, .Y_test = {}};
    const Student student = scalar_student(2.0, 3.0);

    const SaddleIndex index = saddle_index(student, student.start, solvable);

    EXPECT_EQ(index.count, 0.0);  // eigenvalues 0 and w1^2 + w2^2
    EXPECT_NEAR(index.lowest, 0.0, rounding);
}

/// N units, M inputs, N (M + 1) weights; P samples of teacher-like targets.
struct Wide {
    Student student;
    Problem problem;
};

Wide wide_linear(Index inputs, Index hidden) {
    RandomStream stream({.seed = 2}, Stream::train_inputs);
    const auto random = [&](Index rows, Index columns) {
        Matrix matrix(rows, columns);
        for (double& entry : matrix.reshaped()) entry = stream.next_normal();
        return matrix;
    };
    const Matrix X = random(inputs, 40);
    const Matrix Y = random(1, inputs) * X;
    return {{.network = {.inputs = inputs, .hidden = hidden},
             .plasticity = {.norm_constraint = false},
             .signs = {.D1 = Vector::Ones(inputs), .D2 = Vector::Ones(hidden)},
             .feedback = Matrix(),
             .step = {},
             .start = {.W1 = Matrix::Zero(hidden, inputs), .W2 = Matrix::Zero(1, hidden)}},
            {.X = X, .Y = Y, .X_test = {}, .Y_test = {}}};
}

TEST(SaddleIndex, OfALinearNetworkAtTheOriginIsItsNumberOfUnits) {
    // Each unit couples its W2 with its row of W1 along X Y^T / P: eigenvalues +- ||X Y^T / P||, and zeros.
    for (const Index hidden : {5, 60, 180}) {  // matrices of 35 and 420; an operator of 1260
        const Wide wide = wide_linear(6, hidden);
        const double slope = (wide.problem.X * wide.problem.Y.transpose()).norm() / 40.0;

        const SaddleIndex index = saddle_index(wide.student, wide.student.start, wide.problem);

        EXPECT_EQ(index.count, static_cast<double>(hidden));
        EXPECT_NEAR(index.lowest, -slope, 1e-9 * slope);  // Lanczos' tolerance
    }
}

TEST(SaddleIndex, SeesTheSpheresUnderTheNormConstraint) {
    // One unit: with w1, w2 of fixed size nothing can move, so nothing curves down.
    Student student = scalar_student(2.0, 3.0);
    student.plasticity.norm_constraint = true;
    EXPECT_EQ(saddle_index(student, student.start, scalar_problem).count, 0.0);

    // Two inputs at a fixed norm of W1: the angle of W1 alone moves. E = 1/2 (3 cos(angle) - y)^2 for x = (1, 0): at
    // angle 0, d^2E = -3 (3 - y).
    student.network.inputs = 2;
    student.signs.D1 = Vector::Ones(2);
    student.start = {.W1 = Matrix{{1.0, 0.0}}, .W2 = Matrix{{3.0}}};
    const Problem one{.X = Matrix{{1.0}, {0.0}}, .Y = Matrix{{1.0}}, .X_test = {}, .Y_test = {}};
    const SaddleIndex index = saddle_index(student, student.start, one);
    EXPECT_EQ(index.count, 1.0);
    EXPECT_NEAR(index.lowest, -3.0 * (3.0 - 1.0), rounding);
}

TEST(CountNegative, CountsAnOperatorAsItsMatrix) {
    constexpr Index size = 200;
    RandomStream stream({.seed = 4}, Stream::train_inputs);
    Matrix A(size, size);
    for (double& entry : A.reshaped()) entry = stream.next_normal();
    for (const double shift : {0.0, 30.0, 41.0}) {  // of 200 about 100, a few, and one or none negative
        const Matrix S = A + A.transpose() + shift * Matrix::Identity(size, size);

        const SaddleIndex dense = count_negative(S);
        const SaddleIndex lanczos = count_negative([&](const Vector& v) { return Vector(S * v); }, size);

        EXPECT_EQ(lanczos.count, std::min(dense.count, static_cast<double>(most_negative_eigenvalues)));
        EXPECT_NEAR(lanczos.lowest, dense.lowest, 1e-8 * std::abs(dense.lowest));
    }
}

TEST(CountNegative, StopsAtItsLimit) {
    constexpr Index size = 600;
    Vector diagonal = Vector::LinSpaced(size, -2.0, -1.0);

    const SaddleIndex index = count_negative([&](const Vector& v) { return Vector(diagonal.cwiseProduct(v)); }, size);

    EXPECT_EQ(index.count, static_cast<double>(most_negative_eigenvalues));
    EXPECT_NEAR(index.lowest, -2.0, 1e-8);
}

TEST(CountNegative, DoesNotTakeRoundingForACurve) {
    EXPECT_EQ(count_negative(Matrix(Vector{{1.0, -1e-9, 0.0}}.asDiagonal())).count, 0.0);
    EXPECT_EQ(count_negative(Matrix(Vector{{1.0, -1e-5, 0.0}}.asDiagonal())).count, 1.0);
}

}  // namespace
}  // namespace curldescent
