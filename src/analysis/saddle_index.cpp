#include "curldescent/analysis/saddle_index.hpp"

#include <Spectra/SymEigsSolver.h>

#include <Eigen/Eigenvalues>
#include <algorithm>

#include "curldescent/analysis/field_jacobian.hpp"
#include "curldescent/analysis/spare_units.hpp"
#include "curldescent/analysis/update_field.hpp"

namespace curldescent {
namespace {

constexpr double rounding = 1e-6;  // of the largest eigenvalue

/// The student of these weights by which the update field is the negative gradient of O E.
Student gradient_student(const Student& student, const Weights& weights) {
    Student gradient{.network = student.network,
                     .plasticity = {.norm_constraint = false, .output_delta = OutputDelta::gradient},
                     .signs = {.D1 = Vector::Ones(weights.W1.cols()), .D2 = Vector::Ones(weights.W1.rows())},
                     .feedback = Matrix(),
                     .step = student.step,
                     .start = weights};
    gradient.network.hidden = weights.W1.rows();
    return gradient;
}

/// g . W / ||W||^2.
double radial_slope(const Matrix& gradient, const Matrix& W) {
    const double square = W.squaredNorm();
    return square > 0.0 ? gradient.cwiseProduct(W).sum() / square : 0.0;
}

/// The Hessian of E as an operator on flattened weights.
class Hessian {
  public:
    Hessian(const Student& student, const Weights& weights, const Problem& problem)
        : jacobian_(gradient_student(student, weights), weights, problem),
          weights_(weights),
          outputs_(static_cast<double>(student.network.outputs)),
          constrained_(student.plasticity.norm_constraint) {
        if (!constrained_) return;
        const Weights gradient = evaluate_field(gradient_student(student, weights), weights, problem).gradient;
        slope_W1_ = radial_slope(gradient.W1, weights.W1);
        slope_W2_ = radial_slope(gradient.W2, weights.W2);
    }

    [[nodiscard]] Index size() const { return jacobian_.size(); }

    [[nodiscard]] Vector operator()(const Vector& v) const {
        if (!constrained_) return jacobian_.times(v) * (-1.0 / outputs_);
        Weights tangent = unflattened(v, weights_);
        make_tangential(tangent, weights_);
        Weights product = unflattened(jacobian_.times(flattened(tangent)) * (-1.0 / outputs_), weights_);
        product.W1 -= slope_W1_ * tangent.W1;
        product.W2 -= slope_W2_ * tangent.W2;
        make_tangential(product, weights_);
        return flattened(product);
    }

    [[nodiscard]] Matrix matrix() const {
        Matrix H = jacobian_.matrix() * (-1.0 / outputs_);
        H = 0.5 * (H + Matrix(H.transpose()));
        if (!constrained_) return H;
        H.diagonal().head(weights_.W1.size()).array() -= slope_W1_;
        H.diagonal().tail(weights_.W2.size()).array() -= slope_W2_;
        const Matrix no_W1 = Matrix::Zero(weights_.W1.rows(), weights_.W1.cols());
        const Matrix no_W2 = Matrix::Zero(weights_.W2.rows(), weights_.W2.cols());
        for (const Weights& layer : {Weights{weights_.W1, no_W2}, Weights{no_W1, weights_.W2}}) {
            if (norm(layer) == 0.0) continue;
            const Vector u = flattened(layer) / norm(layer);
            H -= u * Matrix(u.transpose() * H);  // (1 - u u^T) H (1 - u u^T)
            H -= Matrix(H * u) * u.transpose();
        }
        return H;
    }

    /// The eigenvalues that one more linear unit without weights would add.
    [[nodiscard]] Vector spare_unit() const {
        return spare_curvatures(jacobian_.error_inputs() / outputs_, slope_W1_, slope_W2_);
    }

  private:
    FieldJacobian jacobian_;
    const Weights& weights_;
    double outputs_;
    bool constrained_;
    double slope_W1_ = 0.0;
    double slope_W2_ = 0.0;
};

/// The operator plus `shift` times the identity, as Spectra asks for it.
class SpectraOperator {
  public:
    using Scalar = double;

    SpectraOperator(const std::function<Vector(const Vector&)>& times, Index size, double shift)
        : times_(times), size_(size), shift_(shift) {}

