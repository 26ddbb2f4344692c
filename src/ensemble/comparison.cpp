#include "curldescent/ensemble/comparison.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace curldescent {
namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr Comparison nothing{.ratio = {missing, missing, missing},
                             .t_p = missing,
                             .wilcoxon_p = missing,
                             .t_p_holm = missing,
                             .wilcoxon_p_holm = missing,
                             .wins = missing,
                             .losses = missing,
                             .ties = missing,
                             .pairs = missing,
                             .t_pairs = missing,
                             .unfinished = missing,
                             .baseline_unfinished = missing};

Baseline baseline_of(ResultsFile& results) {
    const Experiment experiment = results.read_experiment();
    const auto& rules = experiment.settings.rules;
    const auto& baseline = experiment.settings.run.analysis.baseline;
    if (!baseline) throw StorageError(results.path() + ": has comparisons with a baseline that its settings lack");
    const auto place = std::ranges::find(rules, *baseline);
    return {.rule = place - rules.begin(), .seed = static_cast<std::uint64_t>(experiment.settings.seed)};
}

/// x - y, where equal infinities have no difference.
double difference(double x, double y) {
    return x == y ? 0.0 : x - y;
}

/// The scale on which differences are tested: a level's logarithm, a duration itself.
double tested(double value, Comparable comparable) {
    return comparable == Comparable::level ? std::log10(value) : value;
}

/// Whether each replicate has the loss that a duration waits for: not that of test samples where there are none.
bool has_awaited_loss(ResultsFile& results, const RunVariable& duration, const PointRange& point) {
    constexpr std::string_view prefix = "epochs_to_";
    const std::string loss = "final_" + std::string(duration.name.substr(prefix.size()));
    return !std::ranges::all_of(results.read_at(loss, point), [](double value) { return std::isnan(value); });
}

/// The values of a variable at a point, [rule x replicate x extra], as they are compared: a duration that a finished
/// run never reached is infinite.
std::vector<double> comparable_values(ResultsFile& results, const RunVariable& variable, std::int64_t point) {
    const PointRange only{point, point + 1};
    std::vector<double> values = results.read_at(std::string(variable.name), only);
    const std::vector<RunStatus> status = results.read_status(point);
    const bool awaited = variable.comparable == Comparable::duration && has_awaited_loss(results, variable, only);
    const std::size_t extra = values.size() / status.size();
    for (std::size_t k = 0; k < values.size(); ++k) {
        const bool finished = is_finished(status[k / extra]);
        if (!finished) values[k] = missing;
        if (finished && std::isnan(values[k]) && awaited) values[k] = infinite;
    }
    return values;
}

void hand_over(const RunVariable& variable, const PointRange& points, std::span<const Comparison> comparisons,
               const StatisticSink& sink) {
    for (std::size_t name = 0; name < comparison_names.size(); ++name) {
        if (comparison_names.at(name).ends_with("_holm")) continue;  // needs all points
        std::vector<double> column;
        for (const Comparison& comparison : comparisons) column.push_back(comparison.values().at(name));
        sink(comparison_variable(variable.name, comparison_names.at(name)), points, column);
    }
}

/// The correction of one column of p-values, [point x each].
std::vector<double> corrected(std::span<const double> p_values, std::size_t each) {
    std::vector<double> result(p_values.begin(), p_values.end());
    for (std::size_t column = 0; column < each; ++column) {
        std::vector<double> family;
        for (std::size_t k = column; k < p_values.size(); k += each) family.push_back(p_values[k]);
        family = holm_correction(family);
        for (std::size_t point = 0; point < family.size(); ++point) result[point * each + column] = family[point];
    }
    return result;
}

}  // namespace

