#pragma once

#include "curldescent/dynamics/scaled_matrix.hpp"

namespace curldescent {

/// What the norm constraint multiplied each layer by: n / ||U|| for weights U before it. One without the constraint.
struct LayerFactors {
    double W1 = 1.0;
    double W2 = 1.0;
};

/// Carries the tangent V of a layer, laid out as its entries, through the norm constraint: V -> n / ||U|| (V - U <U, V>
/// /
/// ||U||^2). `weights` are those behind it, a multiple of U; `factor` is n / ||U||.
inline void project(Eigen::Ref<Vector> tangent, const ScaledMatrix& weights, double factor) {
    if (weights.norm == 0.0) {
        tangent.setZero();
        return;
    }
    const auto entries = Vector::Map(weights.entries.data(), weights.entries.size());
    tangent = factor * (tangent - entries.dot(tangent) / weights.square * entries);
}

}  // namespace curldescent
