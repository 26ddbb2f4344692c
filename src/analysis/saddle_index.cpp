#include "curldescent/analysis/saddle_index.hpp"

#include <Spectra/SymEigsSolver.h>

#include <Eigen/Eigenvalues>
#include <algorithm>

#include "curldescent/analysis/field_jacobian.hpp"
#include "curldescent/analysis/update_field.hpp"

namespace curldescent {
namespace {

constexpr double rounding = 1e-6;  // of the largest eigenvalue

/// The student by which the update field is the negative gradient of O E.
Student gradient_student(const Student& student) {
    Student gradient = student;
    gradient.signs.D1.setOnes();
    gradient.signs.D2.setOnes();
    gradient.feedback.resize(0, 0);
    gradient.plasticity.output_delta = OutputDelta::gradient;
    gradient.plasticity.norm_constraint = false;
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
        : jacobian_(gradient_student(student), weights, problem),
          weights_(weights),
          outputs_(static_cast<double>(student.network.outputs)),
          constrained_(student.plasticity.norm_constraint) {
        const Weights gradient = evaluate_field(gradient_student(student), weights, problem).gradient;
        slope_W1_ = radial_slope(gradient.W1, weights.W1);
        slope_W2_ = radial_slope(gradient.W2, weights.W2);
    }

    [[nodiscard]] Index size() const { return jacobian_.size(); }

    Vector operator()(const Vector& v) {
        if (!constrained_) return jacobian_.times(v) * (-1.0 / outputs_);
        Weights tangent = unflattened(v, weights_);
        make_tangential(tangent, weights_);
        Weights product = unflattened(jacobian_.times(flattened(tangent)) * (-1.0 / outputs_), weights_);
        product.W1 -= slope_W1_ * tangent.W1;
        product.W2 -= slope_W2_ * tangent.W2;
        make_tangential(product, weights_);
        return flattened(product);
    }

    Matrix matrix() {
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

  private:
    FieldJacobian jacobian_;
    const Weights& weights_;
    double outputs_;
    bool constrained_;
    double slope_W1_;
    double slope_W2_;
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

SaddleIndex counted(const Vector& ascending, double largest) {
    return {.count = static_cast<double>((ascending.array() < -rounding * largest).count()), .lowest = ascending[0]};
}

}  // namespace

SaddleIndex count_negative(const Matrix& symmetric) {
    const Eigen::SelfAdjointEigenSolver<Matrix> solver(symmetric, Eigen::EigenvaluesOnly);
    return counted(solver.eigenvalues(), solver.eigenvalues().cwiseAbs().maxCoeff());
}

SaddleIndex count_negative(const std::function<Vector(const Vector&)>& times, Index size) {
    const Vector largest = eigenvalues({times, size, 0.0}, 1, Spectra::SortRule::LargestMagn);
    if (largest.size() == 0) return {};
    // Shifted far from 0, so that all converge to the same share of the largest.
    const double shift = 2.0 * std::abs(largest[0]);
    const Index most = std::min(most_negative_eigenvalues, size - 1);
    for (Index count = std::min<Index>(8, most);; count = std::min(4 * count, most)) {
        const Vector lowest = eigenvalues({times, size, shift}, count, Spectra::SortRule::SmallestAlge);
        if (lowest.size() == 0) return {};
        const SaddleIndex index = counted(lowest.array() - shift, std::abs(largest[0]));
        // More from the lower end, until one of them is not negative.
        if (index.count < static_cast<double>(count) || count == most) return index;
    }
}

SaddleIndex saddle_index(const Student& student, const Weights& weights, const Problem& problem) {
    Hessian hessian(student, weights, problem);
    if (hessian.size() > largest_dense_hessian) {
        return count_negative([&](const Vector& v) { return hessian(v); }, hessian.size());
    }
    return count_negative(hessian.matrix());
}

}  // namespace curldescent
