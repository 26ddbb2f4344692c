#pragma once

#include "curldescent/model/network.hpp"
#include "curldescent/model/plasticity.hpp"

namespace curldescent {

/// What the samples of one batch leave in a network on their way forward and back (MODEL.md section 2). Keeps its
/// memory from one batch to the next.
struct BatchPass {
    Matrix H;        ///< activations phi(W1 X_b) [N x |b|]
    Matrix Y_hat;    ///< outputs phi_out(W2 H) [O x |b|]
    Matrix E;        ///< errors Y_hat - Y_b [O x |b|]
    Matrix delta2;   ///< E, or E .* phi_out'(W2 H) [O x |b|]
    Matrix carried;  ///< F delta2 [N x |b|]
    Matrix delta1;   ///< (F delta2) .* phi'(W1 X_b) [N x |b|]

    /// Takes a batch through the network: X_b [M x |b|], Y_b [O x |b|]. `feedback` F is [N x O], or empty for W2^T.
    void propagate(const Network& network, OutputDelta output_delta, const Matrix& feedback, const Weights& weights,
                   const ConstMatrixRef& X_b, const ConstMatrixRef& Y_b);
};

}  // namespace curldescent
