#include "curldescent/analysis/spectrum_peak.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>
#include <cstddef>
#include <numbers>
#include <numeric>
#include <unsupported/Eigen/FFT>
#include <utility>
#include <vector>

#include "series.hpp"

namespace curldescent {
namespace {

constexpr std::size_t least_samples = 32;
constexpr std::size_t least_periods = 3;

double largest_modulus(std::span<const double> values) {
    return std::abs(*std::ranges::max_element(values, {}, [](double value) { return std::abs(value); }));
}

/// |F(k)|^2, k = 0 .. n / 2, of n values under the window.
std::vector<double> power_spectrum(std::vector<double> values) {
    const std::size_t n = values.size();
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
    if (series.size() < least_samples) return {};
    const auto samples = series.last(std::bit_floor(series.size()));
    std::vector<double> swing = detrended(samples);
    if (largest_modulus(swing) <= 1e-13 * largest_modulus(samples)) return {};
    const std::vector<double> power = power_spectrum(std::move(swing));
    const auto first = power.begin() + least_periods;
    const auto highest = std::max_element(first, power.end());
    const double below = highest[-1];
    const double above = highest + 1 < power.end() ? highest[1] : below;  // lines beyond the last mirror those before
    if (*highest <= below || *highest <= above) return {};
    const double line = static_cast<double>(highest - power.begin()) + vertex(below, *highest, above);
    const double peak = std::accumulate(std::max(highest - 2, first), std::min(highest + 3, power.end()), 0.0);
    return {.period = 2.0 * static_cast<double>(power.size() - 1) / line,
            .share = peak / std::accumulate(first, power.end(), 0.0)};
}

}  // namespace curldescent
