#include <fmt/format.h>

#include "layout_parts.hpp"

namespace curldescent {
namespace {

/// Those of a variable of the runs, without the replicates.
std::vector<Dimension> summary_dimensions(const RunVariable& run) {
    std::vector<Dimension> dimensions{Dimension::point, Dimension::rule};
    if (run.extra) dimensions.push_back(*run.extra);
    return dimensions;
}

void append_shares(std::vector<Variable>& variables, const RunVariable& run, const std::string& labels) {
    for (const std::string_view flag : run.flags.subspan(1)) {
        variables.push_back({share_name(run, flag),
                             summary_dimensions(run),
                             ValueType::real64,
                             "1",
                             fmt::format("share of the replicates whose {} is {}", run.name, flag),
                             {},
                             Group::root,
                             labels});
    }
}

}  // namespace

std::vector<Variable> statistics_layout(std::span<const RunVariable> runs, const std::string& labels) {
    constexpr std::array<std::string_view, 6> meanings{
        "mean over replicates",          "standard error of the mean over replicates",
        "median over replicates",        "5 % quantile over replicates",
        "95 % quantile over replicates", "number of replicates with a value"};
    std::vector<Variable> variables;
    for (const RunVariable& run : runs) {
        if (run.statistics == Statistics::shares) append_shares(variables, run, labels);
        for (const std::string& name : summarised_names(run)) {
            for (std::size_t k = 0; k < statistic_names.size(); ++k) {
                variables.push_back({fmt::format("{}_{}", name, statistic_names[k]),
                                     summary_dimensions(run),
                                     ValueType::real64,
                                     "1",
                                     fmt::format("{}: {}", name, meanings[k]),
                                     {},
                                     Group::root,
                                     labels});
            }
        }
    }
    return variables;
}

std::string comparison_variable(std::string_view variable, std::string_view comparison) {
    return fmt::format("{}_vs_baseline_{}", variable, comparison);
}

std::vector<Variable> comparisons_layout(std::span<const RunVariable> runs, std::string_view baseline,
                                         const std::string& labels) {
    constexpr std::array<std::string_view, comparison_names.size()> meanings{
        "ratio of medians over replicates, below 1 where the rule is lower",
        "lower end of its 95 % bootstrap interval",
        "upper end of its 95 % bootstrap interval",
        "p of the paired t test, of logarithms for losses",
        "p of Wilcoxon's signed-rank test",
        "p of the t test, corrected over points (Holm)",
        "p of Wilcoxon's test, corrected over points (Holm)",
        "pairs in which the rule is lower",
        "pairs in which the rule is higher",
        "pairs in which they are equal",
        "pairs with both runs",
        "pairs of the t test, finite on both sides",
        "pairs in which the rule diverged or never got there, counted as infinite",
        "pairs in which the baseline did"};
    std::vector<Variable> variables;
    for (const RunVariable& run : runs) {
        if (run.comparable == Comparable::no) continue;
        for (std::size_t k = 0; k < comparison_names.size(); ++k) {
            variables.push_back({comparison_variable(run.name, comparison_names[k]),
                                 summary_dimensions(run),
                                 ValueType::real64,
                                 "1",
                                 fmt::format("{} against {}: {}", run.name, baseline, meanings[k]),
                                 {},
                                 Group::root,
                                 labels});
        }
    }
    return variables;
}

}  // namespace curldescent
