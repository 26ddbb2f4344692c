#include "curldescent/dynamics/tangent_map.hpp"

#include <cmath>

namespace curldescent {
namespace {

using Factor = double (*)(Activation, double);

/// The factor at each activation.
Matrix at_each(Factor factor, Activation activation, const Matrix& activations) {
    return activations.unaryExpr([=](double h) { return factor(activation, h); });
}

/// The derivative of U -> norm U / ||U||.
void project(Matrix& tangent, const Matrix& U, double norm) {
    if (norm == 0.0) {
        tangent.setZero();
        return;
    }
    const double square = U.squaredNorm();
    tangent -= U * (U.cwiseProduct(tangent).sum() / square);
    tangent *= norm / std::sqrt(square);
}

}  // namespace

TangentMap::TangentMap(const Student& student)
    : network_(student.network),
      plasticity_(student.plasticity),
      signs_(student.signs),
      feedback_(student.feedback),
      rate_(student.step.per_update()),
      norm_W1_(student.start.W1.norm()),
      norm_W2_(student.start.W2.norm()) {}

void TangentMap::propagate(std::span<Weights> tangents, const Weights& weights, const ConstMatrixRef& X_b,
                           const ConstMatrixRef& Y_b) {
    pass_.propagate(network_, plasticity_.output_delta, feedback_, weights, X_b, Y_b);
    for (Weights& tangent : tangents) add_increment(tangent, weights, X_b);
    if (!plasticity_.norm_constraint) return;

    const double step = -rate_ / static_cast<double>(X_b.cols());
    Weights updated = weights;
    add_signed(updated.W2, pass_.delta2, pass_.H, signs_.D2, step);
    add_signed(updated.W1, pass_.delta1, X_b, signs_.D1, step);
    for (Weights& tangent : tangents) {
        project(tangent.W1, updated.W1, norm_W1_);
        project(tangent.W2, updated.W2, norm_W2_);
    }
}

void TangentMap::add_increment(Weights& tangent, const Weights& weights, const ConstMatrixRef& X_b) {
    const auto& [H, Y_hat, E, delta2, carried, delta1] = pass_;
    const Matrix slope = at_each(derivative, network_.activation, H);
    const Matrix dA = tangent.W1 * X_b;
    const Matrix dH = slope.cwiseProduct(dA);
    const Matrix dZ = tangent.W2 * H + weights.W2 * dH;

    const Matrix slope_out = at_each(derivative, network_.output_activation, Y_hat);
    Matrix d_delta2 = slope_out.cwiseProduct(dZ);
    if (plasticity_.output_delta == OutputDelta::gradient) {
        const Matrix bend_out = at_each(second_derivative, network_.output_activation, Y_hat);
        d_delta2 = slope_out.cwiseProduct(d_delta2) + E.cwiseProduct(bend_out).cwiseProduct(dZ);
    }
    const bool random_feedback = feedback_.size() > 0;
    Matrix d_carried = (random_feedback ? feedback_ : Matrix(weights.W2.transpose())) * d_delta2;
    if (!random_feedback) d_carried += tangent.W2.transpose() * delta2;
    const Matrix bend = at_each(second_derivative, network_.activation, H);
    const Matrix d_delta1 = slope.cwiseProduct(d_carried) + bend.cwiseProduct(dA).cwiseProduct(carried);

    const double step = -rate_ / static_cast<double>(X_b.cols());
    add_signed(tangent.W2, d_delta2, H, signs_.D2, step);
    add_signed(tangent.W2, delta2, dH, signs_.D2, step);
    add_signed(tangent.W1, d_delta1, X_b, signs_.D1, step);
}

/// step delta values^T D, or step D delta values^T.
void TangentMap::add_signed(Matrix& tangent, const Matrix& delta, const ConstMatrixRef& values, const Vector& signs,
                            double step) const {
    if (plasticity_.side == FlipSide::presynaptic) {
        tangent += step * delta * values.transpose() * signs.asDiagonal();
    } else {
        tangent += step * signs.asDiagonal() * delta * values.transpose();
    }
}

}  // namespace curldescent
