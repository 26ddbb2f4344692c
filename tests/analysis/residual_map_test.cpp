#include "curldescent/analysis/residual_map.hpp"

#include <gtest/gtest.h>

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <array>
#include <cmath>
#include <iostream>
#include <utility>
#include <vector>

#include "curldescent/dynamics/tangent_map.hpp"
#include "support/matrices.hpp"
#include "support/solutions.hpp"

namespace curldescent {
namespace {

constexpr std::array all_activations{Activation::linear, Activation::tanh, Activation::relu, Activation::sigmoid};

std::vector<SolvedOptions> all_combinations() {
    std::vector<SolvedOptions> all;
    for (const Activation phi : all_activations) {
        for (const Activation phi_out : {phi, Activation::linear}) {
            for (const Index outputs : {1, 3}) {
                for (const FlipSide side : {FlipSide::presynaptic, FlipSide::postsynaptic}) {
                    for (const OutputDelta delta : {OutputDelta::error, OutputDelta::gradient}) {
                        for (const bool constraint : {false, true}) {
                            for (const Rule rule : {Rule::curl_descent, Rule::curl_feedback_alignment}) {
                                all.push_back({.network = {.inputs = 3,
                                                           .hidden = 4,
                                                           .outputs = outputs,
                                                           .activation = phi,
                                                           .output_activation = phi_out},
                                               .plasticity = {.hidden_flips = 1,
                                                              .readout_flips = outputs > 1 ? 2 : 1,
                                                              .side = side,
                                                              .norm_constraint = constraint,
                                                              .output_delta = delta},
                                               .rule = rule,
                                               .samples = 4,
                                               .learning_rate = 1.0});
                            }
                        }
                    }
                }
            }
        }
    }
    return all;
}

/// What the map is about: W2 W1, or all outputs, sample by sample.
Vector residual(const Network& network, const Weights& weights, const Matrix& X) {
    if (has_linear_residual(network)) return (weights.W2 * weights.W1).transpose();
    return forward(network, weights, X).reshaped();
}

/// The derivative of the residual after an update of the real learning map, and what the closed form says it is.
struct Derivatives {
    Matrix measured;
    Matrix predicted;
};

Derivatives derivatives_of(const Solved& solved) {
    const auto& [student, problem] = solved;
    constexpr double step = 1e-5;
    const auto before = [&](const Weights& weights) { return residual(student.network, weights, problem.X); };
    const auto after = [&](Weights weights) {
        LearningMap map(student.network, student.plasticity, student.signs, student.feedback, student.step,
                        student.start);
        map.update(weights, problem.X, problem.Y);
        return before(weights);
    };
    const Matrix A = rate_matrix(make_residual_map(student, problem.X));
    Matrix G = central_differences(student.start, step, before);
    Matrix G_after = central_differences(student.start, step, after);
    if (student.plasticity.norm_constraint) {
        // The constraint keeps weights on its spheres: the residual's directions are those tangent to them.
        G *= tangent_projection(student.start);
        G_after *= tangent_projection(student.start);
    }
    return {.measured = G_after, .predicted = G + student.step.learning_rate * A * G};
}

TEST(ResidualMap, IsTheDerivativeOfTheRealLearningMapForEveryKindOfNetworkAndRule) {
    constexpr double tolerance = 1e-8;  // of central differences
    double largest = 0.0;
    const auto all = all_combinations();
    ASSERT_EQ(all.size(), 4U * 2 * 2 * 2 * 2 * 2 * 2);
    for (const SolvedOptions& options : all) {
        const auto [measured, predicted] = derivatives_of(make_solved(options));

        const double error = relative_error(predicted, measured);

        EXPECT_LE(error, tolerance) << to_string(options.network.activation) << ' ' << options.network.outputs << ' '
                                    << to_string(options.plasticity.side) << ' ' << to_string(options.rule)
                                    << " constraint " << options.plasticity.norm_constraint;
        largest = std::max(largest, error);
    }
    std::cout << "residual map: " << all.size() << " combinations, largest relative error " << largest << '\n';
}

TEST(ResidualMap, OfAnotherSignIsNotThatDerivative) {
    SolvedOptions options{.plasticity = {.hidden_flips = 1, .norm_constraint = false}, .samples = 4};
    Solved solved = make_solved(options);
    const Matrix measured = derivatives_of(solved).measured;
    solved.student.signs.D1[0] = 1.0;

    const Matrix A = rate_matrix(make_residual_map(solved.student, solved.problem.X));
    const Matrix G = derivatives_of(solved).predicted;

    EXPECT_GT(relative_error(G, measured), 1e-3);
    EXPECT_EQ(A.rows(), 3);
}

/// y = w2 w1 x at w1 = 2, w2 = 3 for x = 1: the error falls by w2^2 D1 + w1^2 D2 = -9 + 4.
TEST(ResidualMap, OfAScalarNetworkIsKnownByHand) {
    const Student student{.network = {.inputs = 1, .hidden = 1},
                          .plasticity = {.norm_constraint = false},
                          .signs = {.D1 = -Vector::Ones(1), .D2 = Vector::Ones(1)},
                          .feedback = Matrix(),
                          .step = {},
                          .start = {.W1 = Matrix{{2.0}}, .W2 = Matrix{{3.0}}}};

    EXPECT_DOUBLE_EQ(rate_matrix(make_residual_map(student, Matrix{{1.0}}))(0, 0), 5.0);
}

TEST(SymmetricRateMatrix, HasTheEigenvaluesOfTheRateMatrix) {
    for (const SolvedOptions& options : all_combinations()) {
        const auto [student, problem] = make_solved(options);
        const Matrix symmetric = symmetric_rate_matrix(student, problem.X);
        const bool has_one = !options.plasticity.norm_constraint && student.feedback.size() == 0;
        ASSERT_EQ(symmetric.size() > 0, has_one);
        if (!has_one) continue;

        const Vector expected = Eigen::SelfAdjointEigenSolver<Matrix>(symmetric).eigenvalues();
        Vector rates =
            Eigen::EigenSolver<Matrix>(rate_matrix(make_residual_map(student, problem.X))).eigenvalues().real();
        std::ranges::sort(rates);

        EXPECT_LE(relative_error(rates, expected), 1e-10) << to_string(options.network.activation);
    }
}

/// J of the update field by the exact tangent of the learning map.
Matrix update_jacobian(const Student& student, const Problem& problem) {
    const Index n = student.start.W1.size() + student.start.W2.size();
    Matrix J(n, n);
    for (Index k = 0; k < n; ++k) {
        std::array<Weights, 1> tangents{as_weights(Vector::Unit(n, k), student.start)};
        TangentMap(student).propagate(tangents, student.start, problem.X, problem.Y);
        J.col(k) = as_vector(tangents[0]) - Vector::Unit(n, k);
    }
    return J;
}

TEST(CurlStrengthAtSolution, IsThatOfTheDenseJacobian) {
    for (const SolvedOptions& options : all_combinations()) {
        if (options.plasticity.norm_constraint) continue;
        const auto [student, problem] = make_solved(options);
        const Matrix J = update_jacobian(student, problem);

        const double expected = (0.5 * (J - J.transpose())).norm() / J.norm();

        EXPECT_NEAR(curl_strength_at_solution(student, problem.X), expected, 1e-8) << to_string(options.rule);
    }
}

TEST(CurlStrengthAtSolution, IsZeroForAGradient) {
    const auto [student, problem] = make_solved({.rule = Rule::gradient_descent});

    EXPECT_EQ(curl_strength_at_solution(student, problem.X), 0.0);
}

TEST(CurlStrengthAtSolution, OfALinearNetworkNeedsNoKernelOfItsSamples) {
    const auto [student, problem] = make_solved({.plasticity = {.hidden_flips = 1}, .samples = 100'000});

    EXPECT_GT(curl_strength_at_solution(student, problem.X), 0.1);  // else 80 GB
}

TEST(Reachable, IsTheMapItselfWhereItReachesAllDirections) {
    const auto [student, problem] = make_solved({.plasticity = {.norm_constraint = false}});
    const ResidualMap map = make_residual_map(student, problem.X);

    EXPECT_EQ(reachable(map).response, map.response);
    EXPECT_EQ(reachable(map).reading, map.reading);
}

/// Linear networks with fewer samples than inputs, with more outputs and samples than inputs, and of few weights.
TEST(Reachable, KeepsTheRatesThatAreNotNeutral) {
    const std::vector<std::pair<SolvedOptions, Index>> cases{
        {{.network = {.inputs = 5, .hidden = 6}, .samples = 3}, 3},
        {{.network = {.inputs = 3, .hidden = 4, .outputs = 2}, .samples = 8}, 3 * 2},
        {{.network = {.inputs = 2, .hidden = 2, .activation = Activation::tanh}, .samples = 9}, 6}};
    for (auto [options, rank] : cases) {
        options.plasticity.norm_constraint = false;
        const auto [student, problem] = make_solved(options);
        const ResidualMap map = make_residual_map(student, problem.X);

        const ResidualMap reached = reachable(map);

        ASSERT_EQ(reached.directions(), rank);
        const Eigen::VectorXcd all = Eigen::EigenSolver<Matrix>(rate_matrix(map)).eigenvalues();
        const Eigen::VectorXcd rates =
            Eigen::EigenSolver<Matrix>(
                Matrix(reached.response * reached.reading.transpose() / -static_cast<double>(options.samples)))
                .eigenvalues();
        EXPECT_EQ((all.cwiseAbs().array() > 1e-10).count(), rank);
        EXPECT_NEAR(rates.cwiseAbs().sum(), all.cwiseAbs().sum(), 1e-10);
        EXPECT_GT(rates.cwiseAbs().minCoeff(), 1e-10);
    }
}

TEST(Reachable, HasNoDirectionsWhereNothingIsReached) {
    EXPECT_EQ(reachable({.response = Matrix::Zero(3, 4), .reading = Matrix(), .outputs = 1}).directions(), 0);
}

}  // namespace
}  // namespace curldescent
