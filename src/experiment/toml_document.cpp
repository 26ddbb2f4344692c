#include "toml_document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "curldescent/model/error.hpp"
#include "name_parts.hpp"

namespace curldescent {
namespace {

/// Every part of a name is a table in a table for the library, and too many would overflow its stack.
void refuse_long_names(std::string_view text, std::string_view source) {
    constexpr std::size_t most_parts = 8;
    const LongestName longest = longest_name(text);
    if (longest.parts <= most_parts) return;
    throw InputError(
        fmt::format("{}:{}: a name has {} parts between its dots; keys have two or three, as in "
                    "network.inputs or sweep.network.inputs",
                    source, longest.line, longest.parts));
}

toml::table parsed(std::string_view text, std::string_view source) {
    refuse_long_names(text, source);
    try {
        return toml::parse(text, source);
    } catch (const toml::parse_error& error) {
        throw InputError(
            fmt::format("{}:{}: not valid TOML: {}", source, error.source().begin.line, error.description()));
    }
}

/// A value of the sweep that is written as a table: {linspace = [...]} or {logspace = [...]}.
bool is_range(const toml::table& table) {
    return table.contains("linspace") || table.contains("logspace");
}

/// The value of a --set argument as TOML, or as a text without its quotes.
toml::table parsed_override(const std::string& value, const std::string& argument) {
    const auto parsed_as = [](const std::string& toml_value) -> std::optional<toml::table> {
        try {
            return toml::parse("value = " + toml_value);
        } catch (const toml::parse_error&) {
            return std::nullopt;
        }
    };
    const bool one_line = value.find('\n') == std::string::npos;
    const bool bare_text =
        value.find_first_of("\"'\\") == std::string::npos && !value.starts_with('[') && !value.starts_with('{');
    auto table = one_line ? parsed_as(value) : std::nullopt;
    if (!table && one_line && bare_text) table = parsed_as("\"" + value + "\"");
    if (!table) {
        throw InputError(
            fmt::format("--set {}: the value is not valid TOML; give a number, true or false, a text in "
                        "double quotes, or a list",
                        argument));
    }
    return *table;
}

std::string trimmed(const std::string& text) {
    const std::size_t first = text.find_first_not_of(' ');
    return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

}  // namespace

TomlDocument::TomlDocument(std::string_view text, std::string_view source) {
    documents_.push_back(parsed(text, source));
    flatten(documents_.back(), "", std::string(source));
    const auto position = [](const TomlEntry& entry) { return entry.value->source().begin; };
    std::stable_sort(entries_.begin(), entries_.end(),
                     [&](const TomlEntry& a, const TomlEntry& b) { return position(a) < position(b); });
    refuse_duplicates();
}

/// A dotted name in quotes and a key of a section can name the same thing, which TOML itself does not notice.
void TomlDocument::refuse_duplicates() const {
    std::map<std::string, std::string> origins;
    for (const TomlEntry& entry : entries_) {
        const auto [first, is_new] = origins.emplace(entry.name, entry.origin);
        if (!is_new) {
            throw InputError(fmt::format("{}: {} is given twice, here and at {}; remove one of them", entry.origin,
                                         entry.name, first->second));
        }
    }
}

void TomlDocument::flatten(const toml::table& table, const std::string& prefix, const std::string& source) {
    for (const auto& [key, node] : table) {
        const std::string name = prefix + std::string(key.str());
        const toml::table* inner = node.as_table();
        const bool leaf =
            inner == nullptr || inner->empty() || name == "sweep.zip" || (!prefix.empty() && is_range(*inner));
        if (!leaf) {
            flatten(*inner, name + ".", source);
        } else {
            entries_.push_back({name, &node, fmt::format("{}:{}", source, node.source().begin.line)});
        }
    }
}

void TomlDocument::remove_entry(std::string_view name) {
    std::erase_if(entries_, [&](const TomlEntry& entry) { return entry.name == name; });
}

void TomlDocument::override_entry(const std::string& argument) {
    const std::size_t equals = argument.find('=');
    if (equals == std::string::npos || equals == 0) {
        throw InputError(fmt::format("--set {}: give a key and a value, as in --set training.epochs=100", argument));
    }
    const std::string name = trimmed(argument.substr(0, equals));
    const std::string value = trimmed(argument.substr(equals + 1));
    documents_.push_back(parsed_override(value, argument));
    const TomlEntry entry{name, documents_.back().get("value"), "--set " + argument};

    constexpr std::string_view sweep = "sweep.";
    remove_entry(name.starts_with(sweep) ? name.substr(sweep.size()) : std::string(sweep) + name);
    const auto same =
        std::find_if(entries_.begin(), entries_.end(), [&](const TomlEntry& old) { return old.name == name; });
    if (same == entries_.end()) {
        entries_.push_back(entry);
    } else {
        *same = entry;
    }
}

}  // namespace curldescent
