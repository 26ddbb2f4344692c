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

double LearningMap::update(Weights& weights, const ConstMatrixRef& X_b, const ConstMatrixRef& Y_b) {
    pass_.propagate(network_, plasticity_.output_delta, feedback_, weights, X_b, Y_b);
    auto& [H, Y_hat, E, delta2, carried, delta1] = pass_;

    // D1 and D2 scale the thin factor of each increment: delta H^T D = delta (D H)^T, and D delta H^T = (D delta) H^T.
    const auto D1 = signs_.D1.asDiagonal();
    const auto D2 = signs_.D2.asDiagonal();
    const double step = -rate_ / static_cast<double>(X_b.cols());
    auto& [W1, W2] = weights;
    if (plasticity_.side == FlipSide::presynaptic) {
        signed_H_.noalias() = D2 * H;
        signed_X_.noalias() = D1 * X_b;
        W2.noalias() += step * delta2 * signed_H_.transpose();
        W1.noalias() += step * delta1 * signed_X_.transpose();
    } else {
        delta2 = D2 * delta2;
        delta1 = D1 * delta1;
        W2.noalias() += step * delta2 * H.transpose();
        W1.noalias() += step * delta1 * X_b.transpose();
    }

    if (plasticity_.norm_constraint) {
        rescale(W1, norm_W1_);
        rescale(W2, norm_W2_);
    }
    return E.squaredNorm();
}

}  // namespace curldescent
