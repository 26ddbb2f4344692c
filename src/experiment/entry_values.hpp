#pragma once

#include <string>
#include <string_view>

#include "curldescent/experiment/keys.hpp"
#include "toml_document.hpp"

namespace curldescent {

/// How the entries of a sweep begin.
inline constexpr std::string_view sweep_prefix = "sweep.";

/// What a swept key takes, for messages.
inline constexpr std::string_view sweep_hint = "a list, {linspace = [first, last, count]} or {logspace = [...]}";

/// Throws InputError: where the entry stands, and the problem.
[[noreturn]] void fail(const TomlEntry& entry, const std::string& problem);

/// Throws InputError: an entry whose name is no key, with the nearest key there is.
[[noreturn]] void fail_unknown(const TomlEntry& entry, std::string_view name);

/// The value of a node (the entry's own, or an element of its list) for a key; integers serve as real numbers.
/// Throws InputError when it has another type or is not allowed.
KeyValue read_checked(const Key& key, const toml::node& node, const TomlEntry& entry);

}  // namespace curldescent
