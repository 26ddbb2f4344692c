#include "curldescent/dynamics/batch_pass.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "support/matrices.hpp"

namespace curldescent {
namespace {

// One input, two relu units, one output, one sample: a = (2, -1), h = (2, 0), y_hat = 3 * 2 = 6, E = 6 - 1 = 5.
const Network network{.inputs = 1, .hidden = 2, .outputs = 1, .activation = Activation::relu};
const Weights weights{.W1 = Matrix{{2.0}, {-1.0}}, .W2 = Matrix{{3.0, 4.0}}};
const Matrix x{{1.0}};
const Matrix y{{1.0}};

TEST(BatchPass, GoesForwardThroughBothLayers) {
    BatchPass pass;
    pass.propagate(network, OutputDelta::error, Matrix(), weights, x, y);

    EXPECT_EQ(largest_difference(pass.H, Matrix{{2.0}, {0.0}}), 0.0);
    EXPECT_EQ(pass.Y_hat(0, 0), 6.0);
    EXPECT_EQ(pass.E(0, 0), 5.0);
}

TEST(BatchPass, CarriesTheErrorBackThroughTheReadout) {
    BatchPass pass;
    pass.propagate(network, OutputDelta::error, Matrix(), weights, x, y);

    EXPECT_EQ(largest_difference(pass.carried, Matrix{{15.0}, {20.0}}), 0.0);
    EXPECT_EQ(largest_difference(pass.delta1, Matrix{{15.0}, {0.0}}), 0.0);
}

TEST(BatchPass, CarriesTheErrorBackThroughGivenFeedback) {
    BatchPass pass;
    pass.propagate(network, OutputDelta::error, Matrix{{-1.0}, {1.0}}, weights, x, y);

    EXPECT_EQ(largest_difference(pass.delta1, Matrix{{-5.0}, {0.0}}), 0.0);
}

TEST(BatchPass, MultipliesTheErrorByTheOutputsDerivativeWhereAsked) {
    Network with_tanh = network;
    with_tanh.output_activation = Activation::tanh;
    const Weights small{.W1 = weights.W1, .W2 = Matrix{{0.25, 4.0}}};
    BatchPass pass;
    pass.propagate(with_tanh, OutputDelta::gradient, Matrix(), small, x, y);

    const double y_hat = std::tanh(0.5);
    EXPECT_NEAR(pass.delta2(0, 0), (y_hat - 1.0) * (1.0 - y_hat * y_hat), 1e-15);
}

}  // namespace
}  // namespace curldescent
