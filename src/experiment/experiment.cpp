#include "curldescent/experiment/experiment.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <sstream>

#include "curldescent/model/error.hpp"
#include "toml_document.hpp"

namespace curldescent {
namespace {

constexpr std::string_view sweep_prefix = "sweep.";
constexpr std::string_view sweep_hint = "a list, {linspace = [first, last, count]} or {logspace = [...]}";

[[noreturn]] void fail(const TomlEntry& entry, const std::string& problem) {
    throw InputError(fmt::format("{}: {}", entry.origin, problem));
}

/// Levenshtein's distance: the fewest letters to change, add or drop.
std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row[b.size()];
}

[[noreturn]] void fail_unknown(const TomlEntry& entry, std::string_view name) {
    for (const Key& key : all_keys()) {
        if (name.starts_with(key.dotted() + ".")) {
            fail(entry, fmt::format("{} takes {}; to vary it, name it in [sweep] with {}", key.dotted(),
                                    allowed_values(key), sweep_hint));
        }
    }
    const auto keys = all_keys();
    const auto nearest = std::min_element(keys.begin(), keys.end(), [&](const Key& a, const Key& b) {
        return edit_distance(name, a.dotted()) < edit_distance(name, b.dotted());
    });
    fail(entry, fmt::format("unknown key \"{}\"; the nearest known one is \"{}\" (curldescent template lists all)",
                            name, nearest->dotted()));
}

/// The node as the key's kind of value. Integers serve as real numbers; nothing else is converted.
KeyValue read_value(const Key& key, const toml::node& node, const TomlEntry& entry) {
    if (const auto* flag = node.as_boolean()) return flag->get();
    if (const auto* integer = node.as_integer()) {
        if (key.kind == KeyKind::real) return static_cast<double>(integer->get());
        return integer->get();
    }
    if (const auto* real = node.as_floating_point()) return real->get();
    if (const auto* text = node.as_string()) return text->get();
    const auto* array = node.as_array();
    if (array != nullptr && key.kind == KeyKind::choice_list) {
        std::vector<std::string> texts;
        for (const toml::node& element : *array) {
            const auto* text = element.as_string();
            if (text == nullptr) fail(entry, fmt::format("{} takes {}", key.dotted(), allowed_values(key)));
            texts.push_back(text->get());
        }
        return texts;
    }
    const std::string_view hint = key.sweepable && array != nullptr ? "; to vary it, name it in [sweep]" : "";
    fail(entry, fmt::format("{} takes {}{}", key.dotted(), allowed_values(key), hint));
}

KeyValue read_checked(const Key& key, const toml::node& node, const TomlEntry& entry) {
    KeyValue value = read_value(key, node, entry);
    if (const auto problem = check(key, value)) fail(entry, *problem);
    return value;
}

/// The values of {linspace = [first, last, count]} or {logspace = [first, last, count]}; rounded for an integer key.
std::vector<KeyValue> read_range(const Key& key, const toml::table& table, const TomlEntry& entry) {
    const bool is_log = table.contains("logspace");
    const toml::array* bounds = table[is_log ? "logspace" : "linspace"].as_array();
    const bool numeric = key.kind == KeyKind::integer || key.kind == KeyKind::real;
    const auto first = bounds != nullptr && bounds->size() == 3 ? bounds->get(0)->value<double>() : std::nullopt;
    const auto last = first ? bounds->get(1)->value<double>() : std::nullopt;
    const auto count = last ? bounds->get(2)->value<std::int64_t>() : std::nullopt;
    if (!numeric || table.size() != 1 || !count || *count < 1 || *count > 10'000'000) {
        fail(entry, fmt::format("the sweep of {} takes {}, with numbers and a count of 1 to 10000000{}", key.dotted(),
                                sweep_hint, numeric ? "" : "; this key takes a list"));
    }
    std::vector<KeyValue> values;
    for (const double value : is_log ? logspace(*first, *last, *count) : linspace(*first, *last, *count)) {
        const bool fits = std::abs(value) < 0x1p62;
        values.push_back(key.kind == KeyKind::integer && fits ? KeyValue(std::int64_t{std::llround(value)})
                                                              : KeyValue(value));
        if (const auto problem = check(key, values.back())) fail(entry, *problem);
    }
    return values;
}

SweptKey read_swept_key(const TomlEntry& entry) {
    const std::string name = entry.name.substr(sweep_prefix.size());
    const Key* key = find_key(name);
    if (key == nullptr) fail_unknown(entry, name);
    if (!key->sweepable) fail(entry, fmt::format("{} cannot be swept: it holds for the whole experiment", name));

    SweptKey swept{.key = key, .values = {}};
    if (const toml::table* table = entry.value->as_table()) {
        swept.values = read_range(*key, *table, entry);
    } else if (const toml::array* list = entry.value->as_array()) {
        for (const toml::node& element : *list) swept.values.push_back(read_checked(*key, element, entry));
    } else {
        fail(entry, fmt::format("the sweep of {} takes {}", name, sweep_hint));
    }
    if (swept.values.empty()) fail(entry, fmt::format("the sweep of {} is empty; give at least one value", name));
    return swept;
}

/// The names of the keys that move together, group by group.
std::vector<std::vector<std::string>> read_zip(const TomlEntry& entry) {
    constexpr std::string_view form =
        R"(sweep.zip takes a list of groups, as in [["network.inputs", "network.hidden"]])";
    const toml::array* groups = entry.value->as_array();
    if (groups == nullptr) fail(entry, std::string(form));
    std::vector<std::vector<std::string>> names;
    for (const toml::node& node : *groups) {
        const toml::array* group = node.as_array();
        if (group == nullptr || group->size() < 2) fail(entry, std::string(form));
        names.emplace_back();
        for (const toml::node& element : *group) {
            const auto* name = element.as_string();
            if (name == nullptr) fail(entry, std::string(form));
            names.back().push_back(name->get());
        }
    }
    return names;
}

/// Moves the axes of a group's keys into the axis of the one written first.
void zip_axes(std::vector<SweepAxis>& axes, const std::vector<std::string>& group, const TomlEntry& entry) {
    const auto axis_of = [&](const std::string& name) {
        return std::find_if(axes.begin(), axes.end(), [&](const SweepAxis& axis) {
            return axis.keys.size() == 1 && axis.keys.front().key->dotted() == name;
        });
    };
    std::vector<SweptKey> keys;
    auto target = axes.end();
    for (const std::string& name : group) {
        const auto axis = axis_of(name);
        if (axis == axes.end()) {
            fail(entry, fmt::format("sweep.zip names \"{}\", which is not swept, or is in two groups", name));
        }
        keys.push_back(axis->keys.front());
        target = std::min(target, axis);
    }
    for (const SweptKey& key : keys) {
        if (key.values.size() == keys.front().values.size()) continue;
        fail(entry,
             fmt::format("sweep.zip: {} has {} values and {} has {}; keys that move together need as many",
                         keys.front().key->dotted(), keys.front().values.size(), key.key->dotted(), key.values.size()));
    }
    target->keys = keys;
    std::erase_if(axes, [&](const SweepAxis& axis) {
        return axis.keys.size() == 1 && std::any_of(keys.begin(), keys.end(), [&](const SweptKey& key) {
                   return key.key == axis.keys.front().key;
               });
    });
}

Sweep read_sweep(const TomlDocument& document) {
    Sweep sweep;
    const TomlEntry* zip = nullptr;
    for (const TomlEntry& entry : document.entries()) {
        if (!entry.name.starts_with(sweep_prefix)) continue;
        if (entry.name == "sweep.zip") {
            zip = &entry;
        } else {
            sweep.axes.push_back({{read_swept_key(entry)}});
        }
    }
    if (zip != nullptr) {
        for (const auto& group : read_zip(*zip)) zip_axes(sweep.axes, group, *zip);
    }
    return sweep;
}

bool is_swept(const Sweep& sweep, const Key* key) {
    return std::any_of(sweep.axes.begin(), sweep.axes.end(), [&](const SweepAxis& axis) {
        return std::any_of(axis.keys.begin(), axis.keys.end(), [&](const SweptKey& swept) { return swept.key == key; });
    });
}

Settings read_settings(const TomlDocument& document, const Sweep& sweep) {
    Settings settings;
    for (const TomlEntry& entry : document.entries()) {
        if (entry.name.starts_with(sweep_prefix)) continue;
        const Key* key = find_key(entry.name);
        if (key == nullptr) fail_unknown(entry, entry.name);
        if (is_swept(sweep, key)) {
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

/// Every point must make sense before the first one runs.
void check_points(const Experiment& experiment) {
    for (std::int64_t point = 0; point < experiment.sweep.points(); ++point) {
        try {
            resolve(experiment.sweep.at(experiment.settings, point));
        } catch (const InputError& error) {
            throw InputError(
                fmt::format("{}{}: {}", experiment.source, point_text(experiment.sweep, point), error.what()));
        }
    }
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

std::string data_path(const Experiment& experiment) {
    if (experiment.settings.data_file.empty()) return {};
    return (std::filesystem::path(experiment.source).parent_path() / experiment.settings.data_file).string();
}

}  // namespace curldescent
