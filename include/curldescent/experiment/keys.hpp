#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "curldescent/experiment/settings.hpp"

namespace curldescent {

/// The value of a key. A choice is the text of its name.
using KeyValue = std::variant<bool, std::int64_t, double, std::string, std::vector<std::string>, std::vector<double>>;

/// What kind of value a key takes.
enum class KeyKind : std::uint8_t { boolean, integer, real, text, choice, choice_list, real_list };

/// One key of the experiment file: its name, what it accepts, and where it goes. Reading, `--set`, sweeps, `template`,
/// the resolved settings and the error messages all follow from the table of these.
struct Key {
    std::string_view section;
    std::string_view name;
    KeyKind kind = KeyKind::text;
    std::string_view meaning;

    /// Numbers: the smallest and largest value allowed, and whether the smallest itself is excluded.
    double minimum = -std::numeric_limits<double>::infinity();
    double maximum = std::numeric_limits<double>::infinity();
    bool above_minimum = false;

    /// Lists of numbers: the most that one may have.
    std::size_t longest = 0;

    /// Choices: the names allowed.
    std::span<const std::string_view> choices;

    /// For a key that has no default of its own: what holds when it is not given, and a value to show.
    std::string_view when_absent;
    std::string_view example;

    bool sweepable = true;

    std::function<std::optional<KeyValue>(const Settings&)> get;
    std::function<void(Settings&, const KeyValue&)> set;  ///< the value has passed `check`

    [[nodiscard]] std::string dotted() const { return std::string(section) + "." + std::string(name); }
};

/// Every key, section by section, in the order of the template.
std::span<const Key> all_keys();

/// The key with this dotted name, or nullptr.
const Key* find_key(std::string_view dotted);

/// What a key accepts, in words: "an integer from 1 to 100", "one of "linear", "tanh"".
std::string allowed_values(const Key& key);

/// Nothing when the key accepts the value, else what is wrong with it: the value given and what is allowed.
std::optional<std::string> check(const Key& key, const KeyValue& value);

/// A value as TOML text that reads back to the same value.
std::string to_toml(const KeyValue& value);

}  // namespace curldescent
