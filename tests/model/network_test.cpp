#include "curldescent/model/network.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "support/matrices.hpp"

namespace curldescent {
namespace {

constexpr double rounding = 4.0 * std::numeric_limits<double>::epsilon();  // of a handful of operations near 1

/// Two inputs, two hidden units, one output.
const Weights small_weights{.W1 = Matrix{{1.0, 2.0}, {3.0, -4.0}}, .W2 = Matrix{{1.0, 10.0}}};

Network small_network(Activation activation, Activation output_activation) {
    return {.inputs = 2, .hidden = 2, .outputs = 1, .activation = activation, .output_activation = output_activation};
}

TEST(Forward, MultipliesTheLayersOfALinearNetwork) {
    const Network network = small_network(Activation::linear, Activation::linear);

    const Matrix outputs = forward(network, small_weights, Matrix{{1.0, 2.0}, {1.0, 0.0}});

    EXPECT_EQ(largest_difference(outputs, Matrix{{3.0 - 10.0, 2.0 + 60.0}}), 0.0);
}

TEST(Forward, PassesTheHiddenUnitsThroughTheirActivation) {
    const Network network = small_network(Activation::relu, Activation::linear);

    const Matrix outputs = forward(network, small_weights, Matrix{{1.0, 2.0}, {1.0, 0.0}});

    EXPECT_EQ(largest_difference(outputs, Matrix{{3.0, 62.0}}), 0.0);
}

TEST(Forward, PassesTheOutputsThroughTheirOwnActivation) {
    const Network network = small_network(Activation::linear, Activation::relu);

    const Matrix outputs = forward(network, small_weights, Matrix{{1.0, 2.0}, {1.0, 0.0}});

    EXPECT_EQ(largest_difference(outputs, Matrix{{0.0, 62.0}}), 0.0);
}

TEST(Forward, NestsTwoDifferentActivations) {
    const Network network{.inputs = 1,
                          .hidden = 1,
                          .outputs = 1,
                          .activation = Activation::tanh,
                          .output_activation = Activation::sigmoid};
    const Weights weights{.W1 = Matrix{{0.7}}, .W2 = Matrix{{-1.3}}};

    const Matrix outputs = forward(network, weights, Matrix{{2.0}});

    const double expected = 1.0 / (1.0 + std::exp(1.3 * std::tanh(1.4)));
    EXPECT_NEAR(outputs(0, 0), expected, rounding);
}

TEST(Forward, GivesOneRowAnOutputAndOneColumnASample) {
    const Network network{.inputs = 3, .hidden = 5, .outputs = 2};
    const Weights weights{.W1 = Matrix::Ones(5, 3), .W2 = Matrix::Ones(2, 5)};

    const Matrix outputs = forward(network, weights, Matrix::Ones(3, 4));

    EXPECT_EQ(largest_difference(outputs, Matrix::Constant(2, 4, 15.0)), 0.0);
}

TEST(Forward, OfNoSamplesIsEmpty) {
    const Network network = small_network(Activation::tanh, Activation::tanh);

    const Matrix outputs = forward(network, small_weights, Matrix(2, 0));

    EXPECT_EQ(outputs.rows(), 1);
    EXPECT_EQ(outputs.cols(), 0);
}

TEST(MeanSquaredLoss, IsHalfTheMeanOverSamplesAndOutputs) {
    const Matrix outputs{{1.0, 2.0, 3.0}, {0.0, 0.0, 0.0}};
    const Matrix targets{{1.0, 4.0, 3.0}, {0.0, 0.0, 4.0}};

    EXPECT_NEAR(mean_squared_loss(outputs, targets), 0.5 * (4.0 + 16.0) / 6.0, rounding);
}

TEST(MeanSquaredLoss, IsZeroForEqualOutputs) {
    EXPECT_EQ(mean_squared_loss(Matrix::Ones(2, 3), Matrix::Ones(2, 3)), 0.0);
}

TEST(MeanSquaredLoss, HasNoFloor) {
    EXPECT_NEAR(mean_squared_loss(Matrix{{2e-100}}, Matrix{{0.0}}) / 2e-200, 1.0, rounding);
}

TEST(MeanSquaredLoss, IsMissingWithoutSamples) {
    EXPECT_TRUE(std::isnan(mean_squared_loss(Matrix(2, 0), Matrix(2, 0))));
}

}  // namespace
}  // namespace curldescent
