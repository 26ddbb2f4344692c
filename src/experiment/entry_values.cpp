#include "entry_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <sstream>

#include "curldescent/model/error.hpp"

namespace curldescent {
namespace {

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

/// A node as one line of TOML, for messages.
std::string node_text(const toml::node& node) {
    std::ostringstream text;
    node.visit([&](const auto& value) { text << value; });
    std::string line = text.str();
    std::ranges::replace(line, '\n', ' ');
    return line;
}

std::string sweep_advice(const Key& key) {
    return key.sweepable ? fmt::format("; to vary it, name it in [sweep] with {}", sweep_hint) : "";
}

[[noreturn]] void fail_type(const Key& key, const toml::node& node, const TomlEntry& entry) {
    const bool several = node.is_array() || node.is_table();
    const bool advice = several && !entry.name.starts_with(sweep_prefix);
    fail(entry, fmt::format("{} = {} is not possible; allowed: {}{}", key.dotted(), node_text(node),
                            allowed_values(key), advice ? sweep_advice(key) : ""));
}

/// The elements of a list, all of one type; integers serve as real numbers.
template <class Value>
std::vector<Value> read_list(const toml::array& array, const Key& key, const TomlEntry& entry) {
    std::vector<Value> values;
    for (const toml::node& element : array) {
        const auto value = element.value<Value>();
        if (!value || element.is_boolean()) fail_type(key, array, entry);
        values.push_back(*value);
    }
    return values;
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
    if (array != nullptr && key.kind == KeyKind::choice_list) return read_list<std::string>(*array, key, entry);
    if (array != nullptr && key.kind == KeyKind::real_list) return read_list<double>(*array, key, entry);
    fail_type(key, node, entry);
}

/// The key that was meant: the one of this bare name in another section, else the one with the most similar name.
const Key& nearest_key(std::string_view name) {
    const auto keys = all_keys();
    const std::string_view bare = name.substr(name.rfind('.') + 1);
    const auto same_name = std::ranges::find(keys, bare, &Key::name);
    if (same_name != keys.end()) return *same_name;
    return *std::ranges::min_element(keys, {}, [&](const Key& key) { return edit_distance(name, key.dotted()); });
}

}  // namespace

void fail(const TomlEntry& entry, const std::string& problem) {
    throw InputError(fmt::format("{}: {}", entry.origin, problem));
}

void fail_unknown(const TomlEntry& entry, std::string_view name) {
    for (const Key& key : all_keys()) {
        if (!name.starts_with(key.dotted() + ".")) continue;
        fail(entry,
             fmt::format("{} is not a table; allowed: {}{}", key.dotted(), allowed_values(key), sweep_advice(key)));
    }
    fail(entry, fmt::format(R"(unknown key "{}"; the nearest known one is "{}" (curldescent template lists all))", name,
                            nearest_key(name).dotted()));
}

KeyValue read_checked(const Key& key, const toml::node& node, const TomlEntry& entry) {
    KeyValue value = read_value(key, node, entry);
    if (const auto problem = check(key, value)) fail(entry, *problem);
    return value;
}

}  // namespace curldescent
