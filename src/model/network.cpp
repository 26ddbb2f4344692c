#include "curldescent/model/network.hpp"

namespace curldescent {

namespace {

/// As one long column: short ones would leave lanes unused.
void activate_all(Activation activation, Matrix& values) {
    apply_activation(activation, Eigen::Map<Matrix>(values.data(), values.size(), 1));
}

}  // namespace

Matrix forward(const Network& network, const Weights& weights, const ConstMatrixRef& X) {
    Matrix outputs;
    if (network.activation == Activation::linear) {
        outputs = Matrix(weights.W2 * weights.W1) * X;  // no need of the hidden units
    } else {
        Matrix hidden = weights.W1 * X;
        activate_all(network.activation, hidden);
        outputs = weights.W2 * hidden;
    }
    activate_all(network.output_activation, outputs);
    return outputs;
}

double mean_squared_loss(const ConstMatrixRef& outputs, const ConstMatrixRef& targets) {
    return 0.5 * (outputs - targets).squaredNorm() / static_cast<double>(targets.size());
}

}  // namespace curldescent
