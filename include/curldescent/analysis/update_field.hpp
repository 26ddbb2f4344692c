#pragma once

#include "curldescent/dynamics/core.hpp"
#include "curldescent/model/problem.hpp"

namespace curldescent {

/// What a learning rule does at some weights, and what gradient descent would do.
struct UpdateField {
    Weights update;     ///< dW / d(eta t): the full-batch update of section 2 for a rate of 1
    Weights gradient;   ///< of the training loss E = 1/2 mean (y_hat - y)^2
    double loss = 0.0;  ///< E
};

/// Both at `weights`, from all samples. Under the norm constraint both are taken tangentially to the norms kept:
/// without their parts along W1 and along W2. The gradient is the true one of E, whatever the rule takes for the
/// output's error.
UpdateField evaluate_field(const Student& student, const Weights& weights, const Problem& problem);

/// Takes the parts along W1 and along W2 away from a direction.
void make_tangential(Weights& direction, const Weights& weights);

/// The Frobenius norm of both layers together.
double norm(const Weights& weights);

/// <a, b> / (||a|| ||b||) over both layers; NaN when one of them is zero.
double cosine(const Weights& a, const Weights& b);

}  // namespace curldescent
