#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "commands.hpp"
#include "curldescent/ensemble/comparison.hpp"
#include "curldescent/model/error.hpp"

namespace curldescent::cli {
namespace {

/// A results file and what to compare in it.
struct Compared {
    ResultsFile results;
    Experiment experiment;
    std::vector<std::string> rules;
    Baseline baseline;
    std::vector<const RunVariable*> variables;
};

std::int64_t baseline_row(const std::vector<std::string>& rules, const CompareArguments& arguments) {
    const auto found = std::ranges::find(rules, arguments.baseline);
    if (found != rules.end()) return found - rules.begin();
    throw InputError(fmt::format("--baseline {}: is no rule of {}; it has {}", arguments.baseline, arguments.file,
                                 fmt::join(rules, ", ")));
}

std::vector<const RunVariable*> choose_variables(const ResultsFile& results, const CompareArguments& arguments) {
    std::vector<const RunVariable*> all;
    std::vector<std::string_view> names;
    for (const RunVariable& variable : results.run_variables()) {
        if (variable.comparable == Comparable::no) continue;
        all.push_back(&variable);
        names.push_back(variable.name);
    }
    if (arguments.variables.empty()) return all;
    std::vector<const RunVariable*> chosen;
    for (const std::string& name : arguments.variables) {
        const auto found = std::ranges::find(names, name);
        if (found == names.end()) {
            throw InputError(fmt::format("--variable {}: cannot be compared in {}; allowed: {}", name, arguments.file,
                                         fmt::join(names, ", ")));
        }
        chosen.push_back(all[static_cast<std::size_t>(found - names.begin())]);
    }
    return chosen;
}

Compared open(const CompareArguments& arguments) {
    ResultsFile results(arguments.file);
    Experiment experiment = results.read_experiment();
    std::vector<std::string> rules = results.read_rules();
    const Baseline baseline{.rule = baseline_row(rules, arguments),
                            .seed = static_cast<std::uint64_t>(experiment.settings.seed)};
    if (rules.size() < 2) {
        throw InputError(fmt::format("{}: has one rule, {}, and nothing to compare it with", arguments.file, rules[0]));
    }
    std::vector<const RunVariable*> variables = choose_variables(results, arguments);
    return {std::move(results), std::move(experiment), std::move(rules), baseline, std::move(variables)};
}

/// The names of the swept keys.
std::vector<std::string> label_names(const Experiment& experiment) {
    std::vector<std::string> names;
    for (const SweepAxis& axis : experiment.sweep.axes) {
        for (const SweptKey& swept : axis.keys) names.emplace_back(swept.key->name);
    }
    return names;
}

/// Their values at a point.
std::vector<std::string> label_values(const Experiment& experiment, std::int64_t point) {
    const auto indices = experiment.sweep.axis_indices(point);
    std::vector<std::string> values;
    for (std::size_t axis = 0; axis < indices.size(); ++axis) {
        for (const SweptKey& swept : experiment.sweep.axes[axis].keys) {
            values.push_back(to_toml(swept.values[static_cast<std::size_t>(indices[axis])]));
        }
    }
    return values;
}

/// The cells of a comparison as they are printed beside its labels.
using Cells = std::vector<std::string> (*)(const Comparison&);

/// "-" for what is missing.
std::string number(const char* form, double value) {
    return std::isnan(value) ? "-" : fmt::format(fmt::runtime(form), value);
}

std::vector<std::string> csv_cells(const Comparison& comparison) {
    std::vector<std::string> cells;
    for (const double value : comparison.values())
        cells.push_back(std::isnan(value) ? "nan" : fmt::format("{}", value));
    return cells;
}

std::vector<std::string> table_cells(const Comparison& c) {
    const std::string t_pairs = c.t_pairs < c.pairs ? fmt::format(" ({} pairs)", c.t_pairs) : "";
    return {fmt::format("{}", c.pairs),
            number("{:.3g}", c.ratio.ratio),
            number("{:.3g}", c.ratio.low) + " to " + number("{:.3g}", c.ratio.high),
            fmt::format("{}/{}/{}", c.wins, c.losses, c.ties),
            fmt::format("{}, {}", c.unfinished, c.baseline_unfinished),
            number("{:.2g}", c.t_p) + t_pairs,
            number("{:.2g}", c.wilcoxon_p),
            number("{:.2g}", c.wilcoxon_p_holm)};
}

using Rows = std::vector<std::vector<std::string>>;

/// One row for each point, other rule and threshold of a variable.
void add_rows(Rows& rows, Compared& compared, const RunVariable& variable, Cells cells) {
    const std::int64_t points = compared.results.extents().points;
    std::vector<Comparison> comparisons = compare_rules(compared.results, variable, compared.baseline, {0, points});
    const std::size_t each = comparisons.size() / static_cast<std::size_t>(points);
    correct_over_points(comparisons, each);
    const std::size_t extra = each / compared.rules.size();
    const auto thresholds = compared.experiment.settings.run.analysis.loss_thresholds.span();
    for (std::size_t k = 0; k < comparisons.size(); ++k) {
        const std::size_t rule = k % each / extra;
        if (static_cast<std::int64_t>(rule) == compared.baseline.rule) continue;
        const auto point = static_cast<std::int64_t>(k / each);
        std::vector<std::string> row{std::string(variable.name), fmt::format("{}", point)};
        std::ranges::move(label_values(compared.experiment, point), std::back_inserter(row));
        row.push_back(variable.extra == Dimension::threshold ? fmt::format("{}", thresholds[k % extra]) : "");
        row.push_back(compared.rules[rule]);
        std::ranges::move(cells(comparisons[k]), std::back_inserter(row));
        rows.push_back(std::move(row));
    }
}

Rows all_rows(Compared& compared, std::span<const std::string> headings, Cells cells) {
    Rows rows{{"variable", "point"}};
    std::ranges::move(label_names(compared.experiment), std::back_inserter(rows[0]));
    rows[0].insert(rows[0].end(), {"threshold", "rule"});
    std::ranges::copy(headings, std::back_inserter(rows[0]));
    for (const RunVariable* variable : compared.variables) add_rows(rows, compared, *variable, cells);
    return rows;
}

void print_csv(const Rows& rows) {
    for (const auto& row : rows) fmt::print("{}\n", fmt::join(row, ","));
}

void print_aligned(const Rows& rows) {
    std::vector<std::size_t> widths(rows[0].size(), 0);  // 0: nothing below the heading
    for (std::size_t r = 1; r < rows.size(); ++r) {
        for (std::size_t k = 0; k < rows[r].size(); ++k) widths[k] = std::max(widths[k], rows[r][k].size());
    }
    for (std::size_t k = 0; k < widths.size(); ++k) {
        if (widths[k] > 0) widths[k] = std::max(widths[k], rows[0][k].size());
    }
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t k = 0; k < row.size(); ++k) {
            if (widths[k] > 0) line += fmt::format("{:<{}}  ", row[k], widths[k]);
        }
        fmt::print("{}\n", line.substr(0, line.find_last_not_of(' ') + 1));
    }
}

}  // namespace

int compare(const CompareArguments& arguments) {
    Compared compared = open(arguments);
    if (arguments.csv) {
        const std::vector<std::string> headings(comparison_names.begin(), comparison_names.end());
        print_csv(all_rows(compared, headings, csv_cells));
        return ExitCode::done;
    }
    const std::vector<std::string> headings{
        "pairs",    "ratio",      "95 % interval", "wins/losses/ties", "never (its, baseline's)",
        "t test p", "Wilcoxon p", "Holm"};
    fmt::print("every rule against {}: the ratio of medians, below 1 where the rule is lower\n", arguments.baseline);
    print_aligned(all_rows(compared, headings, table_cells));
    return ExitCode::done;
}

}  // namespace curldescent::cli
