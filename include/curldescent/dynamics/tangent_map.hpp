#pragma once

#include <span>

#include "curldescent/dynamics/batch_pass.hpp"
#include "curldescent/dynamics/core.hpp"

namespace curldescent {

/// The exact derivative of `LearningMap` (MODEL.md section 5). A tangent V = (V1, V2), in the shape of the weights,
/// moves with them:
///
///     dH = phi' .* (V1 X_b)      dY_hat = phi_out' .* (V2 H + W2 dH)
///     d delta2 = dY_hat, or phi_out' .* dY_hat + E .* phi_out'' .* (V2 H + W2 dH)
///     d delta1 = phi' .* (F d delta2 [+ V2^T delta2 for F = W2^T]) + phi'' .* (V1 X_b) .* (F delta2)
///     V2 += -(eta_b/|b|) (d delta2 H^T + delta2 dH^T) with D2    V1 += -(eta_b/|b|) d delta1 X_b^T with D1
///
/// and, with the norm constraint (n the norm kept, U the weights before they are rescaled):
///
///     V -> n / ||U|| (V - U <U, V> / ||U||^2)    for each layer
///
/// The derivatives of relu are those of `derivative` and 0: exact away from its kink. This is the readable definition.
class TangentMap {
  public:
    /// Of the learning map of this student, whose start gives the norms kept.
    explicit TangentMap(const Student& student);

    /// Carries each tangent through the update that `LearningMap` makes of `weights`, which are those of before it,
    /// from X_b [M x |b|] and Y_b [O x |b|].
    void propagate(std::span<Weights> tangents, const Weights& weights, const ConstMatrixRef& X_b,
                   const ConstMatrixRef& Y_b);

  private:
    void add_increment(Weights& tangent, const Weights& weights, const ConstMatrixRef& X_b);
    void add_signed(Matrix& tangent, const Matrix& delta, const ConstMatrixRef& values, const Vector& signs,
                    double step) const;

    Network network_;
    Plasticity plasticity_;
    PlasticitySigns signs_;
    Matrix feedback_;
    double rate_;
    double norm_W1_;
    double norm_W2_;
    BatchPass pass_;
};

}  // namespace curldescent
