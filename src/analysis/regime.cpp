#include "curldescent/analysis/regime.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "series.hpp"

namespace curldescent {
namespace {

constexpr double rising_trend = 0.5;
constexpr double small_trend = 0.1;
constexpr double regular_zero_one = 0.2;
constexpr int least_crossings = 10;  // five periods: learning in stages makes one or two

int sign_changes(const std::vector<double>& values) {
    int changes = 0;
    for (std::size_t k = 1; k < values.size(); ++k) changes += (values[k] > 0.0) != (values[k - 1] > 0.0) ? 1 : 0;
    return changes;
}

/// By how much the halves of a loss that swings about a level may differ: two standard deviations, where every two
/// crossings are one independent loss.
double stationary_trend(const LossSummary& loss) {
    const double deviation = 2.0 * loss.swing * std::sqrt(2.0 / loss.crossings);
    return std::clamp(2.0 * deviation, small_trend, rising_trend);
}

/// Whether the loss goes up and down about a level, by more than rounding.
bool is_swinging(const LossSummary& loss, const RegimeOptions& options) {
    return loss.swing >= options.constant_loss && loss.crossings >= least_crossings &&
           std::abs(loss.trend) < stationary_trend(loss);
}

bool is_regular(const RegimeNumbers& numbers) {
    if (numbers.verdict == LyapunovVerdict::unmeasured) return numbers.zero_one < regular_zero_one;
    return numbers.verdict == LyapunovVerdict::zero || numbers.verdict == LyapunovVerdict::negative;
}

Regime regime_of_constant_loss(const RegimeNumbers& numbers, const RegimeOptions& options) {
    if (numbers.order_parameter > options.moving_weights) return Regime::drift;
    return numbers.order_parameter <= options.moving_weights ? Regime::fixed_point : Regime::undetermined;
}

}  // namespace

LossSummary summarise_loss(std::span<const double> losses, double zero_output_loss) {
    if (losses.empty()) return {};
    const double mean = mean_of(losses);
    const std::vector<double> swing = detrended(losses);
    const std::size_t half = losses.size() / 2;
    const double change = half > 0 ? mean_of(losses.last(half)) - mean_of(losses.first(half)) : 0.0;
    // A loss of exactly zero is constant.
    const double scale = mean > 0.0 ? mean : 1.0;
    const double last = mean_of(losses.last(losses.size() / 10 + 1));
    return {.count = static_cast<std::int64_t>(losses.size()),
            .level = last / zero_output_loss,
            .variation = root_mean_square(centred(losses)) / scale,
            .trend = change / scale,
            .swing = root_mean_square(swing) / scale,
            .crossings = static_cast<double>(sign_changes(swing))};
}

bool vary_by_themselves(const LossSummary& loss, const RegimeOptions& options) {
    return loss.level >= options.converged_loss && loss.swing >= options.constant_loss;
}

Regime regime_of(const RegimeNumbers& numbers, const RegimeOptions& options) {
    if (numbers.diverged) return Regime::diverged;
    if (numbers.came_to_rest) return Regime::converged;
    if (numbers.loss.count < least_losses) return Regime::undetermined;
    if (numbers.loss.level < options.converged_loss && numbers.loss.trend < rising_trend) return Regime::converged;
    if (numbers.loss.variation < options.constant_loss) return regime_of_constant_loss(numbers, options);
    // Tangents grow at an unstable fixed point and on the way off it, too.
    if (!is_swinging(numbers.loss, options)) return Regime::undetermined;
    if (numbers.verdict == LyapunovVerdict::positive) return Regime::chaos;
    return numbers.deterministic && is_regular(numbers) ? Regime::oscillation : Regime::undetermined;
}

}  // namespace curldescent
