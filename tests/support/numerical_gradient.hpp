#pragma once

#include "curldescent/model/problem.hpp"

namespace curldescent {

/// dE/dW of the training loss by central differences, over the entries of one layer of `weights`. Its error
/// is of the order of 1e-10: step^2 of the formula and epsilon / step of the subtraction.
inline Matrix numerical_gradient(const Network& network, Weights weights, Matrix Weights::*layer,
                                 const Problem& problem) {
    constexpr double step = 1e-5;
    Matrix& W = weights.*layer;
    const auto loss_with = [&](Index i, Index j, double value) {
        const double kept = W(i, j);
        W(i, j) = value;
        const double loss = mean_squared_loss(forward(network, weights, problem.X), problem.Y);
        W(i, j) = kept;
        return loss;
    };

    Matrix gradient(W.rows(), W.cols());
    for (Index i = 0; i < W.rows(); ++i) {
        for (Index j = 0; j < W.cols(); ++j) {
            const double rise = loss_with(i, j, W(i, j) + step) - loss_with(i, j, W(i, j) - step);
            gradient(i, j) = rise / (2.0 * step);
        }
    }
    return gradient;
}

}  // namespace curldescent
