#pragma once

#include <array>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "curldescent/storage/results_file.hpp"

namespace curldescent {

/// Statistics over replicates, in the order of `statistic_names`. Missing values (NaN) are left out of all of
/// them and of the count; infinite ones (diverged runs) are not: they make a mean infinite and count as
/// largest in quantiles.
struct Summary {
    double mean;
    double sem;  ///< standard error of the mean: sample deviation / sqrt(count); NaN below two finite values
    double median;
    double q05;  ///< 5 % quantile, linear between order statistics as in NumPy
    double q95;
    double count;  ///< of values that are not missing

    [[nodiscard]] std::array<double, 6> values() const { return {mean, sem, median, q05, q95, count}; }
};

/// The value below which lies this share of some sorted values, at least one, linear between neighbours. Between a
/// finite and an infinite one lies the infinite one.
double quantile(std::span<const double> sorted, double share);

/// The summary of some values; all but the count are NaN when none is there.
Summary summarise(std::span<const double> values);

/// The share of a value above 0 among the values that are not 0; NaN when all are.
double share_of(std::span<const double> values, double value);

/// The points of member `rank` of `size`, split as evenly as possible.
PointRange share_of_points(std::int64_t points, int rank, int size);

/// Takes what was computed of a variable at some points, [point x rule] and the variable's extra dimension.
using StatisticSink =
    std::function<void(const std::string& variable, const PointRange& points, std::span<const double> values)>;

/// Computes every statistic at the given points, for somebody to take.
void compute_statistics(ResultsFile& results, const PointRange& points, const StatisticSink& sink);

/// Writes what was computed, where the file has a place for it: one that an older build began may not.
StatisticSink write_to(ResultsFile& results);

/// Computes and writes every statistic at the given points.
void write_statistics(ResultsFile& results, const PointRange& points);

}  // namespace curldescent
