#include "curldescent/analysis/field_jacobian.hpp"

#include <algorithm>
#include <utility>

namespace curldescent {
namespace {

using Derivative = double (*)(Activation, double);

Matrix at_each(Derivative of, Activation activation, const Matrix& activations) {
    return activations.unaryExpr([=](double h) { return of(activation, h); });
}

/// d delta2 / d (W2 H).
Matrix output_slope(const Network& network, OutputDelta output_delta, const BatchPass& pass) {
    Matrix slope = at_each(derivative, network.output_activation, pass.Y_hat);
    if (output_delta == OutputDelta::error) return slope;
    const Matrix bend = at_each(second_derivative, network.output_activation, pass.Y_hat);
    return slope.cwiseAbs2() + pass.E.cwiseProduct(bend);
}

/// The sign of each synapse's plasticity.
Weights signs_of_synapses(const PlasticitySigns& signs, FlipSide side, const Weights& shape) {
    const auto& [W1, W2] = shape;
    if (side == FlipSide::presynaptic) {
        return {.W1 = signs.D1.transpose().replicate(W1.rows(), 1), .W2 = signs.D2.transpose().replicate(W2.rows(), 1)};
    }
    return {.W1 = signs.D1.replicate(1, W1.cols()), .W2 = signs.D2.replicate(1, W2.cols())};
}

}  // namespace

FieldJacobian::FieldJacobian(const Student& student, Weights weights, const Problem& problem)
    : weights_(std::move(weights)), problem_(problem), feedback_(student.feedback) {
    const auto& [network, plasticity, signs, feedback, step, start] = student;
    pass_.propagate(network, plasticity.output_delta, feedback, weights_, problem.X, problem.Y);
    slope_ = at_each(derivative, network.activation, pass_.H);
    bend_ = at_each(second_derivative, network.activation, pass_.H).cwiseProduct(pass_.carried);
    output_slope_ = output_slope(network, plasticity.output_delta, pass_);
    scale_ = flattened(signs_of_synapses(signs, plasticity.side, weights_)) / -static_cast<double>(problem.X.cols());
}

Matrix FieldJacobian::error_inputs() const {
    return pass_.delta2 * problem_.X.transpose() / static_cast<double>(problem_.X.cols());
}

/// Before it is scaled.
Weights FieldJacobian::product(const Weights& tangent) const {
    const Matrix dA = tangent.W1 * problem_.X;
    const Matrix dH = slope_.cwiseProduct(dA);
    const Matrix d_delta2 = output_slope_.cwiseProduct(tangent.W2 * pass_.H + weights_.W2 * dH);
    Matrix d_delta1(slope_.rows(), slope_.cols());
    if (has_feedback()) {
        d_delta1.noalias() = feedback_ * d_delta2;
    } else {
        d_delta1.noalias() = weights_.W2.transpose() * d_delta2;
        d_delta1.noalias() += tangent.W2.transpose() * pass_.delta2;
    }
    d_delta1 = slope_.cwiseProduct(d_delta1) + bend_.cwiseProduct(dA);
    return {.W1 = d_delta1 * problem_.X.transpose(),
            .W2 = d_delta2 * pass_.H.transpose() + pass_.delta2 * dH.transpose()};
}

Matrix FieldJacobian::times(const ConstMatrixRef& V) const {
    Matrix products(V.rows(), V.cols());
    for (Index k = 0; k < V.cols(); ++k) {
        products.col(k) = scale_.cwiseProduct(flattened(product(unflattened(V.col(k), weights_))));
    }
    return products;
}

/// d z_o / d weights for some samples [n x count], with `readout` in place of W2's row.
Matrix FieldJacobian::output_gradients(Index output, const Vector& readout, Index first, Index count) const {
    const auto& [W1, W2] = weights_;
    const Matrix slopes = readout.asDiagonal() * slope_.middleCols(first, count);
    Matrix gradients = Matrix::Zero(size(), count);
    for (Index input = 0; input < W1.cols(); ++input) {
        gradients.middleRows(input * W1.rows(), W1.rows()) =
            slopes * problem_.X.row(input).segment(first, count).asDiagonal();
    }
    gradients(Eigen::seqN(W1.size() + output, W2.cols(), W2.rows()), Eigen::all) = pass_.H.middleCols(first, count);
    return gradients;
}

/// Through the outputs, on which all weights act. Without feedback that is symmetric.
void FieldJacobian::add_couplings_of_all_units(Matrix& J) const {
    constexpr Index at_once = 256;  // samples
    for (Index first = 0; first < slope_.cols(); first += at_once) {
        const Index count = std::min(at_once, slope_.cols() - first);
        for (Index output = 0; output < output_slope_.rows(); ++output) {
            const Matrix R = output_gradients(output, weights_.W2.row(output), first, count);
            const auto q = output_slope_.row(output).segment(first, count).asDiagonal();
            if (has_feedback()) {
                const Matrix L = output_gradients(output, feedback_.col(output), first, count) * q;
                J.noalias() += L * R.transpose();
            } else {
                const Matrix L = R * q;
                J.triangularView<Eigen::Lower>() += L * R.transpose();
            }
        }
    }
    if (!has_feedback()) J = Matrix(J.selfadjointView<Eigen::Lower>());
}

void FieldJacobian::add_couplings_within_units(Matrix& J) const {
    const auto& [W1, W2] = weights_;
    const Matrix& X = problem_.X;
    for (Index unit = 0; unit < W1.rows(); ++unit) {
        const auto hidden = Eigen::seqN(unit, W1.cols(), W1.rows());
        const auto readout = Eigen::seqN(W1.size() + unit * W2.rows(), W2.rows());
        const Matrix errors = X * slope_.row(unit).asDiagonal() * pass_.delta2.transpose();
        J(hidden, hidden) += X * bend_.row(unit).asDiagonal() * X.transpose();
        J(readout, hidden) += Matrix(errors.transpose());
        if (!has_feedback()) J(hidden, readout) += errors;
    }
}

Matrix FieldJacobian::matrix() const {
    Matrix J = Matrix::Zero(size(), size());
    add_couplings_of_all_units(J);
    add_couplings_within_units(J);
    return scale_.asDiagonal() * J;
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
