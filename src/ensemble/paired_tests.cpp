#include "curldescent/ensemble/paired_tests.hpp"

#include <algorithm>
#include <array>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>

#include "curldescent/ensemble/statistics.hpp"

namespace curldescent {
namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
constexpr double infinite = std::numeric_limits<double>::infinity();

/// Ranks of differences by size.
struct SignedRanks {
    std::size_t count = 0;  ///< of differences other than 0
    double positive = 0.0;  ///< sum of the ranks of the positive ones
    double tie_term = 0.0;  ///< sum of t^3 - t over groups of t equal sizes
    bool has_ties_or_zeros = false;
};

SignedRanks rank(std::span<const double> differences) {
    std::vector<double> sorted;
    std::ranges::copy_if(differences, std::back_inserter(sorted), [](double d) { return d != 0.0; });
    std::ranges::sort(sorted, {}, [](double d) { return std::abs(d); });
    SignedRanks ranks{.count = sorted.size(), .has_ties_or_zeros = sorted.size() < differences.size()};
    for (std::size_t first = 0; first < sorted.size();) {
        std::size_t end = first;
        double positive = 0.0;
        while (end < sorted.size() && std::abs(sorted[end]) == std::abs(sorted[first])) {
            if (sorted[end++] > 0.0) ++positive;
        }
        const auto equal = static_cast<double>(end - first);
        ranks.positive += positive * 0.5 * static_cast<double>(first + 1 + end);  // the mean of ranks first + 1 to end
        ranks.tie_term += equal * equal * equal - equal;
        ranks.has_ties_or_zeros = ranks.has_ties_or_zeros || end - first > 1;
        first = end;
    }
    return ranks;
}

/// Of 2^count equally likely choices of signs, how many give each sum of the positive ranks 1 to count.
std::vector<double> rank_sum_counts(std::size_t count) {
    std::vector<double> ways{1.0};
    for (std::size_t rank = 1; rank <= count; ++rank) {
        std::vector<double> with_it(ways.size() + rank, 0.0);
        for (std::size_t sum = 0; sum < ways.size(); ++sum) {
            with_it[sum] += ways[sum];
            with_it[sum + rank] += ways[sum];
        }
        ways = std::move(with_it);
    }
    return ways;
}

double exact_p(const SignedRanks& ranks) {
    const std::vector<double> ways = rank_sum_counts(ranks.count);
    const auto sum = static_cast<std::ptrdiff_t>(ranks.positive);
    const double at_most = std::accumulate(ways.begin(), ways.begin() + sum + 1, 0.0);
    const double at_least = std::accumulate(ways.begin() + sum, ways.end(), 0.0);
    return std::min(1.0, std::ldexp(2.0 * std::min(at_most, at_least), -static_cast<int>(ranks.count)));
}

double approximate_p(const SignedRanks& ranks) {
    const auto n = static_cast<double>(ranks.count);
    const double mean = n * (n + 1.0) / 4.0;
    const double variance = (n * (n + 1.0) * (2.0 * n + 1.0) - 0.5 * ranks.tie_term) / 24.0;
    const double z = std::abs(ranks.positive - mean) / std::sqrt(variance);
    return 2.0 * boost::math::cdf(boost::math::complement(boost::math::normal(), z));
}

/// Leaves the values in another order.
double median(std::vector<double>& values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    if (values.size() % 2 == 1) return *middle;
    return quantile(std::array{*std::max_element(values.begin(), middle), *middle}, 0.5);
}

}  // namespace

double paired_t_test(std::span<const double> differences) {
    const auto count = static_cast<double>(differences.size());
    if (differences.size() < 2) return missing;
    const double mean = std::accumulate(differences.begin(), differences.end(), 0.0) / count;
    const double squares = std::accumulate(differences.begin(), differences.end(), 0.0,
                                           [&](double sum, double d) { return sum + (d - mean) * (d - mean); });
    const double rounding = 16.0 * std::numeric_limits<double>::epsilon() * mean;
    if (squares <= count * rounding * rounding) return missing;
    const double t = mean / std::sqrt(squares / (count - 1.0) / count);
    const boost::math::students_t distribution(count - 1.0);
    return 2.0 * boost::math::cdf(boost::math::complement(distribution, std::abs(t)));
}

double wilcoxon_test(std::span<const double> differences) {
    constexpr std::size_t most_exact = 50;
    const SignedRanks ranks = rank(differences);
    if (ranks.count == 0) return missing;
    const bool exact = ranks.count <= most_exact && !ranks.has_ties_or_zeros;
    return exact ? exact_p(ranks) : approximate_p(ranks);
}

std::vector<double> holm_correction(std::span<const double> p_values) {
    std::vector<std::size_t> order;
    for (std::size_t k = 0; k < p_values.size(); ++k) {
        if (!std::isnan(p_values[k])) order.push_back(k);
    }
    std::ranges::sort(order, {}, [&](std::size_t k) { return p_values[k]; });
    std::vector<double> corrected(p_values.begin(), p_values.end());
    double largest = 0.0;
    for (std::size_t k = 0; k < order.size(); ++k) {
        largest = std::max(largest, static_cast<double>(order.size() - k) * p_values[order[k]]);
        corrected[order[k]] = std::min(1.0, largest);
    }
    return corrected;
}

MedianRatio ratio_of_medians(std::span<const double> x, std::span<const double> y, RandomStream resampling) {
    constexpr std::size_t resamples = 1000;
    if (x.empty()) return {missing, missing, missing};
    std::vector<double> x_drawn(x.begin(), x.end());
    std::vector<double> y_drawn(y.begin(), y.end());
    MedianRatio result{.ratio = median(x_drawn) / median(y_drawn), .low = missing, .high = missing};
    if (x.size() < 2) return result;

    std::vector<double> lower;  // the ratios of the resamples
    std::vector<double> upper;
    for (std::size_t k = 0; k < resamples; ++k) {
        for (std::size_t place = 0; place < x.size(); ++place) {
            const std::uint32_t pair = resampling.next_below(static_cast<std::uint32_t>(x.size()));
            x_drawn[place] = x[pair];
            y_drawn[place] = y[pair];
        }
        const double ratio = median(x_drawn) / median(y_drawn);
        lower.push_back(std::isnan(ratio) ? 0.0 : ratio);
        upper.push_back(std::isnan(ratio) ? infinite : ratio);
    }
    std::ranges::sort(lower);
    std::ranges::sort(upper);
    result.low = quantile(lower, 0.025);
    result.high = quantile(upper, 0.975);
    return result;
}

}  // namespace curldescent
