#include "curldescent/analysis/saddle_index.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <utility>

#include "curldescent/analysis/field_jacobian.hpp"
#include "curldescent/analysis/update_field.hpp"
#include "curldescent/dynamics/width_reduction.hpp"
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
    for (const Index hidden : {5, 60, 180}) {  // the last two reduced to 7 units
        const Wide wide = wide_linear(6, hidden);
        const double slope = (wide.problem.X * wide.problem.Y.transpose()).norm() / 40.0;

        const SaddleIndex index = saddle_index(wide.student, wide.student.start, wide.problem);

        EXPECT_EQ(index.count, static_cast<double>(hidden));
        EXPECT_NEAR(index.lowest, -slope, rounding * slope);
    }
}

/// At weights that are nothing special.
Wide wide_at_random(Index inputs, Index hidden, Index outputs, Activation output_activation, bool norm_constraint) {
    RandomStream stream({.seed = 3}, Stream::train_inputs);
    const auto random = [&](Index rows, Index columns, double size) {
        Matrix matrix(rows, columns);
        for (double& entry : matrix.reshaped()) entry = size * stream.next_normal();
        return matrix;
    };
    const double of_units = 1.0 / std::sqrt(static_cast<double>(hidden));
    return {
        {.network = {.inputs = inputs, .hidden = hidden, .outputs = outputs, .output_activation = output_activation},
         .plasticity = {.norm_constraint = norm_constraint},
         .signs = {.D1 = Vector::Ones(inputs), .D2 = Vector::Ones(hidden)},
         .feedback = Matrix(),
         .step = {},
         .start = {.W1 = random(hidden, inputs, of_units), .W2 = random(outputs, hidden, of_units)}},
        {.X = random(inputs, 40, 1.0), .Y = random(outputs, 40, 2.0), .X_test = {}, .Y_test = {}}};
}

/// The Hessian at the student's start, by differences of the gradient. Under the norm constraint those of the
/// tangential gradient along tangential directions, made tangential.
Matrix hessian_by_differences(const Wide& wide) {
    constexpr double step = 1e-5;
    const auto& [student, problem] = wide;
    const bool constrained = student.plasticity.norm_constraint;
    const auto tangential = [&](Weights direction) {
        if (constrained) make_tangential(direction, student.start);
        return direction;
    };
    const Vector at = flattened(student.start);
    const auto gradient = [&](const Vector& entries) {
        return flattened(evaluate_field(student, unflattened(entries, student.start), problem).gradient);
    };
    Matrix H(at.size(), at.size());
    for (Index k = 0; k < at.size(); ++k) {
        const Vector direction = flattened(tangential(unflattened(Vector(Vector::Unit(at.size(), k)), student.start)));
        const Vector change = (gradient(at + step * direction) - gradient(at - step * direction)) / (2.0 * step);
        H.col(k) = flattened(tangential(unflattened(change, student.start)));
    }
    return 0.5 * (H + Matrix(H.transpose()));
}

TEST(SaddleIndex, OfAWideLinearNetworkIsThatOfAllItsUnits) {
    for (const bool constrained : {false, true}) {
        for (const auto& [outputs, phi] : {std::pair{1, Activation::linear}, {2, Activation::tanh}}) {
            const Wide wide = wide_at_random(5, 60, outputs, phi, constrained);
            const SaddleIndex expected = count_negative(hessian_by_differences(wide));

            const SaddleIndex index = saddle_index(wide.student, wide.student.start, wide.problem);

            EXPECT_GE(expected.count, 60.0 - 7.0);  // one at least for each spare unit
            EXPECT_EQ(index.count, expected.count);
            EXPECT_NEAR(index.lowest, expected.lowest, 1e-6 * std::abs(expected.lowest));
        }
    }
}

/// With one hidden unit more, without weights.
Wide with_idle_unit(Wide wide) {
    auto& [W1, W2] = wide.student.start;
    W1.conservativeResizeLike(Matrix::Zero(W1.rows() + 1, W1.cols()));
    W2.conservativeResizeLike(Matrix::Zero(W2.rows(), W2.cols() + 1));
    wide.student.network.hidden = W1.rows();
    wide.student.signs.D2.setOnes(W1.rows());
    return wide;
}

TEST(SaddleIndex, CountsAllUnitsWhereTheFullHessianIsTooLargeToBeMade) {
    for (const bool constrained : {false, true}) {
        const Wide wide = wide_at_random(20, 199, 1, Activation::linear, constrained);
        ASSERT_GT(199 * (20 + 1), largest_dense_hessian);
        const Wide reduced{reduce_width(wide.student), wide.problem};
        const double of_21 = count_negative(hessian_by_differences(reduced)).count;
        const double of_22 = count_negative(hessian_by_differences(with_idle_unit(reduced))).count;

        const SaddleIndex index = saddle_index(wide.student, wide.student.start, wide.problem);

        EXPECT_EQ(index.count, of_21 + (199.0 - 21.0) * (of_22 - of_21));
        EXPECT_EQ(index.count > static_cast<double>(most_negative_eigenvalues), constrained);
    }
}

TEST(SaddleIndex, CountsTheUnitsThatWereSpared) {
    const Wide wide = wide_at_random(4, 50, 1, Activation::linear, true);
    const Student reduced = reduce_width(wide.student);
    const Index spare = wide.student.network.hidden - reduced.network.hidden;
    const SaddleIndex full = saddle_index(wide.student, wide.student.start, wide.problem);

    const SaddleIndex index = saddle_index(reduced, reduced.start, wide.problem, spare);

    EXPECT_EQ(spare, 45);
    EXPECT_EQ(index.count, full.count);
    EXPECT_NEAR(index.lowest, full.lowest, rounding);
}

TEST(SaddleIndex, OfAMillionUnitsTakesNoMillionth) {
    const Wide narrow = wide_at_random(20, 21, 1, Activation::linear, false);
    const double own = saddle_index(narrow.student, narrow.student.start, narrow.problem).count;

    const SaddleIndex index = saddle_index(narrow.student, narrow.student.start, narrow.problem, 1'000'000);

    EXPECT_EQ(index.count, own + 1e6);
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
