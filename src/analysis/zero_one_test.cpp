#include "curldescent/analysis/zero_one_test.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>
#include <numeric>
#include <vector>

#include "series.hpp"

namespace curldescent {
namespace {

constexpr std::size_t least_samples = 100;
constexpr std::size_t most_samples = 2000;
constexpr int frequencies = 100;

/// The last ones of every stride-th of a series.
std::vector<double> thinned(std::span<const double> series, std::size_t stride) {
    std::vector<double> values;
    for (std::size_t k = 0; k * stride < series.size() && k < most_samples; ++k) {
        values.push_back(series[series.size() - 1 - k * stride]);
    }
    std::ranges::reverse(values);
    return values;
}

/// Pearson's correlation of the values with 1, 2, ....
double correlation_with_time(const std::vector<double>& values) {
    const double mean = mean_of(values);
    const double mean_time = 0.5 * (static_cast<double>(values.size()) + 1.0);
    double together = 0.0;
    double squares = 0.0;
    double time_squares = 0.0;
    for (std::size_t k = 0; k < values.size(); ++k) {
        const double time = static_cast<double>(k + 1) - mean_time;
        together += time * (values[k] - mean);
        squares += (values[k] - mean) * (values[k] - mean);
        time_squares += time * time;
    }
    return together / std::sqrt(squares * time_squares);
}

/// K_c of a series with mean zero.
double growth_at(const std::vector<double>& series, double c) {
    std::vector<double> p;
    std::vector<double> q;
    double p_sum = 0.0;
    double q_sum = 0.0;
    for (std::size_t j = 0; j < series.size(); ++j) {
        const double angle = static_cast<double>(j + 1) * c;
        p.push_back(p_sum += series[j] * std::cos(angle));
        q.push_back(q_sum += series[j] * std::sin(angle));
    }
    const std::size_t lags = series.size() / 10;
    const std::size_t starts = series.size() - lags;
    std::vector<double> displacements;
    for (std::size_t lag = 1; lag <= lags; ++lag) {
        double sum = 0.0;
        for (std::size_t j = 0; j < starts; ++j) {
            const double dp = p[j + lag] - p[j];
            const double dq = q[j + lag] - q[j];
            sum += dp * dp + dq * dq;
        }
        displacements.push_back(sum / static_cast<double>(starts));
    }
    return correlation_with_time(displacements);
}

}  // namespace

bool is_constant(std::span<const double> series) {
    if (series.empty()) return true;
    const auto [least, most] = std::ranges::minmax(series);
    return most - least <= 1e-13 * std::max(std::abs(least), std::abs(most));
}

int decorrelation_stride(std::span<const double> series) {
    const std::vector<double> values = centred(series);
    const std::size_t longest = values.size() / least_samples;  // at a longer stride too few would be left
    for (std::size_t lag = 1; lag <= longest; ++lag) {
        const double product =
            std::inner_product(values.begin() + static_cast<std::ptrdiff_t>(lag), values.end(), values.begin(), 0.0);
        if (product <= 0.0) return static_cast<int>(lag);
    }
    return static_cast<int>(std::max<std::size_t>(values.size(), 1));
}

double zero_one_test(std::span<const double> series) {
    constexpr double missing = std::numeric_limits<double>::quiet_NaN();
    if (series.size() < least_samples || is_constant(series)) return missing;
    const auto stride = static_cast<std::size_t>(decorrelation_stride(series));
    const std::vector<double> values = centred(thinned(series, stride));
    if (values.size() < least_samples) return missing;
    std::vector<double> growths;
    for (int k = 0; k < frequencies; ++k) {
        const double share = (static_cast<double>(k) + 0.5) / frequencies;
        growths.push_back(growth_at(values, std::numbers::pi * (0.2 + 0.6 * share)));
    }
    std::ranges::nth_element(growths, growths.begin() + frequencies / 2);
    return growths[frequencies / 2];
}

}  // namespace curldescent