    [[nodiscard]] Index rows() const { return size_; }
    [[nodiscard]] Index cols() const { return size_; }
    void perform_op(const double* in, double* out) const {
        const Eigen::Map<const Vector> v(in, size_);
        Eigen::Map<Vector>(out, size_) = times_(v) + shift_ * v;
    }

  private:
    const std::function<Vector(const Vector&)>& times_;
    Index size_;
    double shift_;
};

/// Eigenvalues from one end of the spectrum, ascending; empty when they do not converge.
Vector eigenvalues(SpectraOperator symmetric, Index count, Spectra::SortRule end) {
    constexpr Index most_restarts = 100;
    constexpr double tolerance = 1e-7;  // of an eigenvalue
    const Index steps = std::min(symmetric.rows(), 3 * count + 60);
    Spectra::SymEigsSolver<SpectraOperator> solver(symmetric, count, steps);
    solver.init();
    solver.compute(end, most_restarts, tolerance, Spectra::SortRule::SmallestAlge);
    return solver.info() == Spectra::CompInfo::Successful ? Vector(solver.eigenvalues()) : Vector();
}

/// The lower end of a spectrum, which may be all of it.
struct LowerEnd {
    Vector ascending;
    double largest = 0.0;  ///< the eigenvalue of all that is largest in size, without its sign
};

Index negative(const Vector& eigenvalues, double largest) {
    return (eigenvalues.array() < -rounding * largest).count();
}

LowerEnd lower_end(const Matrix& symmetric) {
    const Eigen::SelfAdjointEigenSolver<Matrix> solver(symmetric, Eigen::EigenvaluesOnly);
    return {.ascending = solver.eigenvalues(), .largest = solver.eigenvalues().cwiseAbs().maxCoeff()};
}

/// Down to the first that is not negative, or `most_negative_eigenvalues`. Empty when they do not converge.
LowerEnd lower_end(const std::function<Vector(const Vector&)>& times, Index size) {
    const Vector largest = eigenvalues({times, size, 0.0}, 1, Spectra::SortRule::LargestMagn);
    if (largest.size() == 0) return {};
    LowerEnd end{.ascending = {}, .largest = std::abs(largest[0])};
    // Shifted far from 0, so that all converge to the same share of the largest.
    const double shift = 2.0 * end.largest;
    const Index most = std::min(most_negative_eigenvalues, size - 1);
    for (Index count = std::min<Index>(8, most);; count = std::min(4 * count, most)) {
        end.ascending = eigenvalues({times, size, shift}, count, Spectra::SortRule::SmallestAlge);
        if (end.ascending.size() == 0) return {};
        end.ascending.array() -= shift;
        if (negative(end.ascending, end.largest) < count || count == most) return end;
    }
}

SaddleIndex counted(const LowerEnd& end) {
    if (end.ascending.size() == 0) return {};
    return {.count = static_cast<double>(negative(end.ascending, end.largest)), .lowest = end.ascending[0]};
}

/// With `units` times some eigenvalues more.
SaddleIndex counted(const LowerEnd& end, const Vector& of_one_unit, Index units) {
    if (end.ascending.size() == 0) return {};
    const double largest = std::max(end.largest, of_one_unit.cwiseAbs().maxCoeff());
    const Index count = negative(end.ascending, largest) + units * negative(of_one_unit, largest);
    return {.count = static_cast<double>(count), .lowest = std::min(end.ascending[0], of_one_unit.minCoeff())};
}

}  // namespace

SaddleIndex count_negative(const Matrix& symmetric) {
    return counted(lower_end(symmetric));
}

SaddleIndex count_negative(const std::function<Vector(const Vector&)>& times, Index size) {
    return counted(lower_end(times, size));
}

SaddleIndex saddle_index(const Student& student, const Weights& weights, const Problem& problem, Index spare) {
    const bool linear = student.network.activation == Activation::linear;
    const Weights narrow = linear ? narrowed(weights) : weights;
    const Index units = spare + weights.W1.rows() - narrow.W1.rows();
    const Hessian hessian(student, narrow, problem);
    const LowerEnd end = hessian.size() > largest_dense_hessian
                             ? lower_end([&](const Vector& v) { return hessian(v); }, hessian.size())
                             : lower_end(hessian.matrix());
    return units > 0 ? counted(end, hessian.spare_unit(), units) : counted(end);
}

}  // namespace curldescent
