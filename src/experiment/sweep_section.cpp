#include "sweep_section.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "curldescent/model/error.hpp"
#include "entry_values.hpp"

namespace curldescent {
namespace {

constexpr std::int64_t most_points = 10'000'000;

/// The values of all axes.
std::int64_t count_values(const Sweep& sweep) {
    std::int64_t values = 0;
    for (const SweepAxis& axis : sweep.axes) values += axis.size();
    return values;
}

/// The values of {linspace = [first, last, count]} or {logspace = [first, last, count]}; an integer key takes each
/// rounded value once. Other axes have `others` values.
std::vector<KeyValue> read_range(const Key& key, const toml::table& table, const TomlEntry& entry,
                                 std::int64_t others) {
    const bool is_log = table.contains("logspace");
    const toml::array* bounds = table[is_log ? "logspace" : "linspace"].as_array();
    const bool numeric = key.kind == KeyKind::integer || key.kind == KeyKind::real;
    const auto first = bounds != nullptr && bounds->size() == 3 ? bounds->get(0)->value<double>() : std::nullopt;
    const auto last = first ? bounds->get(1)->value<double>() : std::nullopt;
    const auto count = last ? bounds->get(2)->value<std::int64_t>() : std::nullopt;
    if (!numeric || table.size() != 1 || !count || *count < 1 || *count > most_points) {
        fail(entry, fmt::format("the sweep of {} takes {}, with numbers and a count of 1 to {}{}", key.dotted(),
                                sweep_hint, most_points, numeric ? "" : "; this key takes a list"));
    }
    // Checked here: a few such ranges could take more memory than there is.
    if (*count > most_points - others) {
        fail(entry, fmt::format("the axes of the sweep would have {} values in all; allowed are at most {}",
                                others + *count, most_points));
    }
    std::vector<KeyValue> values;
    for (const double value : is_log ? logspace(*first, *last, *count) : linspace(*first, *last, *count)) {
        const bool fits = std::abs(value) < 0x1p62;
        values.push_back(key.kind == KeyKind::integer && fits ? KeyValue(std::int64_t{std::llround(value)})
                                                              : KeyValue(value));
        if (const auto problem = check(key, values.back())) fail(entry, *problem);
    }
    values.erase(std::unique(values.begin(), values.end()), values.end());  // integers that were rounded to the same
    return values;
}

SweptKey read_swept_key(const TomlEntry& entry, std::int64_t others) {
    const std::string name = entry.name.substr(sweep_prefix.size());
    const Key* key = find_key(name);
    if (key == nullptr) fail_unknown(entry, name);
    if (!key->sweepable) fail(entry, fmt::format("{} cannot be swept: it holds for the whole experiment", name));

    SweptKey swept{.key = key, .values = {}};
    if (const toml::table* table = entry.value->as_table()) {
        swept.values = read_range(*key, *table, entry, others);
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
        const bool repeated = std::ranges::count(group, name) > 1;
        if (axis == axes.end() || repeated) {
            fail(entry,
                 fmt::format("sweep.zip names \"{}\", which is not swept or is named twice; name swept keys, each "
                             "once (where --set replaced one, give --set sweep.zip=[] too)",
                             name));
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

/// Checked before anything is multiplied out, which could overflow.
void refuse_too_many_points(const Sweep& sweep) {
    double points = 1.0;
    for (const SweepAxis& axis : sweep.axes) points *= static_cast<double>(axis.size());
    if (points > static_cast<double>(most_points)) {
        throw InputError(
            fmt::format("the sweep has {:.3g} points; allowed are at most {}: shorten its axes, or use "
                        "several experiments",
                        points, most_points));
    }
}

}  // namespace

Sweep read_sweep(const TomlDocument& document) {
    Sweep sweep;
    const TomlEntry* zip = nullptr;
    for (const TomlEntry& entry : document.entries()) {
        if (!entry.name.starts_with(sweep_prefix)) continue;
        if (entry.name == "sweep.zip") {
            zip = &entry;
        } else {
            sweep.axes.push_back({{read_swept_key(entry, count_values(sweep))}});
        }
    }
    if (zip != nullptr) {
        for (const auto& group : read_zip(*zip)) zip_axes(sweep.axes, group, *zip);
    }
    refuse_too_many_points(sweep);
    return sweep;
}

}  // namespace curldescent
