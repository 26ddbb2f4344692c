#include "curldescent/analysis/curl_strength.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "curldescent/dynamics/width_reduction.hpp"

namespace curldescent {
namespace {

constexpr double rounding = 1e-14;

CurlStrength estimated(const Matrix& J, std::int64_t probes, std::uint64_t seed = 1) {
    return estimate_curl_strength([&](const Matrix& V) { return Matrix(J * V); }, J.rows(), probes,
                                  {{.seed = seed}, Stream::curl_probes});
}

Matrix random_matrix(Index size) {
    RandomStream stream({.seed = 5}, Stream::student_hidden);
    Matrix J(size, size);
    for (double& entry : J.reshaped()) entry = stream.next_normal();
    return J;
}

TEST(CurlStrength, OfAPureRotationIsOneAndOfAGradientFieldZero) {
    EXPECT_DOUBLE_EQ(curl_strength(Matrix{{0.0, -3.0}, {3.0, 0.0}}).value, 1.0);
    EXPECT_EQ(curl_strength(Matrix{{2.0, 1.0}, {1.0, -5.0}}).value, 0.0);
    EXPECT_EQ(curl_strength(Matrix{{2.0, 1.0}, {1.0, -5.0}}).error, 0.0);
}

TEST(CurlStrength, OfAMixtureIsItsShare) {
    // ((a, -b), (b, a)): antisymmetric part b, norm sqrt(2 (a^2 + b^2)).
    EXPECT_DOUBLE_EQ(curl_strength(Matrix{{4.0, -3.0}, {3.0, 4.0}}).value, 3.0 / 5.0);
}

TEST(CurlStrength, OfZeroIsMissing) {
    EXPECT_TRUE(std::isnan(curl_strength(Matrix::Zero(2, 2)).value));
}

TEST(CurlStrength, TakesBlocksApartByTheirSquares) {
    const Matrix J{{4.0, -3.0}, {3.0, 4.0}};
    Matrix whole = Matrix::Zero(4, 4);
    whole.topLeftCorner(2, 2) = J;
    whole.bottomRightCorner(2, 2) << 0.0, 2.0, 1.0, 0.0;  // antisymmetric part ((0, 1/2), (-1/2, 0))

    EXPECT_DOUBLE_EQ(curl_strength(J, {.all = 5.0, .antisymmetric = 0.5}).value, curl_strength(whole).value);
}

TEST(EstimateCurlStrength, HasNoErrorWhereItFallsBelowZero) {
    // One large entry off the diagonal twice, and small ones once: nearly symmetric, so some estimates fall below 0.
    Matrix J = random_matrix(40);
    J = Matrix(J + J.transpose()) + 1e-3 * random_matrix(40);
    int below = 0;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        const CurlStrength estimate = estimated(J, 2, seed);
        if (estimate.value == 0.0) {
            ++below;
            EXPECT_TRUE(std::isnan(estimate.error));
        }
    }
    EXPECT_GT(below, 0);
}

TEST(EstimateCurlStrength, OfZeroIsMissing) {
    EXPECT_TRUE(std::isnan(estimated(Matrix::Zero(3, 3), 2).value));
}

TEST(EstimateCurlStrength, IsExactForSymmetricAndForAntisymmetricMatrices) {
    const Matrix J = random_matrix(60);

    const CurlStrength gradient = estimated(J + J.transpose(), 4);
    const CurlStrength rotation = estimated(J - J.transpose(), 4);

    // Of a difference of two equal sums the rounding, some 1e-15 of them, and then its root.
    constexpr double root_of_rounding = 1e-7;
    EXPECT_NEAR(gradient.value, 0.0, root_of_rounding);
    EXPECT_NEAR(gradient.error, 0.0, root_of_rounding);
    EXPECT_NEAR(rotation.value, 1.0, rounding);
    EXPECT_NEAR(rotation.error, 0.0, rounding);
}

TEST(EstimateCurlStrength, AgreesWithTheExactValueWithinItsError) {
    const Matrix J = random_matrix(80);
    const double exact = curl_strength(J).value;
    constexpr int trials = 200;
    double squares = 0.0;
    for (int trial = 0; trial < trials; ++trial) {
        const CurlStrength estimate = estimated(J, 16, static_cast<std::uint64_t>(trial));
        EXPECT_GT(estimate.error, 0.0);
        squares += std::pow((estimate.value - exact) / estimate.error, 2);
    }
    // The mean square of 200 deviations in units of their errors is 1 +- 0.1, and the error is itself estimated.
    EXPECT_NEAR(squares / trials, 1.0, 0.4);
}

TEST(CurlStrength, OfALinearCurlDescentNetworkFollowsFromItsHessian) {
    // J = -D H = ((-9, -11), (11, 4)): see field_jacobian_test.
    const Student student{.network = {.inputs = 1, .hidden = 1},
                          .plasticity = {.readout_flips = 1},
                          .signs = {.D1 = Vector::Ones(1), .D2 = -Vector::Ones(1)},
                          .feedback = Matrix(),
                          .step = {.learning_rate = 0.1, .batch = 1, .samples = 1},
                          .start = {.W1 = Matrix{{2.0}}, .W2 = Matrix{{3.0}}}};
    const Problem problem{.X = Matrix{{1.0}}, .Y = Matrix{{1.0}}, .X_test = {}, .Y_test = {}};
    const FieldJacobian jacobian(student, student.start, problem);

    const CurlStrength strength = curl_strength(jacobian, 2, {});

    const double norm_squared = 81.0 + 121.0 + 121.0 + 16.0;
    EXPECT_NEAR(strength.value, std::sqrt(2.0 * 121.0 / norm_squared), rounding);
    EXPECT_EQ(strength.error, 0.0);
}

/// A rule of linear units with weights and data at random, and some more outputs than one.
struct Wide {
    Student student;
    Problem problem;
};

Wide wide_linear(Index inputs, Index hidden, Index outputs, Plasticity plasticity, Rule rule) {
    const Network network{.inputs = inputs, .hidden = hidden, .outputs = outputs};
    RandomStream stream({.seed = 7}, Stream::train_inputs);
    const auto random = [&](Index rows, Index columns) {
        Matrix matrix(rows, columns);
        for (double& entry : matrix.reshaped()) entry = stream.next_normal();
        return matrix;
    };
    return {{.network = network,
             .plasticity = plasticity,
             .signs = make_signs(network, plasticity, rule),
             .feedback = has_random_feedback(rule) ? random(hidden, outputs) : Matrix(),
             .step = {},
             .start = {.W1 = random(hidden, inputs), .W2 = random(outputs, hidden)}},
            {.X = random(inputs, 30), .Y = random(outputs, 30), .X_test = {}, .Y_test = {}}};
}

TEST(CurlStrength, OfAReducedNetworkIsThatOfItsFullWidth) {
    for (const FlipSide side : {FlipSide::presynaptic, FlipSide::postsynaptic}) {
        for (const Rule rule : {Rule::gradient_descent, Rule::curl_descent, Rule::curl_feedback_alignment}) {
            const Plasticity plasticity{.hidden_flips = 2, .readout_flips = 1, .flipped_strength = -0.5, .side = side};
            const Wide wide = wide_linear(3, 40, 2, plasticity, rule);
            const Student reduced = reduce_width(wide.student);
            ASSERT_LE(reduced.network.hidden, 14);
            const FieldJacobian full_jacobian(wide.student, wide.student.start, wide.problem);
            const FieldJacobian jacobian(reduced, reduced.start, wide.problem);

            const JacobianSquares apart =
                spare_squares(reduced, spare_units(wide.student, reduced), jacobian.error_inputs());
            const double full = curl_strength(full_jacobian.matrix()).value;

            EXPECT_NEAR(curl_strength(jacobian, 4, {}, apart).value, full, 1e-12);
            if (rule == Rule::gradient_descent) continue;
            EXPECT_GT(std::abs(curl_strength(jacobian, 4, {}).value - full), 1e-3);
            const auto times = [&](const Matrix& V) { return jacobian.times(V); };
            const CurlStrength estimate =
                estimate_curl_strength(times, jacobian.size(), 200, {{.seed = 1}, Stream::curl_probes}, apart);
            EXPECT_NEAR(estimate.value, full, 4.0 * estimate.error);
        }
    }
}

TEST(CurlStrength, IsEstimatedAboveItsLargestExactSize) {
    constexpr Index inputs = 20;
    const Plasticity plasticity{.readout_flips = 5};
    for (const Index hidden : {largest_exact_curl / (inputs + 1), largest_exact_curl / (inputs + 1) + 1}) {
        const Wide wide = wide_linear(inputs, hidden, 1, plasticity, Rule::curl_descent);
        const FieldJacobian jacobian(wide.student, wide.student.start, wide.problem);
        const bool exact = jacobian.size() <= largest_exact_curl;

        const CurlStrength strength = curl_strength(jacobian, 4, {});

        EXPECT_EQ(strength.error == 0.0, exact);
        EXPECT_EQ(strength.value == curl_strength(jacobian.matrix()).value, exact);
    }
}

}  // namespace
}  // namespace curldescent
