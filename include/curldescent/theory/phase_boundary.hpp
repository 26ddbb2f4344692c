#pragma once

#include <cstdint>

#include "curldescent/theory/free_probability.hpp"

namespace curldescent {

/// The layer whose synapses have flipped signs: the hidden one through D1, the readout through D2.
enum class FlippedLayer : std::uint8_t { hidden, readout };

/// Whether the solution manifold is stable: whether the whole spectrum is positive. On the boundary it is not.
/// Throws std::invalid_argument like `validate`; so do the functions below.
bool is_stable(const SpectrumParameters& parameters);

/// The fraction of flips in `layer` above which the manifold is unstable, all else given (the parameters' own fraction
/// of that layer plays no part). The manifold is stable at every fraction from 0 up to it, since each flip only lowers
/// eigenvalues. Three limits:
///     0          stable without flips, unstable with the smallest share of them
///     +infinity  stable at every fraction, 1 included
///     -infinity  unstable even without flips
/// Its error is of the order of rounding.
double critical_flip_fraction(const SpectrumParameters& parameters, FlippedLayer layer);

/// The ratios between which the manifold is unstable: stable for c < lower and for c > upper.
struct CriticalRatios {
    double lower;  ///< 0: unstable at small ratios; +infinity: stable at all
    double upper;  ///< +infinity: never stable again. Finite only for hidden_flip_fraction = 0, readout flips and w > s
};

/// The critical ratios of both fractions and scales given (the parameters' own ratio plays no part). There is one
/// unstable interval at most, since the lower edge is a convex function of 1/c.
CriticalRatios critical_ratios(const SpectrumParameters& parameters);

}  // namespace curldescent
