#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <limits>

#include "layout_parts.hpp"

namespace curldescent {
namespace {

using enum Dimension;

/// The values of one quantity at every point.
template <class Value, class Quantity>
std::vector<Value> at_points(const Experiment& experiment, Quantity quantity) {
    std::vector<Value> values;
    for (std::int64_t point = 0; point < experiment.sweep.points(); ++point) values.push_back(quantity(point));
    return values;
}

/// The value of a swept key at every point, as numbers or as text.
Variable swept_variable(const Experiment& experiment, std::size_t axis, const SweptKey& swept) {
    Variable variable{std::string(swept.key->name), {point}, ValueType::real64, "1", std::string(swept.key->meaning)};
    const auto value_at = [&](std::int64_t p) -> const KeyValue& {
        return swept.values[static_cast<std::size_t>(experiment.sweep.axis_indices(p)[axis])];
    };
    switch (swept.key->kind) {
        case KeyKind::integer:
            variable.type = ValueType::int64;
            variable.content =
                at_points<std::int64_t>(experiment, [&](auto p) { return std::get<std::int64_t>(value_at(p)); });
            break;
        case KeyKind::real:
            variable.content = at_points<double>(experiment, [&](auto p) { return std::get<double>(value_at(p)); });
            break;
        case KeyKind::boolean:
            variable.type = ValueType::int64;
            variable.content =
                at_points<std::int64_t>(experiment, [&](auto p) { return std::get<bool>(value_at(p)) ? 1 : 0; });
            break;
        default:
            variable.type = ValueType::text;
            variable.units = "";
            variable.content =
                at_points<std::string>(experiment, [&](auto p) { return std::get<std::string>(value_at(p)); });
    }
    return variable;
}

/// Sizes and flips of every point, swept or not. A ratio or fraction is the one given, where one is given.
std::vector<Variable> derived_variables(const Experiment& experiment) {
    const auto integers = [&](auto quantity) {
        return at_points<std::int64_t>(experiment,
                                       [&](auto p) { return std::int64_t{quantity(point_settings(experiment, p))}; });
    };
    const auto shares = [&](auto given, auto part, auto whole) {
        return at_points<double>(experiment, [&](auto p) {
            const RunSettings run = point_settings(experiment, p);
            const double share = static_cast<double>(part(run)) / static_cast<double>(whole(run));
            return std::invoke(given, experiment.settings).value_or(share);
        });
    };
    const auto inputs = [](const RunSettings& run) { return run.network.inputs; };
    const auto hidden = [](const RunSettings& run) { return run.network.hidden; };
    const auto hidden_flips = [](const RunSettings& run) { return run.plasticity.hidden_flips; };
    const auto readout_flips = [](const RunSettings& run) { return run.plasticity.readout_flips; };
    const auto hidden_signs = [](const RunSettings& run) {
        return hidden_sign_count(run.network, run.plasticity.side);
    };
    const auto readout_signs = [](const RunSettings& run) {
        return readout_sign_count(run.network, run.plasticity.side);
    };
    return {
        {"inputs", {point}, ValueType::int64, "1", "M, the number of inputs", integers(inputs)},
        {"hidden", {point}, ValueType::int64, "1", "N, the number of hidden units", integers(hidden)},
        {"ratio",
         {point},
         ValueType::real64,
         "1",
         "c = M / N, as given where it is given",
         shares(&Settings::ratio, inputs, hidden)},
        {"hidden_flips", {point}, ValueType::int64, "1", "flipped neurons in D1", integers(hidden_flips)},
        {"hidden_flip_fraction",
         {point},
         ValueType::real64,
         "1",
         "alpha_h, the share of flipped neurons in D1, as given where it is given",
         shares(&Settings::hidden_flip_fraction, hidden_flips, hidden_signs)},
        {"readout_flips", {point}, ValueType::int64, "1", "flipped neurons in D2", integers(readout_flips)},
        {"readout_flip_fraction",
         {point},
         ValueType::real64,
         "1",
         "alpha_r, the share of flipped neurons in D2, as given where it is given",
         shares(&Settings::readout_flip_fraction, readout_flips, readout_signs)},
    };
}

/// Where the training losses of every epoch come from, which differs between points alone.
Variable source_variable(const Experiment& experiment) {
    const auto source = [&](std::int64_t p) {
        const RunSettings run = point_settings(experiment, p);
        return std::string(to_string(choose_train_loss_source(run.network, run.training)));
    };
    return {"train_loss_source",
            {point},
            ValueType::text,
            "",
            "training losses of every epoch: evaluated after it, or streamed, the mean over its samples before their "
            "updates",
            at_points<std::string>(experiment, source)};
}

Variable epoch_variable(const Experiment& experiment, const Extents& extents) {
    std::vector<double> epochs;
    for (std::int64_t p = 0; p < extents.points; ++p) {
        const auto recorded = recorded_epochs(point_settings(experiment, p));
        epochs.insert(epochs.end(), recorded.begin(), recorded.end());
        epochs.resize(static_cast<std::size_t>((p + 1) * extents.records), std::numeric_limits<double>::quiet_NaN());
    }
    return {"epoch", {point, record}, ValueType::real64, "1", "completed epochs at each record", epochs};
}

}  // namespace

std::vector<Variable> point_variables(const Experiment& experiment, const Extents& extents) {
    std::vector<Variable> variables;
    for (std::size_t axis = 0; axis < experiment.sweep.axes.size(); ++axis) {
        for (const SweptKey& swept : experiment.sweep.axes[axis].keys) {
            variables.push_back(swept_variable(experiment, axis, swept));
            const auto index = [&](std::int64_t p) { return experiment.sweep.axis_indices(p)[axis]; };
            variables.push_back({"axis_" + std::string(swept.key->name),
                                 {point},
                                 ValueType::int64,
                                 "1",
                                 fmt::format("index of the point along the sweep of {}", swept.key->dotted()),
                                 at_points<std::int64_t>(experiment, index)});
        }
    }
    for (Variable& derived : derived_variables(experiment)) {
        const auto swept = std::ranges::find(variables, derived.name, &Variable::name);
        if (swept == variables.end()) {
            variables.push_back(std::move(derived));
        } else {
            swept->description = derived.description;  // of the quantity; a key's meaning is about writing experiments
        }
    }
    variables.push_back(epoch_variable(experiment, extents));
    if (experiment.settings.run.analysis.sees_every_epoch()) variables.push_back(source_variable(experiment));
    return variables;
}

}  // namespace curldescent
