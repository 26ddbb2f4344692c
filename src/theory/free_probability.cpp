#include "curldescent/theory/free_probability.hpp"

#include <algorithm>
#include <limits>
#include <numbers>
#include <sstream>
#include <stdexcept>
#include <string_view>

#include "bisection.hpp"
#include "subordination.hpp"

namespace curldescent {
namespace {

void check(std::string_view name, double value, const AllowedRange& allowed) {
    if (value >= allowed.least && value <= allowed.greatest) return;
    std::ostringstream message;
    message << name << " = " << value << " is not possible; allowed: " << allowed.least << " to " << allowed.greatest;
    throw std::invalid_argument(message.str());
}

InverseSubordination validated_inverse(const SpectrumParameters& parameters) {
    validate(parameters);
    return invert_subordination(parameters);
}

/// -Im G_A(u + i v) / pi.
double density_at(const SpectrumParameters& parameters, double u, double v) {
    const double w = parameters.squared_readout_norm;
    const double alpha = parameters.hidden_flip_fraction;
    const double positive = (1.0 - alpha) / ((u - w) * (u - w) + v * v);
    const double negative = alpha / ((u + w) * (u + w) + v * v);
    return v * (positive + negative) / std::numbers::pi;
}

}  // namespace

void validate(const SpectrumParameters& parameters) {
    check("ratio", parameters.ratio, allowed_scales);
    check("hidden_flip_fraction", parameters.hidden_flip_fraction, allowed_fractions);
    check("readout_flip_fraction", parameters.readout_flip_fraction, allowed_fractions);
    check("weight_variance", parameters.weight_variance, allowed_scales);
    check("squared_readout_norm", parameters.squared_readout_norm, allowed_scales);
}

std::vector<Band> bands(const SpectrumParameters& parameters) {
    std::vector<Band> intervals;
    for (const auto& [lower, upper] : band_edges(validated_inverse(parameters))) {
        intervals.push_back({lower.x, std::max(lower.x, upper.x)});  // the narrowest are lost in rounding
    }
    return intervals;
}

std::vector<Atom> atoms(const SpectrumParameters& parameters) {
    validate(parameters);
    const double w = parameters.squared_readout_norm;
    const double rank = 1.0 / parameters.ratio;
    const double negative_mass = parameters.hidden_flip_fraction - rank;
    const double positive_mass = 1.0 - parameters.hidden_flip_fraction - rank;
    constexpr double rounding = 4.0 * std::numeric_limits<double>::epsilon();  // of the masses
    std::vector<Atom> found;
    if (negative_mass > rounding) found.push_back({-w, negative_mass});
    if (positive_mass > rounding) found.push_back({w, positive_mass});
    return found;
}

double lower_edge(const SpectrumParameters& parameters) {
    double lowest = edge_beside(validated_inverse(parameters), 0, -1.0)->x;
    for (const Atom& atom : atoms(parameters)) lowest = std::min(lowest, atom.position);
    return lowest;
}

double density(const SpectrumParameters& parameters, double x) {
    const InverseSubordination inverse = validated_inverse(parameters);
    for (const auto& [lower, upper] : band_edges(inverse)) {
        if (x <= lower.x || x >= upper.x) continue;
        const double u = bisect(lower.y, upper.y, [&](double y) { return curve_point(inverse, y).x <= x; });
        return density_at(parameters, u, curve_point(inverse, u).v);
    }
    return 0.0;
}

}  // namespace curldescent
