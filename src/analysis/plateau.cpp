#include "curldescent/analysis/plateau.hpp"

#include <algorithm>

namespace curldescent {

std::size_t flattest_record(const GradientSeries& series, const PlateauOptions& options) {
    std::size_t flattest = 0;
    for (std::size_t k = 1; k < series.norms.size(); ++k) {
        const bool high = series.losses[k] >= options.loss * series.losses[0];
        if (high && series.norms[k] < series.norms[flattest]) flattest = k;
    }
    return flattest;
}

PlateauSummary find_plateau(const GradientSeries& series, const PlateauOptions& options) {
    const PlateauSummary none{.length = 0.0};
    if (series.norms.empty()) return none;
    const double steepest = *std::ranges::max_element(series.norms);
    const auto on_plateau = [&](std::size_t k) {
        return series.norms[k] <= options.gradient * steepest && series.losses[k] >= options.loss * series.losses[0];
    };
    const std::size_t flattest = flattest_record(series, options);
    if (!on_plateau(flattest)) return none;

    std::size_t first = flattest;
    while (first > 0 && on_plateau(first - 1)) --first;
    std::size_t behind = flattest + 1;
    while (behind < series.norms.size() && on_plateau(behind)) ++behind;
    PlateauSummary plateau{.epoch = series.epochs[flattest]};
    const bool escaped = behind < series.norms.size();
    if (escaped) plateau.escape = series.epochs[behind];
    plateau.length = (escaped ? plateau.escape : series.epochs.back()) - series.epochs[first];
    return plateau;
}

}  // namespace curldescent
