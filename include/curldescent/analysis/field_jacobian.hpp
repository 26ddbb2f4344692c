#pragma once

#include "curldescent/dynamics/tangent_map.hpp"
#include "curldescent/model/problem.hpp"

namespace curldescent {

/// The Jacobian J of a rule's update field dW / d(eta t) at some weights, for the full batch and without the norm
/// constraint, as products with it. A vector holds the entries of W1, then of W2, column by column.
class FieldJacobian {
  public:
    /// Keeps a reference to `problem`.
    FieldJacobian(const Student& student, Weights weights, const Problem& problem);

    /// The number n of all weights.
    [[nodiscard]] Index size() const { return weights_.W1.size() + weights_.W2.size(); }

    /// J V for the columns of V [n x any].
    Matrix times(const ConstMatrixRef& V);

    /// J itself [n x n].
    Matrix matrix();

  private:
    TangentMap map_;
    Weights weights_;
    const Problem& problem_;
};

/// The entries of W1, then of W2, column by column [n].
Vector flattened(const Weights& weights);

/// The weights with these entries, in the shape of `shape`.
Weights unflattened(const Eigen::Ref<const Vector>& entries, const Weights& shape);

}  // namespace curldescent
