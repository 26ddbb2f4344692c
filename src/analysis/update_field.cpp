#include "curldescent/analysis/update_field.hpp"

#include <cmath>

#include "curldescent/dynamics/batch_pass.hpp"

namespace curldescent {
namespace {

/// - delta values^T D / P, or - D delta values^T / P.
Matrix signed_update(const Matrix& delta, const Matrix& values, const Vector& signs, FlipSide side) {
    const Matrix product = delta * values.transpose() * (-1.0 / static_cast<double>(values.cols()));
    return side == FlipSide::presynaptic ? Matrix(product * signs.asDiagonal()) : Matrix(signs.asDiagonal() * product);
}

/// The gradient of E, from the activations and errors that a pass by any rule leaves.
Weights gradient_of(const Network& network, const Weights& weights, const BatchPass& pass, const Matrix& X) {
    Matrix delta2 = pass.E / static_cast<double>(pass.E.size());
    multiply_by_derivative(network.output_activation, pass.Y_hat, delta2);
    Matrix delta1 = weights.W2.transpose() * delta2;
    multiply_by_derivative(network.activation, pass.H, delta1);
    return {.W1 = delta1 * X.transpose(), .W2 = delta2 * pass.H.transpose()};
}

/// Takes away the part of V along W.
void take_away_radial_part(Matrix& V, const Matrix& W) {
    const double square = W.squaredNorm();
    if (square > 0.0) V -= W * (W.cwiseProduct(V).sum() / square);
}

double inner_product(const Weights& a, const Weights& b) {
    return a.W1.cwiseProduct(b.W1).sum() + a.W2.cwiseProduct(b.W2).sum();
}

}  // namespace

UpdateField evaluate_field(const Student& student, const Weights& weights, const Problem& problem) {
    const auto& [network, plasticity, signs, feedback, step, start] = student;
    BatchPass pass;
    pass.propagate(network, plasticity.output_delta, feedback, weights, problem.X, problem.Y);
    UpdateField field{.update = {.W1 = signed_update(pass.delta1, problem.X, signs.D1, plasticity.side),
                                 .W2 = signed_update(pass.delta2, pass.H, signs.D2, plasticity.side)},
                      .gradient = gradient_of(network, weights, pass, problem.X),
                      .loss = 0.5 * pass.E.squaredNorm() / static_cast<double>(pass.E.size())};
    if (plasticity.norm_constraint) {
        make_tangential(field.update, weights);
        make_tangential(field.gradient, weights);
    }
    return field;
}

void make_tangential(Weights& direction, const Weights& weights) {
    take_away_radial_part(direction.W1, weights.W1);
    take_away_radial_part(direction.W2, weights.W2);
}

double norm(const Weights& weights) {
    return std::hypot(weights.W1.norm(), weights.W2.norm());
}

double cosine(const Weights& a, const Weights& b) {
    return inner_product(a, b) / (norm(a) * norm(b));
}

}  // namespace curldescent
