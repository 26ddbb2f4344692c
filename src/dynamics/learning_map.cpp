#include "curldescent/dynamics/learning_map.hpp"

#include <utility>

namespace curldescent {

LearningMap::LearningMap(const Network& network, const Plasticity& plasticity, PlasticitySigns signs,
                         Matrix feedback, const StepSize& step, const Weights& start)
    : network_(network),
      plasticity_(plasticity),
      signs_(std::move(signs)),
      feedback_(std::move(feedback)),
      rate_(step.per_update()),
      norm_W1_(start.W1.norm()),
      norm_W2_(start.W2.norm()) {}

void LearningMap::propagate(const Weights& weights, const ConstMatrixRef& X_b, const ConstMatrixRef& Y_b) {
    const auto& [W1, W2] = weights;
    H_.noalias() = W1 * X_b;
    apply_activation(network_.activation, H_);
    Y_hat_.noalias() = W2 * H_;
    apply_activation(network_.output_activation, Y_hat_);

    delta2_ = Y_hat_ - Y_b;
    if (plasticity_.output_delta == OutputDelta::gradient) {
        multiply_by_derivative(network_.output_activation, Y_hat_, delta2_);
    }
    if (feedback_.size() > 0) {
        delta1_.noalias() = feedback_ * delta2_;
    } else {
        delta1_.noalias() = W2.transpose() * delta2_;
    }
    multiply_by_derivative(network_.activation, H_, delta1_);
}

void LearningMap::update(Weights& weights, const ConstMatrixRef& X_b, const ConstMatrixRef& Y_b) {
    propagate(weights, X_b, Y_b);

    const double step = -rate_ / static_cast<double>(X_b.cols());
    dW2_.noalias() = step * delta2_ * H_.transpose();
    dW1_.noalias() = step * delta1_ * X_b.transpose();
    const auto D1 = signs_.D1.asDiagonal();
    const auto D2 = signs_.D2.asDiagonal();
    auto& [W1, W2] = weights;
    if (plasticity_.side == FlipSide::presynaptic) {
        W2 += dW2_ * D2;
        W1 += dW1_ * D1;
    } else {
        W2 += D2 * dW2_;
        W1 += D1 * dW1_;
    }

    if (plasticity_.norm_constraint) {
        W1 *= norm_W1_ / W1.norm();
        W2 *= norm_W2_ / W2.norm();
    }
}

}  // namespace curldescent
