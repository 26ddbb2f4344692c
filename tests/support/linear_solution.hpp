#pragma once

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "curldescent/dynamics/trainer.hpp"
#include "curldescent/model/random.hpp"

namespace curldescent {

/// A linear student with one output that starts on a solution, without the norm constraint, in full batches.
struct LinearSolution {
    Student student;
    Problem problem;

    /// With M inputs, N hidden units, and this many flips in D1 and D2.
    LinearSolution(Index inputs, Index hidden, Index hidden_flips, Index readout_flips, double readout_scale) {
        RandomStream random({.seed = 3}, Stream::student_hidden);
        const auto draw = [&](Index rows, Index columns) {
            Matrix matrix(rows, columns);
            for (double& entry : matrix.reshaped()) entry = random.next_normal();
            return matrix;
        };
        constexpr Index samples = 20;
        const Network network{.inputs = inputs, .hidden = hidden};
        const Plasticity plasticity{
            .hidden_flips = hidden_flips, .readout_flips = readout_flips, .norm_constraint = false};
        const Weights start{draw(hidden, inputs), readout_scale * draw(1, hidden)};
        student = {network,
                   plasticity,
                   make_signs(network, plasticity, Rule::curl_descent),
                   {},
                   {.learning_rate = 0.1, .batch = samples, .samples = samples},
                   start};
        problem = {.X = draw(inputs, samples), .Y = {}, .X_test = Matrix(inputs, 0), .Y_test = Matrix(1, 0)};
        problem.teacher_map = start.W2 * start.W1;
        problem.Y = problem.teacher_map * problem.X;
    }

    [[nodiscard]] Training training(std::int64_t epochs) const {
        return {.samples = student.step.samples,
                .test_samples = 0,
                .batch = student.step.batch,
                .epochs = epochs,
                .learning_rate = student.step.learning_rate};
    }

    /// ln |1 + eta lambda| for each eigenvalue of A = -C (W1^T D2 W1 + ||W2||^2 D1), C = X X^T / P (MODEL.md section
    /// 4), the largest first.
    [[nodiscard]] std::vector<double> transverse_exponents() const {
        const auto& [W1, W2] = student.start;
        const Matrix C = problem.X * problem.X.transpose() / static_cast<double>(problem.X.cols());
        const Matrix D1 = student.signs.D1.asDiagonal();
        const Matrix A = -C * (W1.transpose() * student.signs.D2.asDiagonal() * W1 + W2.squaredNorm() * D1);
        std::vector<double> exponents;
        const Eigen::VectorXcd eigenvalues = A.eigenvalues();
        for (const auto lambda : eigenvalues) {
            exponents.push_back(std::log(std::abs(1.0 + student.step.learning_rate * lambda)));
        }
        std::ranges::sort(exponents, std::greater<>());
        return exponents;
    }
};

}  // namespace curldescent
