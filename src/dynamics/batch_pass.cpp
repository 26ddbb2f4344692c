#include "curldescent/dynamics/batch_pass.hpp"

namespace curldescent {

void BatchPass::propagate(const Network& network, OutputDelta output_delta, const Matrix& feedback,
                          const Weights& weights, const ConstMatrixRef& X_b, const ConstMatrixRef& Y_b) {
    const auto& [W1, W2] = weights;
    H.noalias() = W1 * X_b;
    apply_activation(network.activation, H);
    Y_hat.noalias() = W2 * H;
    apply_activation(network.output_activation, Y_hat);

    E = Y_hat - Y_b;
    delta2 = E;
    if (output_delta == OutputDelta::gradient) multiply_by_derivative(network.output_activation, Y_hat, delta2);
    if (feedback.size() > 0) {
        carried.noalias() = feedback * delta2;
    } else {
        carried.noalias() = W2.transpose() * delta2;
    }
    delta1 = carried;
    multiply_by_derivative(network.activation, H, delta1);
}

}  // namespace curldescent
