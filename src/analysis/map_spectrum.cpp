#include "curldescent/analysis/map_spectrum.hpp"

#include <Spectra/GenEigsSolver.h>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <array>

#include "curldescent/dynamics/tangent_map.hpp"

namespace curldescent {
namespace {

constexpr Index wanted = 6;     // of the rightmost eigenvalues
constexpr Index subspace = 40;  // of the Arnoldi iteration
constexpr Index most_restarts = 500;
constexpr double tolerance = 1e-8;

Student with_full_batch(Student student) {
    student.step.batch = student.step.samples;
    return student;
}

/// v -> (T v - v) / eta of the learning map's derivative T, in the form the iterative solver asks for.
class RateOperator {
  public:
    using Scalar = double;

    RateOperator(const Student& student, const Problem& problem)
        : student_(with_full_batch(student)), problem_(problem), map_(student_) {}

    [[nodiscard]] Index rows() const { return student_.start.W1.size() + student_.start.W2.size(); }
    [[nodiscard]] Index cols() const { return rows(); }

    void perform_op(const double* in, double* out) const {
        const auto& [W1, W2] = student_.start;
        std::array<Weights, 1> tangents{{{.W1 = Eigen::Map<const Matrix>(in, W1.rows(), W1.cols()),
                                          .W2 = Eigen::Map<const Matrix>(in + W1.size(), W2.rows(), W2.cols())}}};
        Weights& tangent = tangents[0];
        if (student_.plasticity.norm_constraint) {
            remove_radial(tangent.W1, W1);
            remove_radial(tangent.W2, W2);
        }
        const Weights before = tangent;
        map_.propagate(tangents, student_.start, problem_.X, problem_.Y);
        const double eta = student_.step.learning_rate;
        Eigen::Map<Matrix>(out, W1.rows(), W1.cols()) = (tangent.W1 - before.W1) / eta;
        Eigen::Map<Matrix>(out + W1.size(), W2.rows(), W2.cols()) = (tangent.W2 - before.W2) / eta;
    }

  private:
    static void remove_radial(Matrix& tangent, const Matrix& W) {
        const double square = W.squaredNorm();
        if (square > 0.0) tangent -= W * (W.cwiseProduct(tangent).sum() / square);
    }

    Student student_;
    const Problem& problem_;
    mutable TangentMap map_;  // keeps its memory from one product to the next
};

Matrix dense(const RateOperator& rate) {
    Matrix J(rate.rows(), rate.cols());
    Vector unit = Vector::Zero(rate.cols());
    for (Index k = 0; k < rate.cols(); ++k) {
        unit[k] = 1.0;
        rate.perform_op(unit.data(), J.col(k).data());
        unit[k] = 0.0;
    }
    return J;
}

Rates rightmost_first(Rates rates) {
    std::ranges::sort(rates, [](const auto& a, const auto& b) { return a.real() > b.real(); });
    return rates;
}

}  // namespace

MapSpectrum map_spectrum(const Student& student, const Problem& problem) {
    const RateOperator rate(student, problem);
    if (rate.rows() <= most_dense_weights) {
        const Eigen::EigenSolver<Matrix> solver(dense(rate), false);
        return {.rates = rightmost_first(solver.eigenvalues()), .complete = true};
    }
    Spectra::GenEigsSolver<const RateOperator> solver(rate, wanted, subspace);
    solver.init();
    solver.compute(Spectra::SortRule::LargestReal, most_restarts, tolerance);
    return {.rates = rightmost_first(solver.eigenvalues()), .complete = false};
}

}  // namespace curldescent
