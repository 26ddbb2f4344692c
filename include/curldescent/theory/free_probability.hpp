#pragma once

#include <vector>

namespace curldescent {

/// The random matrix whose lowest eigenvalue decides whether the solution manifold of a large linear network with one
/// output is stable (MODEL.md section 4), in the limit of large M and N at a fixed ratio:
///     X = w D1 + sigma1^2 W^T D2 W   [M x M],  W [N x M] with entries of variance 1/M.
/// Errors of the functions below are of the order of rounding, relative to w + sigma1^2 (1 + 1/c).
struct SpectrumParameters {
    double ratio = 1.0;                  ///< c = M/N
    double hidden_flip_fraction = 0.0;   ///< alpha_h, the share of -1 in D1, 0 to 1
    double readout_flip_fraction = 0.0;  ///< alpha_r, the share of -1 in D2, 0 to 1
    double weight_variance = 1.0;        ///< sigma1^2, the variance of a hidden weight times M
    double squared_readout_norm = 1.0;   ///< w = ||W2||^2
};

/// The values a parameter may have, both ends included.
struct AllowedRange {
    double least;
    double greatest;
};

inline constexpr AllowedRange allowed_fractions{0.0, 1.0};
inline constexpr AllowedRange allowed_scales{1e-12, 1e12};  ///< ratio, variance and norm

/// An interval that the continuous part of the spectrum fills.
struct Band {
    double lower;
    double upper;
};

/// An eigenvalue that a finite share of all have.
struct Atom {
    double position;
    double mass;  ///< its share, above 0 and below 1
};

/// Throws std::invalid_argument, with the parameter, its value and what is allowed, when one is out of range (NaN is).
/// So does every function below.
void validate(const SpectrumParameters& parameters);

/// The bands, from below. There are one to four; neighbours do not touch.
std::vector<Band> bands(const SpectrumParameters& parameters);

/// The atoms, from below. W^T D2 W has rank N: where more than N entries of D1 agree, what they have beyond N is an
/// eigenvalue of X. So -w has the mass alpha_h - 1/c and +w the mass 1 - alpha_h - 1/c, where these are positive. No
/// atom lies in a band.
std::vector<Atom> atoms(const SpectrumParameters& parameters);

/// The lowest point of the spectrum, be it the edge of a band or an atom. The manifold is stable iff it is positive.
double lower_edge(const SpectrumParameters& parameters);

/// The density of the continuous part at a real x: -Im G(x + i0) / pi with G the Stieltjes transform of the spectrum.
/// 0 outside the bands and on their edges. Its integral is 1 less the mass of the atoms.
double density(const SpectrumParameters& parameters, double x);

}  // namespace curldescent
