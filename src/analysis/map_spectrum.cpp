#include "curldescent/analysis/map_spectrum.hpp"

#include <Spectra/GenEigsSolver.h>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <exception>
#include <limits>
#include <vector>

#include "curldescent/analysis/field_jacobian.hpp"
#include "curldescent/analysis/update_field.hpp"

namespace curldescent {
namespace {

constexpr Index wanted = 6;     // of the rightmost eigenvalues
constexpr Index subspace = 40;  // of the Arnoldi iteration
constexpr Index most_restarts = 500;
constexpr double tolerance = 1e-8;

Student without_constraint(Student student) {
    student.plasticity.norm_constraint = false;
    return student;
}

/// The norm constraint of one layer, V' -> n / ||U|| (V' - U <U, V'> / ||U||^2) for V' = V + eta J V and U = W + eta g,
/// as what it adds to J V: so written that no difference of numbers a step of eta apart is taken.
class Sphere {
  public:
    Sphere(const Matrix& W, const Matrix& g, double eta)
        : W_(W.reshaped()), g_(g.reshaped()), U_(W_ + eta * g_), eta_(eta) {}

    void make_tangential(Eigen::Ref<Matrix> V) const {
        const double square = W_.squaredNorm();
        if (square > 0.0) V -= W_ * (W_.transpose() * V / square);
    }

    void constrain(Eigen::Ref<Matrix> JV, const Eigen::Ref<const Matrix>& V) const {
        const double kept = W_.norm();
        if (kept == 0.0) {
            JV.setZero();
            return;
        }
        const double norm = U_.norm();
        const double shrinking = -(2.0 * W_.dot(g_) + eta_ * g_.squaredNorm()) / (norm * (kept + norm));
        const Matrix along = (g_.transpose() * V + U_.transpose() * JV) * (kept / (norm * norm * norm));
        JV += shrinking * (V + eta_ * JV) - U_ * along;
    }

  private:
    Vector W_;
    Vector g_;  // dW / d(eta t), without constraint
    Vector U_;
    double eta_;
};

/// V -> (T V - V) / eta of the learning map's derivative T.
class RateOperator {
  public:
    RateOperator(const Student& student, const Problem& problem)
        : jacobian_(student, student.start, problem), hidden_(student.start.W1.size()) {
        if (!student.plasticity.norm_constraint) return;
        const auto& [W1, W2] = student.start;
        const Weights field = evaluate_field(without_constraint(student), student.start, problem).update;
        spheres_ = {Sphere(W1, field.W1, student.step.learning_rate), Sphere(W2, field.W2, student.step.learning_rate)};
    }

    [[nodiscard]] Index size() const { return jacobian_.size(); }

    [[nodiscard]] Matrix times(Matrix V) const {
        if (spheres_.empty()) return jacobian_.times(V);
        const Index readout = size() - hidden_;
        spheres_[0].make_tangential(V.topRows(hidden_));
        spheres_[1].make_tangential(V.bottomRows(readout));
        Matrix products = jacobian_.times(V);
        spheres_[0].constrain(products.topRows(hidden_), V.topRows(hidden_));
        spheres_[1].constrain(products.bottomRows(readout), V.bottomRows(readout));
        return products;
    }

  private:
    FieldJacobian jacobian_;
    Index hidden_;                 // number of weights of the hidden layer
    std::vector<Sphere> spheres_;  // of both layers, or none
};

/// v -> J v + shift v, in the form the iterative solver asks for.
class ShiftedOperator {
  public:
    using Scalar = double;

    ShiftedOperator(const RateOperator& rate, double shift) : rate_(rate), shift_(shift) {}

    [[nodiscard]] Index rows() const { return rate_.size(); }
    [[nodiscard]] Index cols() const { return rate_.size(); }

    void perform_op(const double* in, double* out) const {
        const Eigen::Map<const Vector> v(in, rows());
        Eigen::Map<Vector>(out, rows()) = rate_.times(v) + shift_ * v;
    }

  private:
    const RateOperator& rate_;
    double shift_;
};

Rates rightmost_first(Rates rates) {
    std::ranges::sort(rates, [](const auto& a, const auto& b) { return a.real() > b.real(); });
    return rates;
}

MapSpectrum dense_spectrum(const RateOperator& rate) {
    const Index size = rate.size();
    const Matrix J = rate.times(Matrix::Identity(size, size));
    if (!J.allFinite()) return {};
    const Eigen::EigenSolver<Matrix> solver(J, false);
    if (solver.info() != Eigen::Success) return {};
    // Products are told from vectors of length 1, and the eigenvalues from the largest of them.
    const double scale = 16.0 * std::numeric_limits<double>::epsilon() * static_cast<double>(size);
    const double largest = solver.eigenvalues().cwiseAbs().maxCoeff();
    return {
        .rates = rightmost_first(solver.eigenvalues()), .resolution = scale * std::max(1.0, largest), .complete = true};
}

/// Shifted by the typical length of a product, since convergence is relative to an eigenvalue: else neutral directions
/// would never converge.
MapSpectrum rightmost_spectrum(const RateOperator& rate) {
    const Vector probe = Vector::LinSpaced(rate.size(), 1.0, static_cast<double>(rate.size())).array().cos();
    const double length = rate.times(probe).norm() / probe.norm();
    if (!std::isfinite(length)) return {};
    const double shift = length > 0.0 ? length : 1.0;
    const ShiftedOperator shifted(rate, shift);
    Spectra::GenEigsSolver<const ShiftedOperator> solver(shifted, wanted, subspace);
    try {
        solver.init();
        if (solver.compute(Spectra::SortRule::LargestReal, most_restarts, tolerance) < wanted) return {};
    } catch (const std::exception&) {
        return {};  // it gives up on numbers that overflow by throwing
    }
    return {.rates = rightmost_first(solver.eigenvalues().array() - shift), .resolution = tolerance * shift};
}

}  // namespace

MapSpectrum map_spectrum(const Student& student, const Problem& problem) {
    const RateOperator rate(student, problem);
    return rate.size() <= most_dense_weights ? dense_spectrum(rate) : rightmost_spectrum(rate);
}

}  // namespace curldescent
