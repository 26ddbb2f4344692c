#pragma once

#include <functional>
#include <limits>

#include "curldescent/dynamics/core.hpp"
#include "curldescent/model/problem.hpp"

namespace curldescent {

/// How the loss curves down at some weights.
struct SaddleIndex {
    double count = std::numeric_limits<double>::quiet_NaN();   ///< negative eigenvalues of the Hessian
    double lowest = std::numeric_limits<double>::quiet_NaN();  ///< its lowest eigenvalue, whatever its sign
};

/// Up to this many weights the Hessian is made as a matrix.
inline constexpr Index largest_dense_hessian = 1200;

/// By Lanczos' method, negative eigenvalues are counted up to here: more of them count as so many.
inline constexpr Index most_negative_eigenvalues = 512;

/// Of the Hessian of the training loss E, the true gradient's derivative whatever the student's rule: a rule that takes
/// the output's error for its delta descends another function where outputs are not linear, whose saddles these are
/// not. Under the norm constraint it is that of E on the two spheres of fixed norm: P (H - g . W / ||W||^2) P with the
/// gradient g, layer by layer, and the projection P across W1 and W2. An eigenvalue counts as negative below -1e-6 of
/// the largest in size.
///
/// Linear units are rotated to the smallest width; those that are left over then, and `spare` more that the weights
/// were reduced by before, add their eigenvalues exactly (`spare_curvatures`).
SaddleIndex saddle_index(const Student& student, const Weights& weights, const Problem& problem, Index spare = 0);

/// Of a symmetric [size x size] operator given by its product with a vector, by Lanczos' method (Spectra). NaN when
/// that does not converge. Of an eigenvalue that is repeated exactly it may miss some: hidden units that are not linear
/// have none, but at special weights such as the origin.
SaddleIndex count_negative(const std::function<Vector(const Vector&)>& times, Index size);

/// Of a symmetric matrix.
SaddleIndex count_negative(const Matrix& symmetric);

}  // namespace curldescent