Comparison compare_pairs(std::span<const double> rule, std::span<const double> baseline, Comparable comparable,
                         const RandomStream& resampling) {
    Comparison result = nothing;
    result.wins = result.losses = result.ties = result.unfinished = result.baseline_unfinished = 0.0;
    std::vector<double> x;
    std::vector<double> y;
    std::vector<double> differences;
    std::vector<double> finite_differences;
    for (std::size_t k = 0; k < rule.size(); ++k) {
        if (std::isnan(rule[k]) || std::isnan(baseline[k])) continue;
        x.push_back(rule[k]);
        y.push_back(baseline[k]);
        const double tested_rule = tested(rule[k], comparable);
        const double tested_baseline = tested(baseline[k], comparable);
        differences.push_back(difference(tested_rule, tested_baseline));
        if (rule[k] < baseline[k]) ++result.wins;
        if (rule[k] > baseline[k]) ++result.losses;
        if (rule[k] == baseline[k]) ++result.ties;
        if (std::isinf(rule[k])) ++result.unfinished;
        if (std::isinf(baseline[k])) ++result.baseline_unfinished;
        const bool finite = std::isfinite(tested_rule) && std::isfinite(tested_baseline);
        if (finite) finite_differences.push_back(differences.back());
    }
    result.pairs = static_cast<double>(x.size());
    result.t_pairs = static_cast<double>(finite_differences.size());
    result.ratio = ratio_of_medians(x, y, resampling);
    result.t_p = paired_t_test(finite_differences);
    result.wilcoxon_p = wilcoxon_test(differences);
    return result;
}

std::vector<Comparison> compare_rules(ResultsFile& results, const RunVariable& variable, const Baseline& baseline,
                                      const PointRange& points) {
    const auto replicates = static_cast<std::size_t>(results.extents().replicates);
    const auto rules = static_cast<std::size_t>(results.extents().rules);
    std::vector<Comparison> comparisons;
    for (std::int64_t point = points.first; point < points.last; ++point) {
        const std::vector<double> values = comparable_values(results, variable, point);
        const std::size_t extra = values.size() / (rules * replicates);
        const auto replicates_of = [&](std::size_t rule, std::size_t column) {
            std::vector<double> picked;
            for (std::size_t k = 0; k < replicates; ++k) {
                picked.push_back(values[(rule * replicates + k) * extra + column]);
            }
            return picked;
        };
        // The same resamplings for all that is compared at a point.
        const RandomStream resampling({.seed = baseline.seed, .point = static_cast<std::uint64_t>(point)},
                                      Stream::bootstrap);
        for (std::size_t rule = 0; rule < rules; ++rule) {
            for (std::size_t column = 0; column < extra; ++column) {
                const bool itself = static_cast<std::int64_t>(rule) == baseline.rule;
                const auto others = replicates_of(static_cast<std::size_t>(baseline.rule), column);
                comparisons.push_back(
                    itself ? nothing
                           : compare_pairs(replicates_of(rule, column), others, variable.comparable, resampling));
            }
        }
    }
    return comparisons;
}

void correct_over_points(std::span<Comparison> comparisons, std::size_t each) {
    std::vector<double> t_p;
    std::vector<double> wilcoxon_p;
    for (const Comparison& comparison : comparisons) {
        t_p.push_back(comparison.t_p);
        wilcoxon_p.push_back(comparison.wilcoxon_p);
    }
    t_p = corrected(t_p, each);
    wilcoxon_p = corrected(wilcoxon_p, each);
    for (std::size_t k = 0; k < comparisons.size(); ++k) {
        comparisons[k].t_p_holm = t_p[k];
        comparisons[k].wilcoxon_p_holm = wilcoxon_p[k];
    }
}

bool has_comparisons(ResultsFile& results) {
    return results.has(comparison_variable("final_test_loss", "ratio"));
}

void compute_comparisons(ResultsFile& results, const PointRange& points, const StatisticSink& sink) {
    constexpr std::int64_t points_at_once = 256;
    const Baseline baseline = baseline_of(results);
    for (std::int64_t first = points.first; first < points.last; first += points_at_once) {
        const PointRange part{first, std::min(first + points_at_once, points.last)};
        for (const RunVariable& variable : results.run_variables()) {
            if (variable.comparable == Comparable::no) continue;
            hand_over(variable, part, compare_rules(results, variable, baseline, part), sink);
        }
    }
}

void compute_corrected(ResultsFile& results, const StatisticSink& sink) {
    const PointRange all{0, results.extents().points};
    for (const RunVariable& variable : results.run_variables()) {
        if (variable.comparable == Comparable::no) continue;
        for (const std::string p : {"t_p", "wilcoxon_p"}) {
            const std::vector<double> values = results.read_at(comparison_variable(variable.name, p), all);
            const std::size_t each = values.size() / static_cast<std::size_t>(all.last);
            sink(comparison_variable(variable.name, p + "_holm"), all, corrected(values, each));
        }
    }
}

void write_comparisons(ResultsFile& results, const PointRange& points) {
    compute_comparisons(results, points, write_to(results));
}

void write_corrected(ResultsFile& results) {
    compute_corrected(results, write_to(results));
}

}  // namespace curldescent
