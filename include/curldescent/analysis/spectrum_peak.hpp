#pragma once

#include <limits>
#include <span>

namespace curldescent {

/// The strongest oscillation of a series.
struct SpectrumPeak {
    double period = std::numeric_limits<double>::quiet_NaN();  ///< in samples
    double share =
        std::numeric_limits<double>::quiet_NaN();  ///< of the power but for trends that lies in it, in [0, 1]
};

/// The highest peak of the power spectrum of a series, less its straight line of least squares, under a Hann window:
/// its period from the parabola through the logarithms of the highest line and its neighbours, its share from two lines
/// on either side. Lines of less than three periods in the series are trends and not looked at. NaN where the highest
/// line does not exceed both neighbours, as for a series that only falls, for a series of less than 32 samples and for
/// one that is straight to rounding, 1e-13 of its largest modulus.
SpectrumPeak spectrum_peak(std::span<const double> series);

}  // namespace curldescent
