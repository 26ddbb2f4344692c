#pragma once

#include <Eigen/Core>

#include "curldescent/dynamics/core.hpp"

namespace curldescent {

/// Eigenvalues of a real matrix that need not be symmetric.
using Rates = Eigen::VectorXcd;

/// Eigenvalues of the learning map in the space of all weights.
struct MapSpectrum {
    Rates rates{};          ///< (mu - 1) / eta of the map's eigenvalues mu, the rightmost first
    double resolution{};    ///< rates of up to this modulus are not told from zero
    bool complete = false;  ///< whether these are all n, not the rightmost ones alone
};

/// Up to this many weights all eigenvalues are computed, beyond it the rightmost ones.
inline constexpr Index most_dense_weights = 500;

/// The spectrum of the full-batch learning map's exact Jacobian at a student's `start`, anywhere: at a solution or away
/// from it, with any feedback (MODEL.md section 4). With the norm constraint the two radial directions count as
/// neutral. Nothing is lost to a small eta: no difference of weights before and after a step of it is taken. Dense for
/// up to `most_dense_weights` weights, else by Jacobian-vector products and an implicitly restarted Arnoldi iteration.
/// No rates at all where the update is not finite, or an eigenvalue asked for has not converged.
MapSpectrum map_spectrum(const Student& student, const Problem& problem);

}  // namespace curldescent
