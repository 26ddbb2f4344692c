#include "toml_document.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "curldescent/model/error.hpp"

namespace curldescent {
namespace {

toml::table parsed(std::string_view text, std::string_view source) {
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

toml::table parsed_override(const std::string& value, const std::string& argument) {
    try {
        return toml::parse("value = " + value);
    } catch (const toml::parse_error&) {
        const bool bare_word = value.find_first_of("\"'[]{}=\n") == std::string::npos && !value.empty();
        if (!bare_word) throw InputError(fmt::format("--set {}: the value is not valid TOML", argument));
        toml::table table;
        table.insert("value", value);
        return table;
    }
}

}  // namespace

TomlDocument::TomlDocument(std::string_view text, std::string_view source) {
    documents_.push_back(parsed(text, source));
    flatten(documents_.back(), "", std::string(source));
    const auto position = [](const TomlEntry& entry) { return entry.value->source().begin; };
    std::stable_sort(entries_.begin(), entries_.end(),
                     [&](const TomlEntry& a, const TomlEntry& b) { return position(a) < position(b); });
}

void TomlDocument::flatten(const toml::table& table, const std::string& prefix, const std::string& source) {
    for (const auto& [key, node] : table) {
        const std::string name = prefix + std::string(key.str());
        const toml::table* inner = node.as_table();
        if (inner != nullptr && !is_range(*inner) && (!inner->empty() || prefix.empty())) {
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
    const std::string name = argument.substr(0, equals);
    const std::string value = argument.substr(equals + 1);
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
