#include "curldescent/analysis/map_spectrum.hpp"

#include <gtest/gtest.h>

#include <Eigen/Eigenvalues>
#include <cmath>

#include "curldescent/analysis/residual_map.hpp"
#include "support/solutions.hpp"

namespace curldescent {
namespace {

double rightmost_of_residual(const Solved& solved) {
    const Matrix A = rate_matrix(make_residual_map(solved.student, solved.problem.X));
    return Eigen::EigenSolver<Matrix>(A).eigenvalues().real().maxCoeff();
}

TEST(MapSpectrum, AtASolutionHasTheRatesOfTheResidualAndZeros) {
    for (const bool constraint : {false, true}) {
        const Solved solved =
            make_solved({.plasticity = {.hidden_flips = 2, .norm_constraint = constraint}, .rule = Rule::curl_descent});

        const MapSpectrum spectrum = map_spectrum(solved.student, solved.problem);

        ASSERT_TRUE(spectrum.complete);
        ASSERT_EQ(spectrum.rates.size(), 16);
        EXPECT_NEAR(spectrum.rates[0].real(), rightmost_of_residual(solved), 1e-10);
        // 3 directions of the residual, one of them along the constraint; the roots of rounding errors are zeros.
        EXPECT_LE((spectrum.rates.cwiseAbs().array() > 1e-6).count(), 3);
        EXPECT_GE((spectrum.rates.cwiseAbs().array() > 1e-6).count(), 2);
    }
}

TEST(MapSpectrum, OfManyWeightsHasTheRightmostRatesAlone) {
    const Solved solved = make_solved({.network = {.inputs = 20, .hidden = 30, .activation = Activation::tanh},
                                       .plasticity = {.hidden_flips = 15},
                                       .samples = 40});
    ASSERT_GT(20 * 30 + 30, most_dense_weights);

    const MapSpectrum spectrum = map_spectrum(solved.student, solved.problem);

    EXPECT_FALSE(spectrum.complete);
    ASSERT_GE(spectrum.rates.size(), 1);
    EXPECT_GT(spectrum.rates[0].real(), 0.0);
    EXPECT_NEAR(spectrum.rates[0].real(), rightmost_of_residual(solved), 1e-6);
}

/// y = w2 w1 x at the origin, target 1, x = 1: the Hessian is ((0, -1), (-1, 0)), so the rates are 1 and -1.
TEST(MapSpectrum, AwayFromASolutionIsThatOfTheSaddle) {
    const Student student{.network = {.inputs = 1, .hidden = 1},
                          .plasticity = {.norm_constraint = false},
                          .signs = {.D1 = Vector::Ones(1), .D2 = Vector::Ones(1)},
                          .feedback = Matrix(),
                          .step = {.learning_rate = 0.25, .batch = 1, .samples = 1},
                          .start = {.W1 = Matrix::Zero(1, 1), .W2 = Matrix::Zero(1, 1)}};
    const Problem problem{.X = Matrix{{1.0}}, .Y = Matrix{{1.0}}, .X_test = Matrix(1, 0), .Y_test = Matrix(1, 0)};

    const MapSpectrum spectrum = map_spectrum(student, problem);

    ASSERT_EQ(spectrum.rates.size(), 2);
    EXPECT_NEAR(spectrum.rates[0].real(), 1.0, 1e-12);
    EXPECT_NEAR(spectrum.rates[1].real(), -1.0, 1e-12);
}

}  // namespace
}  // namespace curldescent
