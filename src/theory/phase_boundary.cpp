#include "curldescent/theory/phase_boundary.hpp"

#include <algorithm>
#include <limits>

#include "bisection.hpp"
#include "subordination.hpp"

namespace curldescent {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

double& flip_fraction(SpectrumParameters& parameters, FlippedLayer layer) {
    return layer == FlippedLayer::hidden ? parameters.hidden_flip_fraction : parameters.readout_flip_fraction;
}

/// K(y) with x(y) = y + K(y)/c, of which `unit` is the case c = 1.
double increment(const InverseSubordination& unit, double y) {
    double sum = unit.mean;
    for (const auto& [position, weight] : unit.poles) sum += weight / (y - position);
    return sum;
}

/// K(y) - y K'(y), whose sign is that of the derivative of K(y)/y, reversed.
double tangent_intercept(const InverseSubordination& unit, double y) {
    double sum = unit.mean;
    for (const auto& [position, weight] : unit.poles) {
        sum += weight * (2.0 * y - position) / ((y - position) * (y - position));
    }
    return sum;
}

/// The end of y below the spectrum: the lowest pole, or the lowest eigenvalue of w D1.
double end_of_lower_gap(const SpectrumParameters& parameters, const InverseSubordination& unit) {
    const double w = parameters.squared_readout_norm;
    const double lowest_sign = parameters.hidden_flip_fraction > 0.0 ? -1.0 : 1.0;
    return std::min(unit.poles.front().position, lowest_sign * w);
}

double ratio_at(const InverseSubordination& unit, double y) {
    return -increment(unit, y) / y;
}

/// The greatest -K(y)/y at y < end <= 0, or 0 where it has no maximum but rises to 0 for y to -infinity. The intercept
/// falls from `mean` to negative values.
double stable_below(const InverseSubordination& unit, double end) {
    if (unit.mean <= 0.0) return 0.0;
    double depth = unit.mean;
    while (tangent_intercept(unit, end - depth) <= 0.0) depth *= 2.0;
    return ratio_at(unit, bisect(end - depth, end, [&](double y) { return tangent_intercept(unit, y) > 0.0; }));
}

/// The least -K(y)/y at 0 < y < end. The intercept rises from negative values to infinity.
double stable_above(const InverseSubordination& unit, double end) {
    return ratio_at(unit, bisect(0.0, end, [&](double y) { return tangent_intercept(unit, y) < 0.0; }));
}

}  // namespace

bool is_stable(const SpectrumParameters& parameters) {
    return lower_edge(parameters) > 0.0;
}

double critical_flip_fraction(const SpectrumParameters& parameters, FlippedLayer layer) {
    SpectrumParameters changed = parameters;
    const auto is_stable_at = [&](double fraction) {
        flip_fraction(changed, layer) = fraction;
        return is_stable(changed);
    };
    if (!is_stable_at(0.0)) return -infinity;
    if (is_stable_at(1.0)) return infinity;
    return bisect(0.0, 1.0, is_stable_at);
}

CriticalRatios critical_ratios(const SpectrumParameters& parameters) {
    SpectrumParameters changed = parameters;
    changed.ratio = 1.0;
    validate(changed);
    const InverseSubordination unit = invert_subordination(changed);
    const double end = end_of_lower_gap(changed, unit);
    // The lower edge is the greatest x(y) below the end (MODEL.md section 4): the manifold is stable iff x(y) > 0 for
    // some y. Those below 0 make it stable for all c < -K(y)/y, those above 0 for all c > -K(y)/y.
    if (end > 0.0 && increment(unit, 0.0) >= 0.0) return {.lower = infinity, .upper = infinity};
    return {.lower = stable_below(unit, std::min(end, 0.0)), .upper = end > 0.0 ? stable_above(unit, end) : infinity};
}

}  // namespace curldescent
