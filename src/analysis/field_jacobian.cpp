#include "curldescent/analysis/field_jacobian.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace curldescent {
namespace {

/// The student whose one update from all samples adds the field itself: T v = v + J v.
Student with_unit_step(const Student& student, Index samples) {
    Student unit = student;
    unit.plasticity.norm_constraint = false;
    unit.step = {.learning_rate = 1.0, .batch = samples, .samples = samples};
    return unit;
}

}  // namespace

FieldJacobian::FieldJacobian(const Student& student, Weights weights, const Problem& problem)
    : map_(with_unit_step(student, problem.X.cols())), weights_(std::move(weights)), problem_(problem) {}

Matrix FieldJacobian::times(const ConstMatrixRef& V) {
    std::vector<Weights> tangents;
    for (Index k = 0; k < V.cols(); ++k) tangents.push_back(unflattened(V.col(k), weights_));
    map_.propagate(tangents, weights_, problem_.X, problem_.Y);
    Matrix products = -V;
    for (Index k = 0; k < V.cols(); ++k) products.col(k) += flattened(tangents[static_cast<std::size_t>(k)]);
    return products;
}

Matrix FieldJacobian::matrix() {
    constexpr Index at_once = 64;  // tangents
    const Matrix identity = Matrix::Identity(size(), size());
    Matrix J(size(), size());
    for (Index first = 0; first < size(); first += at_once) {
        const Index count = std::min(at_once, size() - first);
        J.middleCols(first, count) = times(identity.middleCols(first, count));
    }
    return J;
}

Vector flattened(const Weights& weights) {
    Vector entries(weights.W1.size() + weights.W2.size());
    entries << weights.W1.reshaped(), weights.W2.reshaped();
    return entries;
}

Weights unflattened(const Eigen::Ref<const Vector>& entries, const Weights& shape) {
    const auto& [W1, W2] = shape;
    return {.W1 = entries.head(W1.size()).reshaped(W1.rows(), W1.cols()),
            .W2 = entries.tail(W2.size()).reshaped(W2.rows(), W2.cols())};
}

}  // namespace curldescent
