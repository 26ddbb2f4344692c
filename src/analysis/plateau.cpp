#include "curldescent/analysis/plateau.hpp"

#include <algorithm>
#include <cmath>

namespace curldescent {
namespace {

/// The largest gradient norm at a loss that is at most that at the start.
double steepest_norm(const GradientSeries& series) {
    double steepest = 0.0;
    for (std::size_t k = 0; k < series.norms.size(); ++k) {
        if (std::isfinite(series.norms[k]) && series.losses[k] <= series.losses[0]) {
            steepest = std::max(steepest, series.norms[k]);
        }
    }
    return steepest;
}

}  // namespace

std::size_t flattest_record(const GradientSeries& series, const PlateauOptions& options) {
    std::size_t flattest = 0;
    for (std::size_t k = 1; k < series.norms.size(); ++k) {
        const bool high = series.losses[k] >= options.loss * series.losses[0];
        const bool flatter = series.norms[k] < series.norms[flattest] || std::isnan(series.norms[flattest]);
        if (high && flatter) flattest = k;
    }
    return flattest;
}

PlateauSummary find_plateau(const GradientSeries& series, const PlateauOptions& options, double diverged) {
    const PlateauSummary none{.length = 0.0};
    if (series.norms.empty()) return none;
    const double steepest = steepest_norm(series);
    const auto on_plateau = [&](std::size_t k) {
        return series.norms[k] <= options.gradient * steepest && series.losses[k] >= options.loss * series.losses[0];
    };
    const std::size_t flattest = flattest_record(series, options);
    if (!on_plateau(flattest)) return none;

    std::size_t first = flattest;
    while (first > 0 && on_plateau(first - 1)) --first;
    std::size_t behind = flattest + 1;
    while (behind < series.norms.size() && on_plateau(behind)) ++behind;
    const bool within = behind < series.norms.size();
    PlateauSummary plateau{.epoch = series.epochs[flattest], .escape = within ? series.epochs[behind] : diverged};
    const double end = std::isnan(plateau.escape) ? series.epochs.back() : plateau.escape;
    plateau.length = end - series.epochs[first];
    return plateau;
}

}  // namespace curldescent
