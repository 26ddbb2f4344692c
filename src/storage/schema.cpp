#include "curldescent/storage/schema.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <limits>
#include <numeric>

#include "layout_parts.hpp"
#include "value_types.hpp"

namespace curldescent {
namespace {

using enum Dimension;

/// Of each dimension, in the order of `Dimension`.
constexpr std::array extent_members{
    &Extents::points,      &Extents::rules,      &Extents::replicates, &Extents::records,   &Extents::characters,
    &Extents::eigenvalues, &Extents::thresholds, &Extents::stages,     &Extents::exponents, &Extents::windows};
static_assert(extent_members.size() == enumeration_names<Dimension>.size());

std::vector<std::int64_t> counted(std::int64_t count) {
    std::vector<std::int64_t> indices(static_cast<std::size_t>(count));
    std::iota(indices.begin(), indices.end(), std::int64_t{0});
    return indices;
}

std::vector<std::int64_t> recorded_epochs(const RunSettings& run) {
    return record_epochs(run.training.epochs, run.recording.records, run.recording.spacing);
}

RunSettings point_settings(const Experiment& experiment, std::int64_t point) {
    return resolve(experiment.sweep.at(experiment.settings, point));
}

/// The values of one quantity at every point.
template <class Value, class Quantity>
std::vector<Value> at_points(const Experiment& experiment, Quantity quantity) {
    std::vector<Value> values;
    for (std::int64_t point = 0; point < experiment.sweep.points(); ++point) values.push_back(quantity(point));
    return values;
}

std::vector<Variable> scales(const Experiment& experiment, const Extents& extents) {
    std::vector<std::string> rules;
    for (const Rule rule : experiment.settings.rules) rules.emplace_back(to_string(rule));
    std::vector<Variable> variables{
        {"point", {point}, ValueType::int64, "1", "index of the point of the sweep", counted(extents.points)},
        {"rule", {rule}, ValueType::text, "", "learning rule", rules},
        {"replicate", {replicate}, ValueType::int64, "1", "index of the replicate", counted(extents.replicates)},
        {"record", {record}, ValueType::int64, "1", "index of the recorded epoch", counted(extents.records)},
        {"character", {character}, ValueType::int32, "", "bytes of a message", {}},
    };
    const auto add_index = [&](Dimension dimension, std::string_view description) {
        const std::int64_t length = extents.along(dimension);
        if (length == 0) return;
        variables.push_back({std::string(to_string(dimension)),
                             {dimension},
                             ValueType::int64,
                             "1",
                             std::string(description),
                             counted(length)});
    };
    add_index(exponent, "index of the Lyapunov exponent, the leading one first");
    add_index(window, "index of the window of the exponents' measurement");
    add_index(eigenvalue, "index of the rate, the largest first");
    if (extents.thresholds > 0) {
        const auto values = experiment.settings.run.analysis.loss_thresholds.span();
        variables.push_back({"threshold",
                             {threshold},
                             ValueType::real64,
                             "1",
                             "loss to reach",
                             std::vector<double>(values.begin(), values.end())});
    }
    if (extents.stages > 0) {
        const auto& names = enumeration_names<Stage>;
        variables.push_back({"stage",
                             {stage},
                             ValueType::text,
                             "",
                             "when the update field is looked at",
                             std::vector<std::string>(names.begin(), names.end())});
    }
    return variables;
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

std::string label_names(const Experiment& experiment) {
    std::vector<std::string_view> names;
    for (const SweepAxis& axis : experiment.sweep.axes) {
        for (const SweptKey& swept : axis.keys) names.push_back(swept.key->name);
    }
    return fmt::format("{}", fmt::join(names, " "));
}

}  // namespace

std::int64_t Extents::along(Dimension dimension) const {
    return this->*extent_members.at(static_cast<std::size_t>(dimension));
}

void Extents::set(Dimension dimension, std::int64_t length) {
    this->*extent_members.at(static_cast<std::size_t>(dimension)) = length;
}

Extents extents_of(const Experiment& experiment) {
    Extents extents{.points = experiment.sweep.points(),
                    .rules = static_cast<std::int64_t>(experiment.settings.rules.size()),
                    .replicates = experiment.settings.replicates};
    const Analysis& analysis = experiment.settings.run.analysis;
    extents.exponents = analysis.lyapunov.exponents;
    if (analysis.lyapunov.exponents > 0) extents.windows = analysis.lyapunov.windows;
    extents.thresholds = analysis.loss_thresholds.count;
    if (analysis.curl.measured) extents.stages = static_cast<std::int64_t>(enumeration_names<Stage>.size());
    for (std::int64_t p = 0; p < extents.points; ++p) {
        const RunSettings run = point_settings(experiment, p);
        const auto recorded = static_cast<std::int64_t>(recorded_epochs(run).size());
        extents.records = std::max(extents.records, recorded);
        if (analysis.stability.spectrum) {
            extents.eigenvalues =
                std::max<std::int64_t>(extents.eigenvalues, residual_directions(run.network, run.training.samples));
        }
    }
    return extents;
}

double rows_size(const Experiment& experiment) {
    const Extents extents = extents_of(experiment);
    double row = 0.0;
    for (const RunVariable& variable : run_variables(experiment.settings.run.analysis)) {
        const std::int64_t values = variable.extra ? extents.along(*variable.extra) : 1;
        row += static_cast<double>(values) * static_cast<double>(value_size(value_type(variable)));
    }
    return row * static_cast<double>(extents.points) * static_cast<double>(extents.rules) *
           static_cast<double>(extents.replicates);
}

double file_size(const std::vector<Variable>& layout, const Extents& extents) {
    // Of HDF5's own: headers and attributes of a variable, and what refers to a text.
    constexpr double variable_bytes = 745.0;
    constexpr double text_bytes = 32.0;
    double size = 0.0;
    for (const Variable& variable : layout) {
        const auto words = variable.description.size() + variable.units.size() + variable.coordinates.size();
        size += variable_bytes + static_cast<double>(words + variable.flag_meanings.size());
        if (const auto* texts = std::get_if<std::vector<std::string>>(&variable.content)) {
            for (const std::string& text : *texts) size += text_bytes + static_cast<double>(text.size());
            continue;
        }
        double values = 1.0;
        for (const Dimension dimension : variable.dimensions) values *= static_cast<double>(extents.along(dimension));
        size += values * static_cast<double>(value_size(variable.type));
    }
    return size;
}

std::vector<Variable> scientific_layout(const Experiment& experiment) {
    const Extents extents = extents_of(experiment);
    const std::string labels = label_names(experiment);
    std::vector<Variable> layout = scales(experiment, extents);
    const auto append = [&](std::vector<Variable> part) {
        std::move(part.begin(), part.end(), std::back_inserter(layout));
    };
    append(point_variables(experiment, extents));
    append(theory_variables(experiment, labels));
    const std::vector<RunVariable> runs = run_variables(experiment.settings.run.analysis);
    append(runs_layout(runs, labels));
    append(statistics_layout(runs, labels));
    const auto& baseline = experiment.settings.run.analysis.baseline;
    if (baseline) append(comparisons_layout(runs, to_string(*baseline), labels));
    return layout;
}

}  // namespace curldescent
