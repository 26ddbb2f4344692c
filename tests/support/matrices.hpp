#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "curldescent/model/network.hpp"

namespace curldescent {

/// The largest |actual - expected| over all entries: 0 for equal matrices, infinite for matrices of different
/// shapes and where a difference is not finite.
inline double largest_difference(const ConstMatrixRef& actual, const ConstMatrixRef& expected) {
    constexpr double infinite = std::numeric_limits<double>::infinity();
    if (actual.rows() != expected.rows() || actual.cols() != expected.cols()) return infinite;
    if (actual.size() == 0) return 0.0;
    const Matrix difference = actual - expected;
    return difference.allFinite() ? difference.cwiseAbs().maxCoeff() : infinite;
}

/// The largest difference over all weights of both layers.
inline double largest_difference(const Weights& actual, const Weights& expected) {
    return std::max(largest_difference(actual.W1, expected.W1), largest_difference(actual.W2, expected.W2));
}

/// The largest difference as a share of the largest entry of `expected`; infinite where the difference is.
inline double relative_error(const ConstMatrixRef& actual, const ConstMatrixRef& expected) {
    const double difference = largest_difference(actual, expected);
    if (difference == 0.0 || std::isinf(difference)) return difference;
    return difference / expected.cwiseAbs().maxCoeff();
}

}  // namespace curldescent
