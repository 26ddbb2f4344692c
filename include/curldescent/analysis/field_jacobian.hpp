#pragma once

#include "curldescent/dynamics/batch_pass.hpp"
#include "curldescent/dynamics/core.hpp"
#include "curldescent/model/problem.hpp"

namespace curldescent {

/// The Jacobian J of a rule's update field dW / d(eta t) at some weights, for the full batch and without the norm
/// constraint. A vector holds the entries of W1, then of W2, column by column.
///
/// Samples are taken through the network once, so that a product costs no more than its own multiply-adds. It is that
/// of `TangentMap` with a step of 1. With z = W2 h, q = d delta2 / d z and the gradients R_o of z_o by all weights, L_o
/// the same with F in place of W2^T, the matrix is
///
///     J = -D / P sum over samples (sum over o of L_o q_o R_o^T  +  what each hidden unit's own weights do to each
///     other)
class FieldJacobian {
  public:
    /// Keeps a reference to `problem`.
    FieldJacobian(const Student& student, Weights weights, const Problem& problem);

    /// The number n of all weights.
    [[nodiscard]] Index size() const { return weights_.W1.size() + weights_.W2.size(); }

    /// J V for the columns of V [n x any].
    [[nodiscard]] Matrix times(const ConstMatrixRef& V) const;

    /// J itself [n x n].
    [[nodiscard]] Matrix matrix() const;

    /// The mean of delta2 x^T over samples [O x M].
    [[nodiscard]] Matrix error_inputs() const;

  private:
    [[nodiscard]] bool has_feedback() const { return feedback_.size() > 0; }
    [[nodiscard]] Weights product(const Weights& tangent) const;
    [[nodiscard]] Matrix output_gradients(Index output, const Vector& readout, Index first, Index count) const;
    void add_couplings_of_all_units(Matrix& J) const;
    void add_couplings_within_units(Matrix& J) const;

    Weights weights_;
    const Problem& problem_;
    Matrix feedback_;  // [N x O], or empty for W2^T
    BatchPass pass_;
    Matrix slope_;         // phi' [N x P]
    Matrix bend_;          // phi'' .* (F delta2) [N x P]
    Matrix output_slope_;  // q [O x P]
    Vector scale_;         // -D / P, for each weight
};

/// The entries of W1, then of W2, column by column [n].
Vector flattened(const Weights& weights);

/// The weights with these entries, in the shape of `shape`.
Weights unflattened(const Eigen::Ref<const Vector>& entries, const Weights& shape);

}  // namespace curldescent
