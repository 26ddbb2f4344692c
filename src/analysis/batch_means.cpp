#include "curldescent/analysis/batch_means.hpp"

#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <vector>

#include "series.hpp"

namespace curldescent {
namespace {

/// The spread of the means of blocks of one length.
struct Blocking {
    double count;     // n_b
    double variance;  // v_b, of the mean of all
};

Blocking blocking_of(std::span<const double> means) {
    const double mean = mean_of(means);
    const auto count = static_cast<double>(means.size());
    const double squares = std::accumulate(means.begin(), means.end(), 0.0, [&](double sum, double value) {
        return sum + (value - mean) * (value - mean);
    });
    return {count, squares / (count - 1.0) / count};
}

/// Of block lengths 1, 2, 4, ... down to the least number of blocks.
std::vector<Blocking> doubling_blocks(std::span<const double> series) {
    std::vector<double> means(series.begin(), series.end());
    std::vector<Blocking> blockings;
    while (means.size() >= least_batches) {
        blockings.push_back(blocking_of(means));
        for (std::size_t k = 0; k + 1 < means.size(); k += 2) means[k / 2] = 0.5 * (means[k] + means[k + 1]);
        means.resize(means.size() / 2);
    }
    return blockings;
}

/// The first that agrees with all longer ones.
const Blocking& plateau(const std::vector<Blocking>& blockings) {
    for (std::size_t k = 0; k < blockings.size(); ++k) {
        bool agrees = true;
        for (std::size_t longer = k + 1; longer < blockings.size(); ++longer) {
            const auto& [count, variance] = blockings[longer];
            const double error = variance * std::sqrt(2.0 / (count - 1.0));
            agrees = agrees && std::abs(variance - blockings[k].variance) <= error;
        }
        if (agrees) return blockings[k];
    }
    return blockings.back();
}

/// Whether v_b has ceased to rise.
bool levels_off(const std::vector<Blocking>& blockings) {
    constexpr std::size_t doublings = 2;
    constexpr double errors = 3.0;
    if (blockings.size() <= doublings) return false;
    const double before = blockings[blockings.size() - 1 - doublings].variance;
    const auto& [count, variance] = blockings.back();
    return variance <= before * (1.0 + errors * std::sqrt(2.0 / (count - 1.0)));
}

/// Whether the sum of the series stays bounded.
bool is_bounded(const std::vector<Blocking>& blockings) {
    constexpr std::size_t doublings = 4;
    if (blockings.size() <= doublings) return false;
    const double before = blockings[blockings.size() - 1 - doublings].variance;
    return blockings.back().variance < before * std::exp2(-0.5 * static_cast<double>(doublings));
}

double student_quantile(double freedom) {
    return boost::math::quantile(boost::math::students_t(freedom), 0.975);
}

}  // namespace

MeanEstimate batch_means(std::span<const double> series) {
    MeanEstimate estimate;
    if (series.empty()) return estimate;
    estimate.mean = mean_of(series);
    const std::vector<Blocking> blockings = doubling_blocks(series);
    if (blockings.empty() || !std::isfinite(estimate.mean)) return estimate;

    const bool bounded = is_bounded(blockings);
    estimate.has_plateau = bounded || levels_off(blockings);
    const bool settled = estimate.has_plateau && !bounded;
    const Blocking& chosen = settled ? plateau(blockings) : blockings.back();
    double variance = chosen.variance;
    if (bounded) variance /= chosen.count;
    if (!estimate.has_plateau) variance *= chosen.count;
    estimate.half_width = student_quantile(chosen.count - 1.0) * std::sqrt(variance);
    return estimate;
}

}  // namespace curldescent
