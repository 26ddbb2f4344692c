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

/// The spectrum away from a solution by central differences of the real learning map.
Rates measured_rates(const Solved& solved) {
    const auto& [student, problem] = solved;
    const auto after = [&](Weights weights) {
        LearningMap map(student.network, student.plasticity, student.signs, student.feedback, student.step,
                        student.start);
        map.update(weights, problem.X, problem.Y);
        return as_vector(weights);
    };
    const Matrix T = central_differences(student.start, 1e-5, after) * tangent_projection(student.start);
    const Matrix J = (T - tangent_projection(student.start)) / student.step.learning_rate;
    return Eigen::EigenSolver<Matrix>(J, false).eigenvalues();
}

Solved away_from_solution(double learning_rate) {
    Solved solved = make_solved({.plasticity = {.hidden_flips = 1}, .learning_rate = learning_rate});
    solved.student.start.W2.array() += 0.3;
    return solved;
}

TEST(MapSpectrum, AwayFromASolutionIsThatOfTheRealMapUnderTheNormConstraint) {
    const Solved solved = away_from_solution(0.5);

    const MapSpectrum spectrum = map_spectrum(solved.student, solved.problem);

    EXPECT_NEAR(spectrum.rates[0].real(), measured_rates(solved).real().maxCoeff(), 1e-7);  // of the differences
    EXPECT_NEAR(spectrum.rates.real().minCoeff(), measured_rates(solved).real().minCoeff(), 1e-7);
}

TEST(MapSpectrum, LosesNothingToASmallStep) {
    const Solved tiny = away_from_solution(1e-8);
    const Solved small = away_from_solution(1e-6);

    const MapSpectrum spectrum = map_spectrum(tiny.student, tiny.problem);

    EXPECT_NEAR(spectrum.rates[0].real(), map_spectrum(small.student, small.problem).rates[0].real(), 1e-5);
    EXPECT_LE(spectrum.resolution, 1e-11);
    // Linear units: W1 and W2 span M + O of N dimensions, all of them, and there are two radial directions.
    EXPECT_EQ((spectrum.rates.cwiseAbs().array() <= spectrum.resolution).count(), 2);
}

TEST(MapSpectrum, OfManyStableWeightsConverges) {
    const Solved solved = make_solved({.network = {.inputs = 20, .hidden = 30}, .samples = 40});
    ASSERT_GT(20 * 30 + 30, most_dense_weights);

    const MapSpectrum spectrum = map_spectrum(solved.student, solved.problem);

    ASSERT_EQ(spectrum.rates.size(), 6);
    EXPECT_LE(spectrum.rates.cwiseAbs().maxCoeff(), 1e-6);  // tangent to the manifold
}

TEST(MapSpectrum, OfWeightsThatOverflowIsEmpty) {
    for (const Index hidden : {4, 300}) {
        Solved solved = make_solved({.network = {.inputs = 3, .hidden = hidden}});
        solved.student.start.W1 *= 1e200;
        solved.student.start.W2 *= 1e200;

        EXPECT_EQ(map_spectrum(solved.student, solved.problem).rates.size(), 0) << hidden;
    }
}

}  // namespace
}  // namespace curldescent
