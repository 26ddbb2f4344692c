#include "curldescent/analysis/curl_strength.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "support/learning_map_cases.hpp"

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
    FieldJacobian jacobian(student, student.start, problem);

    const CurlStrength strength = curl_strength(jacobian, 2, {});

    const double norm_squared = 81.0 + 121.0 + 121.0 + 16.0;
    EXPECT_NEAR(strength.value, std::sqrt(2.0 * 121.0 / norm_squared), rounding);
    EXPECT_EQ(strength.error, 0.0);
}

TEST(CurlStrength, IsEstimatedWhereTheMatrixWouldTakeMoreProducts) {
    const LearningMapCase& fixture = learning_map_cases().front();
    FieldJacobian jacobian(fixture.student, fixture.student.start, fixture.problem);
    const std::int64_t enough = (jacobian.size() + 1) / 2;

    EXPECT_EQ(curl_strength(jacobian, enough, {}).value, curl_strength(jacobian.matrix()).value);
    EXPECT_NE(curl_strength(jacobian, 2, {}).value, curl_strength(jacobian.matrix()).value);
}

}  // namespace
}  // namespace curldescent
