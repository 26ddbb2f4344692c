#include "curldescent/experiment/experiment.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "curldescent/model/error.hpp"
#include "entry_values.hpp"
#include "sweep_section.hpp"
#include "toml_document.hpp"

namespace curldescent {
namespace {

bool is_empty_section(const TomlEntry& entry) {
    const auto* table = entry.value->as_table();
    const bool known =
        entry.name == "sweep" || std::ranges::find(all_keys(), entry.name, &Key::section) != all_keys().end();
    return table != nullptr && table->empty() && known;
}

Settings read_settings(const TomlDocument& document, const Sweep& sweep) {
    Settings settings;
    for (const TomlEntry& entry : document.entries()) {
        if (entry.name.starts_with(sweep_prefix) || is_empty_section(entry)) continue;
        const Key* key = find_key(entry.name);
        if (key == nullptr) fail_unknown(entry, entry.name);
        if (sweep.varies(*key)) {
            fail(entry, fmt::format("{} is set here and swept in [sweep]; remove one of them", entry.name));
        }
        key->set(settings, read_checked(*key, *entry.value, entry));
    }
    return settings;
}

std::string point_text(const Sweep& sweep, std::int64_t point) {
    std::vector<std::string> parts;
    const auto indices = sweep.axis_indices(point);
    for (std::size_t k = 0; k < indices.size(); ++k) {
        for (const SweptKey& swept : sweep.axes[k].keys) {
            const KeyValue& value = swept.values[static_cast<std::size_t>(indices[k])];
            parts.push_back(fmt::format("{} = {}", swept.key->dotted(), to_toml(value)));
        }
    }
    return parts.empty() ? "" : fmt::format(" at {}", fmt::join(parts, ", "));
}

/// What grows with the product of several keys must fit into memory.
void refuse_too_much(const Experiment& experiment, std::int64_t most_records) {
    constexpr std::int64_t most = 100'000'000;
    const auto refuse = [&](std::string_view what, std::int64_t count) {
        throw InputError(fmt::format("{}: {} points with {} {} each are too many; allowed are at most {} in all",
                                     experiment.source, experiment.sweep.points(), count, what, most));
    };
    const std::int64_t replicates = experiment.settings.replicates;
    if (experiment.sweep.points() > most / replicates) refuse("replicates", replicates);
    if (experiment.sweep.points() > most / most_records) refuse("records", most_records);
}

/// Every point must make sense before the first one runs.
void check_points(const Experiment& experiment) {
    std::int64_t most_records = 1;
    for (std::int64_t point = 0; point < experiment.sweep.points(); ++point) {
        try {
            const RunSettings run = point_settings(experiment, point);
            most_records = std::max(most_records, std::min(run.recording.records, run.training.epochs) + 1);
        } catch (const InputError& error) {
            throw InputError(
                fmt::format("{}{}: {}", experiment.source, point_text(experiment.sweep, point), error.what()));
        }
    }
    refuse_too_much(experiment, most_records);
}

}  // namespace

Experiment parse_experiment(std::string_view text, std::string_view source, std::span<const std::string> overrides) {
    TomlDocument document(text, source);
    for (const std::string& argument : overrides) document.override_entry(argument);

    Experiment experiment;
    experiment.source = source;
    experiment.text = text;
    experiment.overrides.assign(overrides.begin(), overrides.end());
    experiment.sweep = read_sweep(document);
    experiment.settings = read_settings(document, experiment.sweep);
    check_points(experiment);
    return experiment;
}

Experiment read_experiment(const std::string& path, std::span<const std::string> overrides) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file || std::filesystem::is_directory(path)) {
        throw InputError(
            fmt::format("{}: cannot read this experiment file; does it exist, and may you read it?", path));
    }
    return parse_experiment(text.str(), path, overrides);
}

RunSettings point_settings(const Experiment& experiment, std::int64_t point) {
    return resolve(experiment.sweep.at(experiment.settings, point));
}

std::string data_path(const Experiment& experiment) {
    if (experiment.settings.data_file.empty()) return {};
    return (std::filesystem::path(experiment.source).parent_path() / experiment.settings.data_file).string();
}

}  // namespace curldescent
