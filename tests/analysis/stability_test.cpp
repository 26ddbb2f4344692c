#include "curldescent/analysis/stability.hpp"

#include <gtest/gtest.h>

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <complex>
#include <iostream>
#include <memory>
#include <numbers>
#include <utility>
#include <vector>

#include "curldescent/dynamics/width_reduction.hpp"
#include "support/sanitized.hpp"
#include "support/solutions.hpp"

namespace curldescent {
namespace {

constexpr StreamKey key{.seed = 5};

StabilityResult stability_of(const Solved& solved, const StabilityOptions& options = {}) {
    return measure_stability(solved.student, solved.problem, options, true, key);
}

/// y = w2 w1 x at w1 = 2, w2 = 3 for x = 1, without norm constraint: one rate, -(9 D1 + 4 D2).
Solved scalar(double D1, double D2, double learning_rate) {
    return {.student = {.network = {.inputs = 1, .hidden = 1},
                        .plasticity = {.norm_constraint = false},
                        .signs = {.D1 = D1 * Vector::Ones(1), .D2 = D2 * Vector::Ones(1)},
                        .feedback = Matrix(),
                        .step = {.learning_rate = learning_rate, .batch = 1, .samples = 1},
                        .start = {.W1 = Matrix{{2.0}}, .W2 = Matrix{{3.0}}}},
            .problem = {.X = Matrix{{1.0}}, .Y = Matrix{{6.0}}, .X_test = Matrix(1, 0), .Y_test = Matrix(1, 0)}};
}

TEST(Stability, OfAStableScalarNetworkIsKnownByHand) {
    const StabilityResult result = stability_of(scalar(1.0, 1.0, 0.1));

    EXPECT_EQ(result.space, StabilitySpace::residual);
    EXPECT_DOUBLE_EQ(result.rightmost, -13.0);
    EXPECT_DOUBLE_EQ(result.leftmost, -13.0);
    EXPECT_EQ(result.unstable_directions, 0.0);
    EXPECT_EQ(result.step_unstable_directions, 0.0);
    EXPECT_NEAR(result.curl_strength, 0.0, 1e-7);
}

TEST(Stability, CountsUnstableDirections) {
    const StabilityResult result = stability_of(scalar(-1.0, 1.0, 0.1));

    EXPECT_DOUBLE_EQ(result.rightmost, 5.0);
    EXPECT_EQ(result.unstable_directions, 1.0);
    EXPECT_EQ(result.unstable_fraction, 1.0);
}

TEST(Stability, TellsALargeStepFromAnUnstableManifold) {
    const StabilityResult result = stability_of(scalar(1.0, 1.0, 0.2));  // 1 - 0.2 * 13 = -1.6

    EXPECT_EQ(result.unstable_directions, 0.0);
    EXPECT_EQ(result.step_unstable_directions, 1.0);
}

/// J = -D H for H = (9 6; 6 4), D = diag(-1, 1): its antisymmetric part has norm sqrt(2) 6, itself sqrt(97 + 72).
TEST(Stability, HasTheCurlStrengthOfAKnownJacobian) {
    EXPECT_NEAR(stability_of(scalar(-1.0, 1.0, 0.1)).curl_strength, 6.0 * std::sqrt(2.0) / 13.0, 1e-12);
}

TEST(Stability, KeepsTheSpectrumWhereAsked) {
    const Solved solved = make_solved({.plasticity = {.hidden_flips = 2}});

    const StabilityResult result = stability_of(solved, {.spectrum = true});

    ASSERT_EQ(result.spectrum.size(), 3U);
    EXPECT_TRUE(std::ranges::is_sorted(result.spectrum, std::greater<>()));
    EXPECT_EQ(result.spectrum.front(), result.rightmost);
    EXPECT_TRUE(stability_of(solved).spectrum.empty());
}

TEST(Stability, AwayFromASolutionIsThatOfAllWeights) {
    Solved solved = make_solved({});
    solved.student.start.W2.array() += 0.1;

    const StabilityResult result = stability_of(solved, {.spectrum = true});

    EXPECT_EQ(result.space, StabilitySpace::weights);
    EXPECT_EQ(result.spectrum.size(), 16U);
    EXPECT_TRUE(std::isnan(result.transverse_exponent));
}

TEST(Stability, OfWeightsThatOverflowIsNotMeasured) {
    Solved solved = make_solved({});
    solved.student.start.W1 *= 1e200;
    solved.student.start.W2 *= 1e200;

    const StabilityResult result = stability_of(solved);

    EXPECT_EQ(result.space, StabilitySpace::none);
    EXPECT_TRUE(std::isnan(result.rightmost));
    EXPECT_TRUE(std::isnan(result.unstable_directions));
}

/// Two samples leave one direction of three inputs as it is.
TEST(Stability, LeavesNeutralDirectionsOut) {
    for (const bool constraint : {false, true}) {
        const Solved solved =
            make_solved({.plasticity = {.norm_constraint = constraint}, .rule = Rule::gradient_descent, .samples = 2});

        const StabilityResult result = stability_of(solved);

        EXPECT_LT(result.rightmost, -1e-6);
        EXPECT_LT(result.rightmost_unconstrained, -1e-6);
    }
}

TEST(Stability, OfNeutralDirectionsAloneIsExactlyZero) {
    Solved solved = scalar(1.0, -1.0, 0.1);
    solved.student.start = {.W1 = Matrix{{3.0}}, .W2 = Matrix{{3.0}}};  // 9 D1 + 9 D2
    solved.problem.Y = Matrix{{9.0}};

    const StabilityResult result = stability_of(solved);

    EXPECT_EQ(result.rightmost, 0.0);
    EXPECT_EQ(result.leftmost, 0.0);
    EXPECT_EQ(result.unstable_fraction, 0.0);
}

TEST(Stability, CountsDirectionsAwayFromASolutionAtAnyStep) {
    for (const double learning_rate : {1e-2, 1e-8}) {
        Solved solved =
            make_solved({.plasticity = {.hidden_flips = 1, .norm_constraint = false}, .learning_rate = learning_rate});
        solved.student.start.W2.array() += 0.1;
        Solved other = solved;
        other.student.step.learning_rate = 1e-4;

        EXPECT_EQ(stability_of(solved).unstable_directions, stability_of(other).unstable_directions);
        EXPECT_EQ(stability_of(solved).unstable_fraction, stability_of(other).unstable_fraction);
    }
}

TEST(Stability, MeasuresTheTransverseExponentWhereAsked) {
    const Solved solved = scalar(1.0, 1.0, 0.1);

    EXPECT_NEAR(stability_of(solved, {.transverse_epochs = 30}).transverse_exponent, std::log(0.3), 1e-12);
    EXPECT_TRUE(std::isnan(stability_of(solved).transverse_exponent));
}

/// Three samples leave two directions of five inputs as they are: the slowest of the others decides.
TEST(Stability, HasTheTransverseExponentOfTheDirectionsThatUpdatesReach) {
    const Solved solved = make_solved({.network = {.inputs = 5, .hidden = 6},
                                       .plasticity = {.norm_constraint = false},
                                       .rule = Rule::gradient_descent,
                                       .samples = 3,
                                       .learning_rate = 0.01});

    const StabilityResult result = stability_of(solved, {.transverse_epochs = 5000});

    ASSERT_LT(result.rightmost, 0.0);
    EXPECT_NEAR(result.transverse_exponent, std::log(1.0 + 0.01 * result.rightmost), 1e-6);
}

TEST(StabilityMeasurement, AtTheLastWeightsSaysNothingOfADivergedRun) {
    const Solved solved = make_solved({});
    const std::unique_ptr<Core> core = make_core(CoreKind::plain, solved.student, solved.problem);
    StabilityMeasurement measurement({.place = StabilityPlace::final}, solved.student, solved.problem, true, key);

    measurement.finish(*core, {.diverged = true});

    EXPECT_EQ(measurement.result().space, StabilitySpace::none);
    EXPECT_TRUE(std::isnan(measurement.result().rightmost));
}

/// What is measured of a student that was trained at its own width and at the reduced one, for no time at all.
std::pair<StabilityResult, StabilityResult> at_both_widths(const Solved& solved, StabilityPlace place) {
    const auto measured = [&](const Student& trained) {
        const std::unique_ptr<Core> core = make_core(CoreKind::plain, trained, solved.problem);
        StabilityMeasurement measurement({.place = place, .spectrum = true}, solved.student, solved.problem, true, key);
        measurement.finish(*core, {});
        return measurement.result();
    };
    return {measured(solved.student), measured(reduce_width(solved.student))};
}

TEST(StabilityMeasurement, DoesNotDependOnTheWidthReduction) {
    constexpr double tolerance = 1e-9;  // of rotated weights
    for (const double offset : {0.0, 0.3}) {
        for (const StabilityPlace place : {StabilityPlace::teacher, StabilityPlace::final}) {
            Solved solved = make_solved(
                {.network = {.inputs = 3, .hidden = 20}, .plasticity = {.hidden_flips = 1, .readout_flips = 8}});
            solved.student.start.W2.array() += offset;
            ASSERT_LT(reduce_width(solved.student).network.hidden, 20);

            const auto [full, reduced] = at_both_widths(solved, place);

            EXPECT_EQ(full.space, offset > 0.0 ? StabilitySpace::weights : StabilitySpace::residual);
            EXPECT_EQ(full.space, reduced.space);
            EXPECT_EQ(full.unstable_directions, reduced.unstable_directions);
            EXPECT_EQ(full.unstable_fraction, reduced.unstable_fraction);
            EXPECT_NEAR(full.rightmost, reduced.rightmost, tolerance);
            EXPECT_EQ(full.spectrum.size(), reduced.spectrum.size());
        }
    }
}

/// Errors of the training set, relative to the targets.
double relative_residual(const Solved& solved, const Weights& weights) {
    return (forward(solved.student.network, weights, solved.problem.X) - solved.problem.Y).norm() /
           solved.problem.Y.norm();
}

/// ln of the relative residual of a student put 1e-10 beside the solution, before each update until it is large.
std::vector<double> depart(const Solved& solved, double until, std::size_t most_updates) {
    const auto& [student, problem] = solved;
    LearningMap map(student.network, student.plasticity, student.signs, student.feedback, student.step, student.start);
    Weights weights = student.start;
    weights.W2.array() += 1e-10;
    std::vector<double> logs{std::log(relative_residual(solved, weights))};
    while (logs.size() <= most_updates && logs.back() < std::log(until)) {
        map.update(weights, problem.X, problem.Y);
        logs.push_back(std::log(relative_residual(solved, weights)));
    }
    return logs;
}

/// The rate of growth per eta and update over the last three decades; of a pair of complex rates, which makes the
/// residual swing, over whole half turns among the last five.
double growth_rate(const std::vector<double>& logs, double eta, double frequency) {
    const auto from = std::ranges::find_if(
        logs, [&](double value) { return value > logs.back() - std::log(frequency > 0.0 ? 1e5 : 1e3); });
    auto updates = static_cast<double>(logs.end() - from - 1);
    if (frequency > 0.0) {
        const double half_turn = std::numbers::pi / (eta * frequency);
        updates = std::round(std::floor(updates / half_turn) * half_turn);
    }
    const double before = logs[logs.size() - 1 - static_cast<std::size_t>(updates)];
    return (logs.back() - before) / (eta * updates);
}

std::complex<double> rightmost_rate(const Solved& solved) {
    const Matrix A = rate_matrix(make_residual_map(solved.student, solved.problem.X));
    const Eigen::VectorXcd rates = Eigen::EigenSolver<Matrix>(A).eigenvalues();
    return *std::ranges::max_element(rates, {}, [](const auto& rate) { return rate.real(); });
}

/// Linear and tanh networks of random sizes and flips, the norm constraint on and off.
Solved make_candidate(std::uint64_t seed) {
    RandomStream random({.seed = seed}, Stream::teacher_hidden, 1);
    const Index inputs = 2 + random.next_below(5);
    const Index hidden = 4 + random.next_below(12);
    const bool linear = seed % 2 == 0;
    return make_solved({.network = {.inputs = inputs,
                                    .hidden = hidden,
                                    .activation = linear ? Activation::linear : Activation::tanh,
                                    .output_activation = linear ? Activation::linear : Activation::tanh},
                        .plasticity = {.hidden_flips = random.next_below(static_cast<std::uint32_t>(inputs) + 1),
                                       .readout_flips = random.next_below(4),
                                       .norm_constraint = seed % 4 < 2},
                        .samples = 10,
                        .scale = 2.0,
                        .learning_rate = 0.01,
                        .seed = seed});
}

TEST(Stability, PredictsWhichNetworksLeaveTheManifoldAndHowFast) {
    constexpr int wanted = sanitized ? 3 : 20;
    int unstable = 0;
    int stable = 0;
    double worst = 0.0;
    for (std::uint64_t seed = 1; unstable < wanted || stable < wanted; ++seed) {
        ASSERT_LT(seed, 500U);
        const Solved solved = make_candidate(seed);
        const double rightmost = stability_of(solved).rightmost;
        if (rightmost > 0.05 && unstable < wanted) {
            const double frequency = std::abs(rightmost_rate(solved).imag());
            // A swing of less than half a turn in five decades hides the rate.
            if (frequency > 0.0 && frequency < 0.3 * rightmost) continue;
            ++unstable;
            // Small enough to stay linear, and far enough for the fastest direction to lead.
            const auto logs = depart(solved, 1e-4, 200'000);
            const double rate = growth_rate(logs, solved.student.step.learning_rate, frequency);
            EXPECT_NEAR(rate / rightmost, 1.0, 0.02) << "seed " << seed << ", rate " << rightmost;
            worst = std::max(worst, std::abs(rate / rightmost - 1.0));
        } else if (rightmost < -0.05 && stable < wanted) {
            ++stable;
            const auto logs = depart(solved, 1.0, 20'000);
            EXPECT_LT(logs.back(), logs.front() - std::log(1e3)) << "seed " << seed << ", rate " << rightmost;
        }
    }
    std::cout << "stability: " << unstable << " leave, largest error of the rate " << worst << "; " << stable
              << " return\n";
}

}  // namespace
}  // namespace curldescent
