#include "subordination.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace curldescent {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// What rounding leaves of 1 - sum / sum.
constexpr double rounding = 4.0 * std::numeric_limits<double>::epsilon();

void add_pole(std::vector<Pole>& poles, double position, double weight) {
    if (weight > 0.0) poles.push_back({position, weight});
}

/// The poles of rate sigma / (1 - sigma G_A(y)), at (sigma -+ d)/2 with shares (1 -+ a/d)/2, where a = sigma + 2 w
/// Delta, b = 4 w sqrt(alpha_h (1 - alpha_h)) and d^2 = a^2 + b^2.
void add_poles(std::vector<Pole>& poles, const SpectrumParameters& parameters, double sigma, double rate) {
    const double w = parameters.squared_readout_norm;
    const double alpha = parameters.hidden_flip_fraction;
    const double delta = 1.0 - 2.0 * alpha;
    const double a = sigma + 2.0 * w * delta;
    const double b = 4.0 * w * std::sqrt(alpha * (1.0 - alpha));
    const double d = std::hypot(a, b);
    // (1 - |a|/d)/2 without cancellation: the smallest share of flips moves an edge by its square root.
    const double minor = d > 0.0 ? 0.5 * (b / d) * (b / (d + std::abs(a))) : 0.5;
    const double lower_share = a > 0.0 ? minor : 1.0 - minor;
    const double upper_share = a > 0.0 ? 1.0 - minor : minor;
    // The root of the larger size, and the other from their product.
    const double outer = 0.5 * (sigma + std::copysign(d, sigma));
    const double inner = -w * (w + sigma * delta) / outer;
    add_pole(poles, std::min(inner, outer), rate * sigma * sigma * lower_share);
    add_pole(poles, std::max(inner, outer), rate * sigma * sigma * upper_share);
}

/// Sums over the poles of weight / distance^n at the distance d from pole k. Distances are summed from those between
/// poles, for an edge may be nearer to its pole than y can tell.
struct PoleSums {
    double first = 0.0, second = 0.0, third = 0.0;
};

PoleSums pole_sums(const InverseSubordination& inverse, std::size_t k, double d) {
    PoleSums sums;
    for (const Pole& pole : inverse.poles) {
        const double distance = inverse.poles[k].position - pole.position + d;
        const double ratio = pole.weight / distance;
        sums.first += ratio;
        sums.second += ratio / distance;
        sums.third += ratio / distance / distance;
    }
    return sums;
}

/// The distances from pole k between which an edge may be: at an edge no single term of h is above 1, neither of the
/// poles up to k (from) nor of those ahead (to).
struct Search {
    double from = 0.0;
    double to = infinity;
};

Search search_beside(const InverseSubordination& inverse, std::size_t k, double direction) {
    Search search;
    for (std::size_t j = 0; j < inverse.poles.size(); ++j) {
        const double along = direction * (inverse.poles[j].position - inverse.poles[k].position);
        const double reach = std::sqrt(inverse.poles[j].weight);
        const bool is_ahead = direction > 0.0 ? j > k : j < k;
        if (is_ahead) {
            search.to = std::min(search.to, along - reach);
        } else {
            search.from = std::max(search.from, along + reach);
        }
    }
    return search;
}

}  // namespace

InverseSubordination invert_subordination(const SpectrumParameters& parameters) {
    const double s = parameters.weight_variance;
    const double alpha_r = parameters.readout_flip_fraction;
    InverseSubordination inverse{.mean = s * (1.0 - 2.0 * alpha_r) / parameters.ratio, .poles = {}};
    inverse.poles.reserve(4);
    add_poles(inverse.poles, parameters, s, (1.0 - alpha_r) / parameters.ratio);
    add_poles(inverse.poles, parameters, -s, alpha_r / parameters.ratio);
    std::ranges::sort(inverse.poles, {}, &Pole::position);
    return inverse;
}

std::optional<Edge> edge_beside(const InverseSubordination& inverse, std::size_t k, double direction) {
    auto [distance, end] = search_beside(inverse, k, direction);
    // With h = 1 - x'(y), h^(-1/2) is a concave function of y between poles (a mean of the distances to them), so that
    // Newton's method for h^(-1/2) = 1 comes from where h > 1 and never passes the edge.
    while (distance < end) {
        const auto [first, h, third] = pole_sums(inverse, k, direction * distance);
        const double excess = std::sqrt(h) - 1.0;
        if (excess <= rounding) {
            const double y = inverse.poles[k].position + direction * distance;
            return Edge{.y = y, .x = y + inverse.mean + first};
        }
        const double slope = -2.0 * direction * third;  // of h
        if (slope >= 0.0) return std::nullopt;          // h has its minimum above 1
        distance -= 2.0 * h * excess / slope;
    }
    return std::nullopt;
}

std::vector<BandEdges> band_edges(const InverseSubordination& inverse) {
    const std::size_t last = inverse.poles.size() - 1;
    std::vector<BandEdges> bands;
    Edge lower = *edge_beside(inverse, 0, -1.0);
    for (std::size_t k = 0; k < last; ++k) {
        const auto before = edge_beside(inverse, k, 1.0);
        const auto behind = edge_beside(inverse, k + 1, -1.0);
        if (!before || !behind || before->x >= behind->x) continue;  // no gap, or none that rounding leaves
        bands.push_back({lower, *before});
        lower = *behind;
    }
    bands.push_back({lower, *edge_beside(inverse, last, 1.0)});
    return bands;
}

CurvePoint curve_point(const InverseSubordination& inverse, double u) {
    // Where a single term is 1, or all of them would be less.
    double v_squared = 0.0;
    for (const auto& [position, weight] : inverse.poles) {
        v_squared = std::max(v_squared, weight - (u - position) * (u - position));
    }
    // The inverse of the sum is a concave function of v^2: Newton's method never passes the solution.
    for (;;) {
        double sum = 0.0;
        double slope = 0.0;
        double x = u + inverse.mean;
        for (const auto& [position, weight] : inverse.poles) {
            const double distance_squared = (u - position) * (u - position) + v_squared;
            const double term = weight / distance_squared;
            sum += term;
            slope += term / distance_squared;
            x += term * (u - position);
        }
        if (sum - 1.0 <= rounding) return {.v = std::sqrt(v_squared), .x = x};
        v_squared += sum * (sum - 1.0) / slope;
    }
}

}  // namespace curldescent
