#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "curldescent/ensemble/paired_tests.hpp"
#include "curldescent/ensemble/statistics.hpp"
#include "curldescent/storage/results_file.hpp"

namespace curldescent {

/// A rule against the baseline, over the paired replicates of a point.
///
/// No run is left out in silence. A run that diverged has an infinite loss; one that never reached a threshold took
/// infinitely long, longer than any that did. Infinite values take part in wins, losses, ties (infinite against
/// infinite), medians and Wilcoxon's test, where infinite differences rank above all others. Student's test needs
/// finite differences: it has `t_pairs` of the `pairs`. A pair of which a run is pending or failed is none, and none
/// are the durations to a test loss without test samples.
///
/// Both tests are of the same differences: of decimal logarithms for levels, of the durations themselves.
struct Comparison {
    MedianRatio ratio;       ///< median of the rule / median of the baseline
    double t_p;              ///< of `paired_t_test`
    double wilcoxon_p;       ///< of `wilcoxon_test`
    double t_p_holm;         ///< of `holm_correction` over all points, for one rule, variable and threshold
    double wilcoxon_p_holm;  ///< the same
    double wins;             ///< pairs in which the rule is lower
    double losses;           ///< pairs in which it is higher
    double ties;
    double pairs;
    double t_pairs;
    double unfinished;           ///< pairs in which the rule is infinite
    double baseline_unfinished;  ///< pairs in which the baseline is

    /// In the order of `comparison_names`.
    [[nodiscard]] std::array<double, 14> values() const {
        return {ratio.ratio, ratio.low, ratio.high, t_p,   wilcoxon_p, t_p_holm,   wilcoxon_p_holm,
                wins,        losses,    ties,       pairs, t_pairs,    unfinished, baseline_unfinished};
    }
};

/// Compares the values of paired replicates, NaN where there is none. The corrected p-values are left NaN.
Comparison compare_pairs(std::span<const double> rule, std::span<const double> baseline, Comparable comparable,
                         const RandomStream& resampling);

/// The rule that others are compared with, by its index, and the seed of the experiment.
struct Baseline {
    std::int64_t rule;
    std::uint64_t seed;
};

/// The comparisons of a variable at some points, [point x rule] and its extra dimension; NaN for the baseline itself.
std::vector<Comparison> compare_rules(ResultsFile& results, const RunVariable& variable, const Baseline& baseline,
                                      const PointRange& points);

/// Fills in the corrected p-values. `comparisons` are those of all points, [point x rule x extra], `each` of a point.
void correct_over_points(std::span<Comparison> comparisons, std::size_t each);

/// Whether the file holds comparisons.
bool has_comparisons(ResultsFile& results);

/// Computes every comparison at the given points, for somebody to take, the corrected p-values apart.
void compute_comparisons(ResultsFile& results, const PointRange& points, const StatisticSink& sink);

/// Computes the corrected p-values of all points from the p-values in the file.
void compute_corrected(ResultsFile& results, const StatisticSink& sink);

/// Computes and writes every comparison at the given points, the corrected p-values apart.
void write_comparisons(ResultsFile& results, const PointRange& points);

/// Writes the corrected p-values of all points, once those of all points are to be seen.
void write_corrected(ResultsFile& results);

}  // namespace curldescent
