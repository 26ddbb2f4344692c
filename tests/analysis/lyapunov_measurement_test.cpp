#include "curldescent/analysis/lyapunov_measurement.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "support/linear_solution.hpp"

namespace curldescent {
namespace {

using testing::DoubleNear;
using testing::Pointwise;

// At a solution the derivative is constant, so what remains is the rounding of some thousand updates.
constexpr double tolerance = 1e-9;

LyapunovEstimate measure(const LinearSolution& solution, const LyapunovOptions& options, std::int64_t epochs) {
    const auto core = make_tangent_core(CoreKind::fast, solution.student, solution.problem);
    LyapunovMeasurement measurement(*core, solution.student.network, options, epochs, {.seed = 1});
    std::vector<Trainee> trainees{{.core = *core, .observers = {&measurement}}};
    train(trainees, solution.problem, solution.training(epochs), {});
    return measurement.estimate();
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
    LyapunovMeasurement measurement(*measured, solution.student.network, {.exponents = 2, .transient = 10}, 200, {});
    std::vector<Trainee> trainees{{.core = *plain, .observers = {}}, {.core = *measured, .observers = {&measurement}}};

    train(trainees, solution.problem, solution.training(200), {});

    EXPECT_EQ(plain->weights().W1, measured->weights().W1);
    EXPECT_EQ(plain->weights().W2, measured->weights().W2);
}

TEST(LyapunovMeasurement, TakesNoMoreExponentsThanThereAreWeights) {
    const LinearSolution solution(2, 1, 0, 0, 1.0);

    EXPECT_EQ(measure(solution, {.exponents = 50, .transient = 10}, 100).exponents.size(), 3U);
}

}  // namespace
}  // namespace curldescent
