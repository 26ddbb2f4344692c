#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "layout_parts.hpp"
#include "measured_variables.hpp"

namespace curldescent {

using enum Dimension;

namespace {

bool always(const Analysis& /*analysis*/) {
    return true;
}

/// What became of a run, and its losses.
std::vector<RunVariable> basic_variables() {
    return {
        {"final_train_loss",
         [](const RunResult& run) { return run.final_train_loss; },
         {},
         "1",
         "training loss after the last epoch; infinite when the run diverged",
         Statistics::with_log10,
         Group::root,
         always,
         {},
         Comparable::level},
        {"final_test_loss",
         [](const RunResult& run) { return run.final_test_loss; },
         {},
         "1",
         "test loss after the last epoch; infinite when the run diverged",
         Statistics::with_log10,
         Group::root,
         always,
         {},
         Comparable::level},
        {"train_loss", [](const RunResult& run) -> const std::vector<double>& { return run.train_loss; }, record, "1",
         "training loss, 1/2 mean of (y_hat - y)^2"},
        {"test_loss", [](const RunResult& run) -> const std::vector<double>& { return run.test_loss; }, record, "1",
         "test loss, 1/2 mean of (y_hat - y)^2"},
        {"epochs_completed",
         [](const RunResult& run) { return run.epochs_completed; },
         {},
         "1",
         "epochs trained with finite weights; fewer than asked for where the run diverged, or was done because it had "
         "converged",
         Statistics::plain},
        {"message", [](const RunResult& run) -> const std::string& { return run.message; }, character, "",
         "why the run failed"},
    };
}

/// What a run took.
std::vector<RunVariable> timing_variables() {
    return {
        {"wall_seconds",
         [](const RunResult& run) { return run.wall_seconds; },
         {},
         "s",
         "time the run took: its share, by updates, of that of its replicate, whose rules are trained together",
         Statistics::none,
         Group::timing},
        {"predicted_seconds",
         [](const RunResult& run) { return run.predicted_seconds; },
         {},
         "s",
         "time the run was expected to take without an early end",
         Statistics::none,
         Group::timing},
        {"updates",
         [](const RunResult& run) { return run.updates; },
         {},
         "1",
         "updates of the weights",
         Statistics::none,
         Group::timing},
        {"rank",
         [](const RunResult& run) { return run.rank; },
         {},
         "1",
         "rank that computed the run",
         Statistics::none,
         Group::timing},
    };
}

}  // namespace

std::span<const RunVariable> all_run_variables() {
    static const std::vector<RunVariable> variables = [] {
        std::vector<RunVariable> all = basic_variables();
        std::ranges::move(timing_variables(), std::back_inserter(all));
        std::ranges::move(stability_variables(), std::back_inserter(all));
        std::ranges::move(chaos_variables(), std::back_inserter(all));
        std::ranges::move(curl_variables(), std::back_inserter(all));
        return all;
    }();
    return variables;
}

std::vector<RunVariable> run_variables(const Analysis& analysis) {
    std::vector<RunVariable> variables;
    std::ranges::copy_if(all_run_variables(), std::back_inserter(variables),
                         [&](const RunVariable& variable) { return variable.wanted(analysis); });
    return variables;
}

ValueType value_type(const RunVariable& variable) {
    // In the order of RunValue.
    constexpr std::array types{ValueType::real64, ValueType::real64, ValueType::int32, ValueType::uint8,
                               ValueType::character};
    static_assert(types.size() == std::variant_size_v<RunValue>);
    return types.at(variable.value.index());
}

std::vector<std::string> summarised_names(const RunVariable& variable) {
    const std::string name(variable.name);
    switch (variable.statistics) {
        case Statistics::none:
            return {};
        case Statistics::plain:
            return {name};
        case Statistics::with_log10:
            return {name, "log10_" + name};
        case Statistics::shares:
            return {};
    }
    return {};
}

std::string share_name(const RunVariable& variable, std::string_view flag) {
    return fmt::format("{}_share_{}", variable.name, flag);
}

namespace {

std::string flag_meanings(std::span<const std::string_view> flags) {
    return fmt::format("{}", fmt::join(flags, " "));
}

}  // namespace

std::vector<Variable> runs_layout(std::span<const RunVariable> runs, const std::string& labels) {
    std::vector<Variable> variables{
        {"status",
         {point, rule, replicate},
         ValueType::uint8,
         "1",
         "what became of the run",
         {},
         Group::root,
         labels,
         flag_meanings(enumeration_names<RunStatus>)},
        {"checksum",
         {point, rule, replicate},
         ValueType::uint64,
         "",
         "XXH3 of the run's row; 0 when not written",
         {},
         Group::root,
         labels},
        {"checksum",
         {point, rule, replicate},
         ValueType::uint64,
         "",
         "XXH3 of what is stored of the run in this group; 0 when not written",
         {},
         Group::timing},
    };
    for (const RunVariable& run : runs) {
        std::vector<Dimension> dimensions{point, rule, replicate};
        if (run.extra) dimensions.push_back(*run.extra);
        const bool recorded = run.extra == record;
        const bool labelled = run.group == Group::root;
        variables.push_back({std::string(run.name),
                             dimensions,
                             value_type(run),
                             std::string(run.units),
                             std::string(run.description),
                             {},
                             run.group,
                             labelled ? labels + (recorded ? (labels.empty() ? "epoch" : " epoch") : "") : "",
                             flag_meanings(run.flags)});
    }
    return variables;
}

}  // namespace curldescent
