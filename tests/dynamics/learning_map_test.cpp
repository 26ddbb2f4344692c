#include "curldescent/dynamics/learning_map.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <ostream>
#include <vector>

#include "curldescent/model/initialization.hpp"
#include "curldescent/model/problem.hpp"
#include "support/matrices.hpp"
#include "support/numerical_gradient.hpp"

namespace curldescent {
namespace {

constexpr StreamKey key{.seed = 17};
constexpr double rounding = 8.0 * std::numeric_limits<double>::epsilon();  // of a handful of operations
constexpr StepSize one_tenth{.learning_rate = 0.1, .batch = 1, .samples = 1};

const Plasticity free_norm{.norm_constraint = false};

LearningMap make_map(const Network& network, const Plasticity& plasticity, Rule rule, const StepSize& step,
                     const Weights& start, const Matrix& feedback = Matrix()) {
    return {network, plasticity, make_signs(network, plasticity, rule), feedback, step, start};
}

Weights random_weights(const Network& network) {
    return make_student(network, {.student_scale = 2.0}, Weights{}, key);
}

Problem random_problem(const Network& network, Index samples) {
    const Weights teacher = make_teacher(network, {.teacher_scale = 2.0, .teacher_hidden = 3}, key);
    return make_problem(network, teacher, samples, 0, SuppliedData{}, key);
}

/// One input, hidden unit and output: h = 2, y_hat = 6 and E = 1 for x = 1, y = 5.
const Network single{.inputs = 1, .hidden = 1, .outputs = 1};
const Weights single_start{.W1 = Matrix{{2.0}}, .W2 = Matrix{{3.0}}};

/// Two inputs and hidden units, one output: H = (1, 2), E = 4 for x = (1, 2), y = -1.
const Network pair{.inputs = 2, .hidden = 2, .outputs = 1};
const Weights pair_start{.W1 = Matrix::Identity(2, 2), .W2 = Matrix{{1.0, 1.0}}};

Weights pair_after_one_update(const Plasticity& plasticity) {
    LearningMap map = make_map(pair, plasticity, Rule::curl_descent, one_tenth, pair_start);
    Weights weights = pair_start;
    map.update(weights, Matrix{{1.0}, {2.0}}, Matrix{{-1.0}});
    return weights;
}

TEST(LearningMap, ComputesBothIncrementsFromTheOldWeights) {
    LearningMap map = make_map(single, free_norm, Rule::gradient_descent, one_tenth, single_start);
    Weights weights = single_start;

    map.update(weights, Matrix{{1.0}}, Matrix{{5.0}});

    EXPECT_NEAR(weights.W1(0, 0), 2.0 - 0.1 * 3.0, rounding);
    EXPECT_NEAR(weights.W2(0, 0), 3.0 - 0.1 * 2.0, rounding);
}

TEST(LearningMap, FlipsPresynapticNeuronsColumnByColumn) {
    const Weights weights = pair_after_one_update({.hidden_flips = 1, .readout_flips = 1, .norm_constraint = false});

    EXPECT_LT(largest_difference(weights.W1, Matrix{{1.0 + 0.4, -0.8}, {0.4, 1.0 - 0.8}}), rounding);
    EXPECT_LT(largest_difference(weights.W2, Matrix{{1.0 + 0.4, 1.0 - 0.8}}), rounding);
}

TEST(LearningMap, FlipsPostsynapticNeuronsRowByRow) {
    const Weights weights = pair_after_one_update(
        {.hidden_flips = 1, .readout_flips = 1, .side = FlipSide::postsynaptic, .norm_constraint = false});

    EXPECT_LT(largest_difference(weights.W1, Matrix{{1.0 + 0.4, 0.8}, {-0.4, 1.0 - 0.8}}), rounding);
    EXPECT_LT(largest_difference(weights.W2, Matrix{{1.0 + 0.4, 1.0 + 0.8}}), rounding);
}

TEST(LearningMap, FreezesSynapsesOfStrengthZero) {
    const Weights weights = pair_after_one_update(
        {.hidden_flips = 1, .readout_flips = 1, .flipped_strength = 0.0, .norm_constraint = false});

    EXPECT_EQ(largest_difference(weights.W1.col(0), pair_start.W1.col(0)), 0.0);
    EXPECT_EQ(weights.W2(0, 0), 1.0);
    EXPECT_LT(largest_difference(weights.W1.col(1), Vector{{-0.8, 1.0 - 0.8}}), rounding);
    EXPECT_NEAR(weights.W2(0, 1), 1.0 - 0.8, rounding);
}

TEST(LearningMap, CarriesTheErrorBackThroughTheRandomFeedbackInsteadOfTheReadout) {
    LearningMap map = make_map(single, free_norm, Rule::feedback_alignment, one_tenth, single_start, Matrix{{-7.0}});
    Weights weights = single_start;

    map.update(weights, Matrix{{1.0}}, Matrix{{5.0}});

    EXPECT_NEAR(weights.W1(0, 0), 2.0 - 0.1 * -7.0, rounding);
    EXPECT_NEAR(weights.W2(0, 0), 3.0 - 0.1 * 2.0, rounding);
}

TEST(LearningMap, DividesByTheSizeOfAShortBatch) {
    const StepSize step{.learning_rate = 0.4, .batch = 4, .samples = 8};  // 0.2 an update
    LearningMap map = make_map(single, free_norm, Rule::gradient_descent, step, single_start);
    Weights weights = single_start;

    map.update(weights, Matrix{{1.0, 1.0, 1.0}}, Matrix{{5.0, 4.0, 3.0}});

    // Errors 1, 2 and 3, of mean 2.
    EXPECT_NEAR(weights.W1(0, 0), 2.0 - 0.2 * 3.0 * 2.0, rounding);
    EXPECT_NEAR(weights.W2(0, 0), 3.0 - 0.2 * 2.0 * 2.0, rounding);
}

TEST(LearningMap, CutsItsSumsAlikeOnEveryCpu) {
    EXPECT_EQ(Eigen::l1CacheSize(), Eigen::internal::defaultL1CacheSize);
    EXPECT_EQ(Eigen::l2CacheSize(), Eigen::internal::defaultL2CacheSize);
    EXPECT_EQ(Eigen::l3CacheSize(), Eigen::internal::defaultL3CacheSize);
}

TEST(LearningMap, LeavesHiddenUnitsBelowZeroAloneWithRelu) {
    Network network = pair;
    network.activation = Activation::relu;
    const Weights start{.W1 = Matrix{{1.0, 0.0}, {0.0, -1.0}}, .W2 = Matrix{{1.0, 1.0}}};
    LearningMap map = make_map(network, free_norm, Rule::gradient_descent, one_tenth, start);
    Weights weights = start;

    map.update(weights, Matrix{{1.0}, {2.0}}, Matrix{{-1.0}});

    // H = (1, 0), E = 2.
    EXPECT_LT(largest_difference(weights.W1, Matrix{{1.0 - 0.2, -0.4}, {0.0, -1.0}}), rounding);
    EXPECT_LT(largest_difference(weights.W2, Matrix{{1.0 - 0.2, 1.0}}), rounding);
}

TEST(LearningMap, TakesTheErrorItselfOrTheGradientAsOutputDelta) {
    Network network = single;
    network.output_activation = Activation::tanh;
    const Weights start{.W1 = Matrix{{1.0}}, .W2 = Matrix{{std::log(2.0)}}};  // y_hat = 0.6
    const Plasticity with_gradient{.norm_constraint = false, .output_delta = OutputDelta::gradient};
    LearningMap by_error = make_map(network, free_norm, Rule::gradient_descent, one_tenth, start);
    LearningMap by_gradient = make_map(network, with_gradient, Rule::gradient_descent, one_tenth, start);
    Weights after_error = start;
    Weights after_gradient = start;

    by_error.update(after_error, Matrix{{1.0}}, Matrix{{-0.4}});
    by_gradient.update(after_gradient, Matrix{{1.0}}, Matrix{{-0.4}});

    EXPECT_NEAR(after_error.W2(0, 0), std::log(2.0) - 0.1, rounding);
    EXPECT_NEAR(after_gradient.W2(0, 0), std::log(2.0) - 0.1 * (1.0 - 0.36), rounding);
}

TEST(LearningMap, KeepsBothFrobeniusNormsUnderTheConstraint) {
    const Network network{.inputs = 5, .hidden = 8, .outputs = 3, .activation = Activation::tanh};
    const Plasticity plasticity{.hidden_flips = 2, .readout_flips = 3, .norm_constraint = true};
    const Weights start = random_weights(network);
    const Problem problem = random_problem(network, 12);
    LearningMap map = make_map(network, plasticity, Rule::curl_descent, {0.5, 12, 12}, start);
    Weights weights = start;

    for (int update = 0; update < 100; ++update) map.update(weights, problem.X, problem.Y);

    EXPECT_GT(largest_difference(weights.W1, start.W1), 0.1);
    EXPECT_NEAR(weights.W1.norm() / start.W1.norm(), 1.0, rounding);
    EXPECT_NEAR(weights.W2.norm() / start.W2.norm(), 1.0, rounding);
}

TEST(LearningMap, RescalesAfterTheUpdateToTheNormsOfTheStart) {
    const Plasticity plasticity{.norm_constraint = true};
    const Weights start{.W1 = Matrix{{-10.0}}, .W2 = Matrix{{20.0}}};
    LearningMap map = make_map(single, plasticity, Rule::gradient_descent, one_tenth, start);
    Weights weights = single_start;

    map.update(weights, Matrix{{1.0}}, Matrix{{5.0}});

    EXPECT_NEAR(weights.W1(0, 0), 10.0, 10.0 * rounding);
    EXPECT_NEAR(weights.W2(0, 0), 20.0, 20.0 * rounding);
}

TEST(LearningMap, KeepsALayerThatStartsAtZeroThere) {
    const Weights start{.W1 = Matrix{{2.0}}, .W2 = Matrix{{0.0}}};
    LearningMap map = make_map(single, Plasticity{}, Rule::gradient_descent, one_tenth, start);
    Weights weights = start;

    map.update(weights, Matrix{{1.0}}, Matrix{{5.0}});

    EXPECT_EQ(weights.W2(0, 0), 0.0);
    EXPECT_EQ(weights.W1(0, 0), 2.0);
}

TEST(LearningMap, MakesANormThatOverflowsNaN) {
    const StepSize huge{.learning_rate = 1e160, .batch = 1, .samples = 1};
    LearningMap map = make_map(single, Plasticity{}, Rule::gradient_descent, huge, single_start);
    Weights weights = single_start;

    map.update(weights, Matrix{{1.0}}, Matrix{{5.0}});

    EXPECT_TRUE(std::isnan(weights.W1(0, 0)));
}

TEST(LearningMap, LowersTheLossAtEveryEpochOfSmallFullBatchLinearGradientDescent) {
    const Network network{.inputs = 5, .hidden = 8, .outputs = 2};
    const Weights start = random_weights(network);
    const Problem problem = random_problem(network, 20);
    LearningMap map = make_map(network, free_norm, Rule::gradient_descent, {0.02, 20, 20}, start);
    Weights weights = start;
    const double first_loss = mean_squared_loss(forward(network, weights, problem.X), problem.Y);

    double loss = first_loss;
    for (int epoch = 1; epoch <= 500; ++epoch) {
        map.update(weights, problem.X, problem.Y);
        const double next_loss = mean_squared_loss(forward(network, weights, problem.X), problem.Y);
        ASSERT_LT(next_loss, loss) << "in epoch " << epoch;
        loss = next_loss;
    }

    EXPECT_LT(loss, 0.1 * first_loss);
}

/// Trains an excitatory/inhibitory tanh network, whose forward pass is W D x but whose plasticity ignores D,
/// on the full batch.
Weights train_signed_network(const PlasticitySigns& signs, Weights weights, const Problem& problem, double rate,
                             int updates) {
    auto& [W1, W2] = weights;
    for (int update = 0; update < updates; ++update) {
        const Matrix W1_D = W1 * signs.D1.asDiagonal();
        const Matrix W2_D = W2 * signs.D2.asDiagonal();
        const Matrix H = (W1_D * problem.X).array().tanh();
        const Matrix E = W2_D * H - problem.Y;
        const Matrix delta1 = (W2_D.transpose() * E).array() * (1.0 - H.array().square());
        const double step = rate / static_cast<double>(problem.X.cols());
        W2 -= step * E * H.transpose();
        W1 -= step * delta1 * problem.X.transpose();
    }
    return weights;
}

TEST(LearningMap, IsAnExcitatoryInhibitoryNetworkInOtherCoordinates) {
    constexpr int updates = 60;
    constexpr double tolerance = 1e-13;  // rounding over the updates, while the weights stay of order one
    const Network network{.inputs = 5, .hidden = 8, .outputs = 2, .activation = Activation::tanh};
    const Plasticity plasticity{.hidden_flips = 2, .readout_flips = 3, .norm_constraint = false};
    const PlasticitySigns signs = make_signs(network, plasticity, Rule::curl_descent);
    const Weights signed_start = random_weights(network);
    const Problem problem = random_problem(network, 12);
    const Weights start{.W1 = signed_start.W1 * signs.D1.asDiagonal(), .W2 = signed_start.W2 * signs.D2.asDiagonal()};
    LearningMap map = make_map(network, plasticity, Rule::curl_descent, {0.05, 12, 12}, start);
    Weights weights = start;

    for (int update = 0; update < updates; ++update) map.update(weights, problem.X, problem.Y);
    const Weights trained = train_signed_network(signs, signed_start, problem, 0.05, updates);

    EXPECT_GT(largest_difference(weights.W1, start.W1), 0.01);
    EXPECT_LT(largest_difference(weights.W1, trained.W1 * signs.D1.asDiagonal()), tolerance);
    EXPECT_LT(largest_difference(weights.W2, trained.W2 * signs.D2.asDiagonal()), tolerance);
}

struct GradientCase {
    Activation activation;
    Activation output_activation;
    Index outputs;
};

void PrintTo(const GradientCase& gradient_case, std::ostream* stream) {
    const auto& [activation, output_activation, outputs] = gradient_case;
    *stream << to_string(activation) << ", " << to_string(output_activation) << " output, O = " << outputs;
}

std::vector<GradientCase> smooth_cases() {
    using enum Activation;
    std::vector<GradientCase> cases;
    for (const Index outputs : {1, 3}) {
        for (const Activation activation : {linear, tanh, sigmoid}) {
            for (const Activation output_activation : {linear, tanh, sigmoid}) {
                cases.push_back({activation, output_activation, outputs});
            }
        }
    }
    return cases;
}

class GradientDescent : public testing::TestWithParam<GradientCase> {};

TEST_P(GradientDescent, StepsAgainstTheGradientOfTheLoss) {
    constexpr double tolerance = 1e-8;  // of the central differences, as a share of the largest entry
    const auto& [activation, output_activation, outputs] = GetParam();
    const Network network{
        .inputs = 4, .hidden = 6, .outputs = outputs, .activation = activation, .output_activation = output_activation};
    const Plasticity plasticity{.norm_constraint = false, .output_delta = OutputDelta::gradient};
    const StepSize step{.learning_rate = 1.4, .batch = 5, .samples = 10};
    const Weights start = random_weights(network);
    const Problem batch = random_problem(network, 5);
    LearningMap map = make_map(network, plasticity, Rule::gradient_descent, step, start);
    Weights weights = start;

    map.update(weights, batch.X, batch.Y);

    // The rule sums over outputs where the loss averages: dW = -eta_b O dLoss/dW.
    const double rate = 0.7 * static_cast<double>(outputs);
    const Matrix gradient_W1 = numerical_gradient(network, start, &Weights::W1, batch);
    const Matrix gradient_W2 = numerical_gradient(network, start, &Weights::W2, batch);
    EXPECT_LT(relative_error((start.W1 - weights.W1) / rate, gradient_W1), tolerance);
    EXPECT_LT(relative_error((start.W2 - weights.W2) / rate, gradient_W2), tolerance);
}

INSTANTIATE_TEST_SUITE_P(SmoothActivations, GradientDescent, testing::ValuesIn(smooth_cases()));

}  // namespace
}  // namespace curldescent
