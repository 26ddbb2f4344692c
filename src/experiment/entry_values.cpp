#include "entry_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

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

}  // namespace

void fail(const TomlEntry& entry, const std::string& problem) {
    throw InputError(fmt::format("{}: {}", entry.origin, problem));
}

void fail_unknown(const TomlEntry& entry, std::string_view name) {
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

KeyValue read_checked(const Key& key, const toml::node& node, const TomlEntry& entry) {
    KeyValue value = read_value(key, node, entry);
    if (const auto problem = check(key, value)) fail(entry, *problem);
    return value;
}

}  // namespace curldescent
