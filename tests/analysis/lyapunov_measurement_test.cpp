#include "curldescent/analysis/lyapunov_measurement.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <vector>

#include "curldescent/dynamics/batches.hpp"
#include "support/linear_solution.hpp"

namespace curldescent {
namespace {

using testing::DoubleNear;
using testing::Pointwise;

// At a solution the derivative is constant, so what remains is the rounding of some thousand updates.
constexpr double tolerance = 1e-9;

LyapunovEstimate measure(const LinearSolution& solution, const LyapunovOptions& options, const Training& training) {
    const auto core = make_tangent_core(CoreKind::fast, solution.student, solution.problem);
    LyapunovMeasurement measurement(*core, solution.student, options, training.epochs, {.seed = 1});
    std::vector<Trainee> trainees{{.core = *core, .observers = {&measurement}}};
    train(trainees, solution.problem, training, {});
    return measurement.estimate();
}

LyapunovEstimate measure(const LinearSolution& solution, const LyapunovOptions& options, std::int64_t epochs) {
    return measure(solution, options, solution.training(epochs));
}

std::vector<double> values_of(const LyapunovEstimate& estimate) {
    std::vector<double> values;
    for (const MeanEstimate& exponent : estimate.exponents) values.push_back(exponent.mean);
    return values;
}

TEST(LyapunovMeasurement, AtAStableSolutionFindsItsSpectrumAndItsZeros) {
    const LinearSolution solution(3, 8, 1, 1, 0.2);
    const std::vector<double> transverse = solution.transverse_exponents();
    ASSERT_LT(transverse.front(), -0.01) << "the solution is stable";
    const Index weights = weight_count(solution.student.network);

    const LyapunovEstimate estimate = measure(solution, {.exponents = weights, .transient = 2000}, 6000);

    std::vector<double> exact(static_cast<std::size_t>(weights) - transverse.size(), 0.0);
    exact.insert(exact.end(), transverse.begin(), transverse.end());
    EXPECT_THAT(values_of(estimate), Pointwise(DoubleNear(tolerance), exact));
    EXPECT_EQ(estimate.verdict, LyapunovVerdict::zero);
    EXPECT_GT(estimate.steps, 3900);
}

TEST(LyapunovMeasurement, AtAnUnstableSolutionFindsThePositiveExponent) {
    const LinearSolution solution(3, 1, 3, 0, 0.5);
    const std::vector<double> transverse = solution.transverse_exponents();
    ASSERT_GT(transverse.front(), 0.005) << "the solution is unstable";

    const LyapunovEstimate estimate = measure(solution, {.exponents = 1, .transient = 400}, 1000);

    EXPECT_NEAR(estimate.exponents.front().mean, transverse.front(), 1e-4);  // the run itself moves off, from rounding
    EXPECT_EQ(estimate.verdict, LyapunovVerdict::positive);
}

TEST(LyapunovMeasurement, IsMadeInItsTimeAlone) {
    const LinearSolution solution(3, 8, 1, 1, 0.2);

    const LyapunovOptions options{.exponents = 2, .start = 100, .transient = 50, .length = 300};
    EXPECT_EQ(measure(solution, options, 1000).steps, 300);
    EXPECT_EQ(measured_epochs(options, 1000), 300);
    EXPECT_EQ(measured_epochs(options, 400), 250);
    EXPECT_EQ(measured_epochs(options, 120), 0);
    EXPECT_EQ(measure(solution, options, 120).verdict, LyapunovVerdict::unmeasured);
}

TEST(LyapunovMeasurement, EndsWhenTheExponentIsKnown) {
    const LinearSolution solution(3, 8, 1, 1, 0.2);

    const LyapunovEstimate estimate = measure(solution, {.exponents = 1, .transient = 2000, .precision = 1e-3}, 20'000);

    EXPECT_GE(estimate.steps, least_steps(1e-3));
    EXPECT_LT(estimate.steps, 2 * least_steps(1e-3));
}

TEST(LyapunovMeasurement, DoesNotChangeTheRun) {
    const LinearSolution solution(3, 1, 3, 0, 0.5);
    const auto plain = make_core(CoreKind::fast, solution.student, solution.problem);
    const auto measured = make_tangent_core(CoreKind::fast, solution.student, solution.problem);
    LyapunovMeasurement measurement(*measured, solution.student, {.exponents = 2, .transient = 10}, 200, {});
    std::vector<Trainee> trainees{{.core = *plain, .observers = {}}, {.core = *measured, .observers = {&measurement}}};

    train(trainees, solution.problem, solution.training(200), {});

    EXPECT_EQ(plain->weights().W1, measured->weights().W1);
    EXPECT_EQ(plain->weights().W2, measured->weights().W2);
}

/// The logarithms of the moduli of the eigenvalues of the derivative of an epoch at the solution, the largest first.
std::vector<double> exponents_of_an_epoch(const LinearSolution& solution, const Training& training) {
    const auto core = make_tangent_core(CoreKind::fast, solution.student, solution.problem);
    const Index n = weight_count(solution.student.network);
    core->set_tangents(Matrix::Identity(n, n));
    Batches batches(solution.problem, training.batch);
    std::vector<Index> order(static_cast<std::size_t>(training.samples));
    std::iota(order.begin(), order.end(), Index{0});
    for (std::int64_t k = 0; k < batches.count(); ++k) core->update(batches.gather(order, k));
    const Eigen::VectorXcd eigenvalues = core->tangents().eigenvalues();
    std::vector<double> exponents;
    for (const auto eigenvalue : eigenvalues) exponents.push_back(std::log(std::abs(eigenvalue)));
    std::ranges::sort(exponents, std::greater<>());
    return exponents;
}

TEST(LyapunovMeasurement, OfMiniBatchesIsThatOfTheProductOfTheirDerivatives) {
    LinearSolution solution(3, 1, 3, 0, 0.5);
    solution.student.step.batch = 8;  // two batches, and a third of the four samples that are left
    Training training = solution.training(1000);
    training.shuffle = false;
    const std::vector<double> exact = exponents_of_an_epoch(solution, training);
    ASSERT_GT(exact.front(), 0.005);
    ASSERT_GT(std::abs(exact.front() - solution.transverse_exponents().front()), 1e-3) << "not that of the full batch";

    const LyapunovEstimate estimate = measure(solution, {.exponents = 2, .transient = 400}, training);

    EXPECT_NEAR(estimate.exponents[0].mean, exact[0], 1e-4);
    EXPECT_NEAR(estimate.exponents[1].mean, exact[1], 1e-3);
    EXPECT_EQ(estimate.verdict, LyapunovVerdict::positive);
}

TEST(LyapunovMeasurement, TakesNoMoreExponentsThanThereAreWeights) {
    const LinearSolution solution(2, 1, 0, 0, 1.0);

    EXPECT_EQ(measure(solution, {.exponents = 50, .transient = 10}, 100).exponents.size(), 3U);
}

TEST(LyapunovMeasurement, WithTheNormConstraintTakesOneLessForEachLayer) {
    LinearSolution solution(3, 8, 1, 1, 0.2);
    solution.student.plasticity.norm_constraint = true;
    std::vector<double> exact = exponents_of_an_epoch(solution, solution.training(1));
    exact.resize(exact.size() - 2);

    const LyapunovEstimate estimate = measure(solution, {.exponents = 50, .transient = 2000}, 6000);

    EXPECT_THAT(values_of(estimate), Pointwise(DoubleNear(1e-3), exact));
}

}  // namespace
}  // namespace curldescent
