#pragma once

#include <map>

#include "curldescent/dynamics/core.hpp"

namespace curldescent {

/// The numbers of hidden units that a linear network lost in the width reduction (MODEL.md section 3.2), by their
/// plasticity sign.
///
/// In the rotated units of the full network they are the ones whose row of [W1, W2^T, F] is zero. They do not move, but
/// they could: a spare unit's own weights (v1 [M], v2 [O]) act on each other alone. With G = mean of delta2 x^T, the
/// Jacobian of the update field has for each of them the block
///
///     ((0, -D1 G^T), (-D2 G, 0))        its upper right part 0 with random feedback
///
/// So what is measured at the reduced width and what these blocks add is, exactly, what the full width has.
using SpareUnits = std::map<double, Index>;

/// Those that `full` has and `reduced`, made by `reduce_width`, has not.
SpareUnits spare_units(const Student& full, const Student& reduced);

/// The number of all of them.
Index count(const SpareUnits& spare);

/// The narrowest weights of a linear network that are these up to a rotation of all hidden units, whatever their signs:
/// the triangle of the QR decomposition of [W1, W2^T], of min(N, M + O) units.
Weights narrowed(const Weights& weights);

/// ||J||_F^2 of a Jacobian, and the share of it that its antisymmetric part (J - J^T) / 2 has.
struct JacobianSquares {
    double all = 0.0;
    double antisymmetric = 0.0;
};

/// Of all the spare units of a reduced student, from G [O x M].
JacobianSquares spare_squares(const Student& reduced, const SpareUnits& spare, const Matrix& G);

/// The M + O eigenvalues of ((-s1, G^T), (G, -s2)): what one spare unit adds to the spectrum of the loss's Hessian,
/// where G [O x M] is made of the gradient's delta2, and s1, s2 are the radial slopes under the norm constraint, or 0.
Vector spare_curvatures(const Matrix& G, double s1, double s2);

}  // namespace curldescent
