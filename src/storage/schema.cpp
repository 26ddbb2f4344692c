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
