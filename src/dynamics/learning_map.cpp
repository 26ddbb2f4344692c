#include "curldescent/dynamics/learning_map.hpp"

#include <cmath>
#include <limits>
#include <utility>

namespace curldescent {
namespace {

/// Scales W to a Frobenius norm. A norm that overflows gives NaN, so that the run counts as diverged.
void rescale(Matrix& W, double norm) {
    const double current = W.norm();
    if (norm == 0.0) {
        W.setZero();
    } else {
        W *= std::isfinite(current) ? norm / current : std::numeric_limits<double>::quiet_NaN();
    }
}

}  // namespace

LearningMap::LearningMap(const Network& network, const Plasticity& plasticity, PlasticitySigns signs, Matrix feedback,
                         const StepSize& step, const Weights& start)
    : network_(network),
      plasticity_(plasticity),
      signs_(std::move(signs)),
      feedback_(std::move(feedback)),
      rate_(step.per_update()),
      norm_W1_(start.W1.norm()),
      norm_W2_(start.W2.norm()) {}

double LearningMap::propagate(const Weights& weights, const ConstMatrixRef& X_b, const ConstMatrixRef& Y_b) {
    const auto& [W1, W2] = weights;
    H_.noalias() = W1 * X_b;
    apply_activation(network_.activation, H_);
    Y_hat_.noalias() = W2 * H_;
    apply_activation(network_.output_activation, Y_hat_);

    delta2_ = Y_hat_ - Y_b;
    const double squared_error = delta2_.squaredNorm();
    if (plasticity_.output_delta == OutputDelta::gradient) {
        multiply_by_derivative(network_.output_activation, Y_hat_, delta2_);
    }
    if (feedback_.size() > 0) {
        delta1_.noalias() = feedback_ * delta2_;
    } else {
        delta1_.noalias() = W2.transpose() * delta2_;
    }
    multiply_by_derivative(network_.activation, H_, delta1_);
    return squared_error;
}

double LearningMap::update(Weights& weights, const ConstMatrixRef& X_b, const ConstMatrixRef& Y_b) {
    const double squared_error = propagate(weights, X_b, Y_b);

    // D1 and D2 scale the thin factor of each increment: delta H^T D = delta (D H)^T, and D delta H^T = (D delta) H^T.
    const auto D1 = signs_.D1.asDiagonal();
    const auto D2 = signs_.D2.asDiagonal();
    const double step = -rate_ / static_cast<double>(X_b.cols());
    auto& [W1, W2] = weights;
    if (plasticity_.side == FlipSide::presynaptic) {
        signed_H_.noalias() = D2 * H_;
        signed_X_.noalias() = D1 * X_b;
        W2.noalias() += step * delta2_ * signed_H_.transpose();
        W1.noalias() += step * delta1_ * signed_X_.transpose();
    } else {
        delta2_ = D2 * delta2_;
        delta1_ = D1 * delta1_;
        W2.noalias() += step * delta2_ * H_.transpose();
        W1.noalias() += step * delta1_ * X_b.transpose();
    }

    if (plasticity_.norm_constraint) {
        rescale(W1, norm_W1_);
        rescale(W2, norm_W2_);
    }
    return squared_error;
}

}  // namespace curldescent
