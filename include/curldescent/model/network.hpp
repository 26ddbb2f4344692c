#pragma once

#include <Eigen/Core>

#include "curldescent/model/activation.hpp"

namespace curldescent {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;
using ConstMatrixRef = Eigen::Ref<const Matrix>;
using Eigen::Index;

/// The shape of a two-layer network y_hat = phi_out(W2 phi(W1 x)) (MODEL.md section 1).
struct Network {
    Index inputs = 20;   ///< M, at least 1
    Index hidden = 200;  ///< N, at least 1
    Index outputs = 1;   ///< O, at least 1
    Activation activation = Activation::linear;
    Activation output_activation = Activation::linear;
};

/// The weights of a network.
struct Weights {
    Matrix W1;  ///< hidden layer [N x M]
    Matrix W2;  ///< readout [O x N]
};

/// The outputs y_hat [O x P] of the network for the samples in the columns of X [M x P].
Matrix forward(const Network& network, const Weights& weights, const ConstMatrixRef& X);

/// E = 1/2 mean over samples and outputs of (y_hat - y)^2, both [O x P]. NaN for P = 0.
double mean_squared_loss(const ConstMatrixRef& outputs, const ConstMatrixRef& targets);

}  // namespace curldescent
