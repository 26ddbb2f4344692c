#include "curldescent/analysis/spectrum_peak.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstddef>
#include <numbers>
#include <numeric>
#include <unsupported/Eigen/FFT>
#include <vector>

#include "curldescent/analysis/zero_one_test.hpp"
#include "series.hpp"

namespace curldescent {
namespace {

constexpr std::size_t least_samples = 32;
constexpr std::size_t least_periods = 3;

/// |F(k)|^2, k = 0 .. n / 2, of the last n samples, the largest power of two.
std::vector<double> power_spectrum(std::span<const double> series) {
    std::size_t n = 1;
    while (2 * n <= series.size()) n *= 2;
    std::vector<double> values = centred(series.last(n));
    for (std::size_t k = 0; k < n; ++k) {
        const double phase = 2.0 * std::numbers::pi * (static_cast<double>(k) + 0.5) / static_cast<double>(n);
        values[k] *= 0.5 - 0.5 * std::cos(phase);
    }
    Eigen::FFT<double> transform;
    std::vector<std::complex<double>> amplitudes;
    transform.fwd(amplitudes, values);
    std::vector<double> power(n / 2 + 1);
    for (std::size_t k = 0; k < power.size(); ++k) power[k] = std::norm(amplitudes[k]);
    return power;
}

/// By how much of a line the vertex of the parabola through three logarithms lies above the middle one.
double vertex(double below, double middle, double above) {
    const double curvature = std::log(below) - 2.0 * std::log(middle) + std::log(above);
    const double shift = 0.5 * (std::log(below) - std::log(above)) / curvature;
    return std::isfinite(shift) ? std::clamp(shift, -0.5, 0.5) : 0.0;
}

}  // namespace

SpectrumPeak spectrum_peak(std::span<const double> series) {
    if (series.size() < least_samples || is_constant(series)) return {};
    const std::vector<double> power = power_spectrum(series);
    const auto highest = std::max_element(power.begin() + least_periods, power.end() - 1);
    const double line = static_cast<double>(highest - power.begin()) + vertex(highest[-1], highest[0], highest[1]);
    const double all = std::accumulate(power.begin() + 1, power.end(), 0.0);
    const auto last = std::min(highest + 3, power.end());
    return {.period = 2.0 * static_cast<double>(power.size() - 1) / line,
            .share = std::accumulate(highest - 2, last, 0.0) / all};
}

}  // namespace curldescent
