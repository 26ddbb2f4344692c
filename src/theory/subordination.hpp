#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "curldescent/theory/free_probability.hpp"

namespace curldescent {

/// A simple pole weight / (y - position); the weight is positive.
struct Pole {
    double position;
    double weight;
};

/// The inverse of the spectrum's subordination function,
///     x(y) = y + mean + sum_k weight_k / (y - position_k),
/// by which the Stieltjes transform G of X is that of A = w D1 alone: G(x(y)) = G_A(y) = (1 - alpha_h) / (y - w) +
/// alpha_h / (y + w). Putting z = G_A(y) into x(z) of MODEL.md section 4 gives it: y = (1 + sqrt(...)) / (2 z) and
///     x(y) = y + sum over sigma = s, -s of rate sigma / (1 - sigma G_A(y)),  rate = (1 - alpha_r)/c and alpha_r/c.
/// It is rational, so that no branch of a root has to be chosen, and for real y outside the bands x'(y) > 0. There,
///     x'(y) = 1 - sum_k weight_k / (y - position_k)^2.
struct InverseSubordination {
    double mean;              ///< of sigma1^2 W^T D2 W: s (1 - 2 alpha_r) / c
    std::vector<Pole> poles;  ///< one to four, ascending
};

/// Partial fractions of x(y). The poles of a sigma are the eigenvalues of diag(w, -w) + sigma v v^T with
/// v = (sqrt(1 - alpha_h), sqrt(alpha_h)), and v has the shares weight / (rate sigma^2) in their eigenvectors.
InverseSubordination invert_subordination(const SpectrumParameters& parameters);

/// An edge of a band: a critical point of x(y) and its value.
struct Edge {
    double y;
    double x;
};

/// The edge next to pole k above (direction +1) or below it (-1), before the next pole; nothing when no gap is
/// there. Below the first and above the last pole there always is.
std::optional<Edge> edge_beside(const InverseSubordination& inverse, std::size_t k, double direction);

/// A band as the interval of y between its edges.
struct BandEdges {
    Edge lower;
    Edge upper;
};

/// All bands, from below.
std::vector<BandEdges> band_edges(const InverseSubordination& inverse);

/// y = u + i v on the curve where x(y) is real, v > 0, which x maps onto a band; increasing in u (as Biane's for the
/// semicircle).
struct CurvePoint {
    double v;
    double x;
};

/// The point of the curve above u, which lies between the edges of a band: there sum_k weight_k / |y - position_k|^2
/// is 1, and x = u + mean + sum_k weight_k (u - position_k) / |y - position_k|^2.
CurvePoint curve_point(const InverseSubordination& inverse, double u);

}  // namespace curldescent
