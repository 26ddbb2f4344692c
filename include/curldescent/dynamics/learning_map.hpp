#pragma once

#include "curldescent/dynamics/batch_pass.hpp"

namespace curldescent {

/// The size of a step (MODEL.md section 2): eta_b = learning_rate * batch / samples, so that the learning rate is one
/// per epoch whatever the batch.
struct StepSize {
    double learning_rate = 0.1;  ///< eta, per epoch
    Index batch = 10;            ///< B, nominal batch size
    Index samples = 250;         ///< P

    /// eta_b, the rate of one update.
    [[nodiscard]] double per_update() const {
        return learning_rate * static_cast<double>(batch) / static_cast<double>(samples);
    }
};

/// One update of the weights from a batch (MODEL.md section 2):
///
///     delta2 = E, or E .* phi_out'(W2 h)
///     delta1 = (F delta2) .* phi'(W1 x),  F = W2^T or a fixed random matrix
///     presynaptic :  dW2 = -(eta_b/|b|) delta2 H^T D2    dW1 = -(eta_b/|b|) delta1 X_b^T D1
///     postsynaptic:  dW2 = -(eta_b/|b|) D2 delta2 H^T    dW1 = -(eta_b/|b|) D1 delta1 X_b^T
///
/// both from the old weights, then applied together; with the norm constraint both matrices are then rescaled to the
/// Frobenius norms they had at the start. This is the readable definition of the dynamics.
class LearningMap {
  public:
    /// `signs` as made for the rule, `feedback` [N x O] for random feedback or empty for W2^T. The norms of `start`
    /// are those that the norm constraint keeps.
    LearningMap(const Network& network, const Plasticity& plasticity, PlasticitySigns signs, Matrix feedback,
                const StepSize& step, const Weights& start);

    /// Applies one update. X_b [M x |b|] and Y_b [O x |b|] hold the samples of this batch, |b| at least 1. Returns the
    /// sum of (y_hat - y)^2 before it.
    double update(Weights& weights, const ConstMatrixRef& X_b, const ConstMatrixRef& Y_b);

  private:
    Network network_;
    Plasticity plasticity_;
    PlasticitySigns signs_;
    Matrix feedback_;
    double rate_;
    double norm_W1_;
    double norm_W2_;
    // Of the last batch, kept to spare allocations.
    BatchPass pass_;
    Matrix signed_H_;  // D2 H [N x |b|]
    Matrix signed_X_;  // D1 X_b [M x |b|]
};

}  // namespace curldescent
