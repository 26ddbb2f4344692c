#include "curldescent/ensemble/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace curldescent {
namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

double standard_error(std::span<const double> values, double mean) {
    const auto count = static_cast<double>(values.size());
    if (count < 2 || !std::isfinite(mean)) return missing;
    const double squares = std::accumulate(values.begin(), values.end(), 0.0, [&](double sum, double value) {
        return sum + (value - mean) * (value - mean);
    });
    return std::sqrt(squares / (count - 1) / count);
}

/// Which runs of some points have no result, [point x rule x replicate]: a run that was cut short may have left
/// numbers.
std::vector<bool> find_unfinished(ResultsFile& results, const PointRange& points) {
    std::vector<bool> unfinished;
    for (const RunStatus status : results.read_status(points)) {
        unfinished.push_back(!is_finished(status));
    }
    return unfinished;
}

/// Replaces the values [point x rule x replicate x extra] of these runs.
void leave_out(const std::vector<bool>& runs, std::vector<double>& values, double replacement) {
    const std::size_t extra = values.size() / runs.size();
    for (std::size_t k = 0; k < values.size(); ++k) {
        if (runs[k / extra]) values[k] = replacement;
    }
}

/// The statistics of one quantity over the replicates of every rule at some points. `values` [point x rule x
/// replicate x extra].
void summarise_all(const ResultsFile& results, const std::string& name, const PointRange& points,
                   std::span<const double> values, const StatisticSink& sink) {
    const auto replicates = static_cast<std::size_t>(results.extents().replicates);
    const auto cells = static_cast<std::size_t>((points.last - points.first) * results.extents().rules);
    const std::size_t extra = values.size() / (cells * replicates);
    std::array<std::vector<double>, statistic_names.size()> statistics;  // of each kind, [point x rule x extra]
    std::vector<double> picked(replicates);
    for (std::size_t cell = 0; cell < cells; ++cell) {
        for (std::size_t column = 0; column < extra; ++column) {
            for (std::size_t r = 0; r < replicates; ++r) picked[r] = values[(cell * replicates + r) * extra + column];
            const auto summary = summarise(picked).values();
            for (std::size_t k = 0; k < summary.size(); ++k) statistics[k].push_back(summary[k]);
        }
    }
    for (std::size_t k = 0; k < statistics.size(); ++k) {
        sink(name + "_" + std::string(statistic_names[k]), points, statistics[k]);
    }
}

/// The share of each flag of an enumeration among the replicates that have one. `values` as above.
void share_all(const ResultsFile& results, const RunVariable& variable, const PointRange& points,
               std::span<const double> values, const StatisticSink& sink) {
    const auto replicates = static_cast<std::size_t>(results.extents().replicates);
    for (std::size_t flag = 1; flag < variable.flags.size(); ++flag) {
        std::vector<double> shares;  // [point x rule]
        for (std::size_t first = 0; first < values.size(); first += replicates) {
            shares.push_back(share_of(values.subspan(first, replicates), static_cast<double>(flag)));
        }
        sink(share_name(variable, variable.flags[flag]), points, shares);
    }
}

}  // namespace

double share_of(std::span<const double> values, double value) {
    const auto present = std::ranges::count_if(values, [](double x) { return x != 0.0; });
    const auto equal = std::ranges::count(values, value);
    return present > 0 ? static_cast<double>(equal) / static_cast<double>(present) : missing;
}

double quantile(std::span<const double> sorted, double share) {
    const double position = share * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(position);
    const double fraction = position - static_cast<double>(below);
    const double low = sorted[below];
    if (fraction == 0.0 || std::isinf(low)) return low;
    return low + fraction * (sorted[below + 1] - low);
}

Summary summarise(std::span<const double> values) {
    std::vector<double> sorted;
    std::copy_if(values.begin(), values.end(), std::back_inserter(sorted), [](double x) { return !std::isnan(x); });
    if (sorted.empty()) return {missing, missing, missing, missing, missing, 0.0};
    std::sort(sorted.begin(), sorted.end());
    const auto count = static_cast<double>(sorted.size());
    const double mean = std::accumulate(sorted.begin(), sorted.end(), 0.0) / count;
    return {.mean = mean,
            .sem = standard_error(sorted, mean),
            .median = quantile(sorted, 0.5),
            .q05 = quantile(sorted, 0.05),
            .q95 = quantile(sorted, 0.95),
            .count = count};
}

PointRange share_of_points(std::int64_t points, int rank, int size) {
    return {.first = points * rank / size, .last = points * (rank + 1) / size};
}

void compute_statistics(ResultsFile& results, const PointRange& points, const StatisticSink& sink) {
    for (PointRange part{points.first, points.first}; part.last < points.last;) {
        part = results.next_block({part.last, points.last});
        const std::vector<bool> unfinished = find_unfinished(results, part);
        for (const RunVariable& variable : results.run_variables()) {
            if (variable.statistics == Statistics::none) continue;
            const std::string name(variable.name);
            std::vector<double> values = results.read_at(name, part);
            leave_out(unfinished, values, variable.statistics == Statistics::shares ? 0.0 : missing);
            if (variable.statistics == Statistics::shares) {
                share_all(results, variable, part, values, sink);
                continue;
            }
            summarise_all(results, name, part, values, sink);
            if (variable.statistics != Statistics::with_log10) continue;
            for (double& value : values) value = std::log10(value);
            summarise_all(results, "log10_" + name, part, values, sink);
        }
    }
}

StatisticSink write_to(ResultsFile& results) {
    return [&results](const std::string& variable, const PointRange& points, std::span<const double> values) {
        if (results.has(variable)) results.write_statistic(variable, points, values);
    };
}

void write_statistics(ResultsFile& results, const PointRange& points) {
    compute_statistics(results, points, write_to(results));
}

}  // namespace curldescent
