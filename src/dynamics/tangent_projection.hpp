#pragma once

#include "curldescent/dynamics/scaled_matrix.hpp"

namespace curldescent {

/// What the norm constraint multiplied each layer by: n / ||U|| for weights U before it. One without the constraint.
struct LayerFactors {
    double W1 = 1.0;
    double W2 = 1.0;
};

/// Carries the tangent V of a layer, laid out as its entries, through the norm constraint: V -> n / ||U|| (V - U <U, V> /
/// ||U||^2). `weights` are those behind it, a multiple of U; `factor` is n / ||U|| and `product` <entries, V>.
inline void project(Eigen::Ref<Matrix> tangent, const ScaledMatrix& weights, double factor, double product) {
    if (weights.norm == 0.0) {
        tangent.setZero();
    } else {
        tangent = factor * (tangent - product / weights.square * weights.entries);
    }
}

}  // namespace curldescent
