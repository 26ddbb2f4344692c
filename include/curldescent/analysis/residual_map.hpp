#pragma once

#include "curldescent/dynamics/core.hpp"

namespace curldescent {

/// How the residual of a student at a solution of its problem answers to the student's own updates (MODEL.md section
/// 4). One batch b of true size |b| takes a small residual r, a vector of d numbers, to
///
///     r - (eta_b / |b|) response_b reading_b^T r,    b the columns of its samples
///
/// In the general case r holds the errors y_hat - y of all outputs and samples, output by output within a sample: d =
/// P O, response = S1 K S'', reading the identity. K is the signed kernel G D B between the Jacobian G of the
/// pre-activation outputs and the way B back through the feedback F; for presynaptic flips, with H = phi(W1 X),
///
///     K_oo' = (X^T D1 X) o (Phi'^T diag(W2_o F_o') Phi') + [o = o'] H^T D2 H    (o between them: entry by entry)
///
/// S1 = diag phi_out', and S'' = S1 where the true output gradient is used, else 1. With the norm constraint the two
/// radial directions are projected out: K becomes G Pi D B. A linear network with one output needs no kernel: there r
/// is W2 W1 - w_T, d = M, reading = X, response = (W1^T D2 W1 + W2 F D1) X.
struct ResidualMap {
    Matrix response;  ///< [d x P O]
    Matrix reading;   ///< [d x P O], or empty for the identity
    Index outputs;    ///< O

    /// The number d of directions of the residual.
    [[nodiscard]] Index directions() const { return response.rows(); }
};

/// Whether a network's residual is W2 W1 - w_T: linear throughout, with one output.
bool has_linear_residual(const Network& network);

/// The number d of directions of a network's residual with so many samples: M, or P O.
Index residual_directions(const Network& network, Index samples);

/// The map of a student whose `start` are the weights of the solution, for the inputs X [M x P].
ResidualMap make_residual_map(const Student& solution, const ConstMatrixRef& X);

/// A, the rate at which the residual changes under the full batch: r' = A r per unit of eta and update [d x d].
Matrix rate_matrix(const ResidualMap& map);

/// A symmetric matrix with the eigenvalues of `rate_matrix` where there is one: without random feedback and norm
/// constraint, for inputs of full rank. Else empty.
Matrix symmetric_rate_matrix(const Student& solution, const ConstMatrixRef& X);

/// The map on the directions that updates reach, the range of `response`, in an orthonormal basis of it: all others are
/// neutral, and stay as they are. The map itself where it reaches all. A map that reaches none has no directions.
ResidualMap reachable(const ResidualMap& map);

/// ||(J - J^T) / 2||_F / ||J||_F of the Jacobian J of the update field in all weights, without norm constraint: 0 for a
/// gradient field, 1 for a pure rotation. Of the same solution. Below 1e-7 it is not told from zero, and is
/// exactly 0; NaN where J is zero.
double curl_strength_at_solution(const Student& solution, const ConstMatrixRef& X);

}  // namespace curldescent
