#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "commands.hpp"

namespace curldescent::cli {
namespace {

using Parameters = SpectrumParameters;

/// visit(parameters) for each ratio, hidden and readout fraction.
template <class Visitor>
void for_each_point(const TheoryArguments& arguments, const Visitor& visit) {
    for (const double ratio : arguments.ratios) {
        for (const double hidden : arguments.hidden_flip_fractions) {
            for (const double readout : arguments.readout_flip_fractions) {
                visit(Parameters{.ratio = ratio,
                                 .hidden_flip_fraction = hidden,
                                 .readout_flip_fraction = readout,
                                 .weight_variance = arguments.weight_variance,
                                 .squared_readout_norm = arguments.squared_readout_norm});
            }
        }
    }
}

std::string point_text(const Parameters& point) {
    return fmt::format("{},{},{}", point.ratio, point.hidden_flip_fraction, point.readout_flip_fraction);
}

}  // namespace

int print_lower_edges(const TheoryArguments& arguments) {
    fmt::print("ratio,hidden_flip_fraction,readout_flip_fraction,lower_edge\n");
    for_each_point(arguments,
                   [](const Parameters& point) { fmt::print("{},{}\n", point_text(point), lower_edge(point)); });
    return ExitCode::done;
}

int print_bands(const TheoryArguments& arguments) {
    fmt::print("ratio,hidden_flip_fraction,readout_flip_fraction,band_lower_edge,band_upper_edge\n");
    for_each_point(arguments, [](const Parameters& point) {
        for (const auto& [lower, upper] : bands(point)) fmt::print("{},{},{}\n", point_text(point), lower, upper);
    });
    return ExitCode::done;
}

/// Points of each band, closest at its edges, where the density rises steepest; atoms between the bands.
int print_density(const TheoryArguments& arguments) {
    fmt::print("ratio,hidden_flip_fraction,readout_flip_fraction,eigenvalue,density,atom_mass\n");
    for_each_point(arguments, [&](const Parameters& point) {
        std::vector<std::array<double, 3>> rows;
        for (const auto& [lower, upper] : bands(point)) {
            for (std::int64_t k = 0; k < arguments.points; ++k) {
                const double share = static_cast<double>(k) / static_cast<double>(arguments.points - 1);
                const double x = std::lerp(lower, upper, 0.5 - 0.5 * std::cos(std::numbers::pi * share));
                rows.push_back({x, density(point, x), 0.0});
            }
        }
        for (const auto& [position, mass] : atoms(point)) rows.push_back({position, 0.0, mass});
        std::ranges::sort(rows);
        for (const auto& [x, height, mass] : rows) fmt::print("{},{},{},{}\n", point_text(point), x, height, mass);
    });
    return ExitCode::done;
}

int print_boundary(const TheoryArguments& arguments) {
    const bool is_hidden = arguments.layer == FlippedLayer::hidden;
    fmt::print("ratio,{0}_flip_fraction,critical_{1}_flip_fraction\n", is_hidden ? "readout" : "hidden",
               to_string(arguments.layer));
    for_each_point(arguments, [&](const Parameters& point) {
        fmt::print("{},{},{}\n", point.ratio, is_hidden ? point.readout_flip_fraction : point.hidden_flip_fraction,
                   critical_flip_fraction(point, arguments.layer));
    });
    return ExitCode::done;
}

int print_critical_ratios(const TheoryArguments& arguments) {
    TheoryArguments points = arguments;
    points.ratios = {1.0};  // any
    const bool is_hidden = arguments.layer == FlippedLayer::hidden;
    (is_hidden ? points.hidden_flip_fractions : points.readout_flip_fractions) = arguments.fractions;
    fmt::print("hidden_flip_fraction,readout_flip_fraction,critical_ratio,upper_critical_ratio\n");
    for_each_point(points, [](const Parameters& point) {
        const auto [lower, upper] = critical_ratios(point);
        fmt::print("{},{},{},{}\n", point.hidden_flip_fraction, point.readout_flip_fraction, lower, upper);
    });
    return ExitCode::done;
}

}  // namespace curldescent::cli
