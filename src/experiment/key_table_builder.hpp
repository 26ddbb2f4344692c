#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "curldescent/experiment/keys.hpp"

namespace curldescent {

// Conversions between a member of Settings and a KeyValue, one pair per kind of member.

inline std::optional<KeyValue> to_value(bool value) {
    return value;
}
inline std::optional<KeyValue> to_value(std::int64_t value) {
    return value;
}
inline std::optional<KeyValue> to_value(double value) {
    return value;
}
inline std::optional<KeyValue> to_value(const std::string& value) {
    return value;
}

template <class Enum>
requires std::is_enum_v<Enum> std::optional<KeyValue> to_value(Enum value) {
    return std::string(to_string(value));
}

template <class Value>
std::optional<KeyValue> to_value(const std::optional<Value>& value) {
    return value ? to_value(*value) : std::nullopt;
}

inline std::optional<KeyValue> to_value(const std::vector<Rule>& rules) {
    std::vector<std::string> names;
    for (const Rule rule : rules) names.emplace_back(to_string(rule));
    return names;
}

inline std::optional<KeyValue> to_value(const LossThresholds& thresholds) {
    const auto values = thresholds.span();
    return std::vector<double>(values.begin(), values.end());
}

template <class Member>
void assign(Member& member, const KeyValue& value) {
    if constexpr (std::is_enum_v<Member>) {
        member = from_string<Member>(std::get<std::string>(value)).value();
    } else {
        member = std::get<Member>(value);
    }
}

template <class Value>
void assign(std::optional<Value>& member, const KeyValue& value) {
    assign(member.emplace(), value);
}

inline void assign(std::vector<Rule>& member, const KeyValue& value) {
    member.clear();
    for (const std::string& name : std::get<std::vector<std::string>>(value)) {
        member.push_back(from_string<Rule>(name).value());
    }
}

inline void assign(LossThresholds& member, const KeyValue& value) {
    const auto& values = std::get<std::vector<double>>(value);
    member = {};
    member.count = static_cast<std::int64_t>(values.size());
    std::ranges::copy(values, member.values.begin());
}

/// The numbers a key accepts.
struct Range {
    double minimum;
    double maximum;
    bool above_minimum = false;
};

/// Collects keys. `access` is a generic lambda that names the key's member in Settings, const or not.
class KeyTable {
  public:
    void section(std::string_view name) { section_ = name; }

    template <class Access>
    Key& add(std::string_view name, KeyKind kind, std::string_view meaning, Access access) {
        Key& key = keys_.emplace_back();
        key.section = section_;
        key.name = name;
        key.kind = kind;
        key.meaning = meaning;
        key.get = [access](const Settings& settings) { return to_value(access(settings)); };
        key.set = [access](Settings& settings, const KeyValue& value) { assign(access(settings), value); };
        return key;
    }

    template <class Access>
    Key& number(std::string_view name, KeyKind kind, Range range, std::string_view meaning, Access access) {
        Key& key = add(name, kind, meaning, access);
        key.minimum = range.minimum;
        key.maximum = range.maximum;
        key.above_minimum = range.above_minimum;
        return key;
    }

    template <class Access>
    Key& integer(std::string_view name, Range range, std::string_view meaning, Access access) {
        return number(name, KeyKind::integer, range, meaning, access);
    }

    template <class Access>
    Key& real(std::string_view name, Range range, std::string_view meaning, Access access) {
        return number(name, KeyKind::real, range, meaning, access);
    }

    template <class Access>
    Key& real_list(std::string_view name, std::size_t longest, Range range, std::string_view meaning, Access access) {
        Key& key = number(name, KeyKind::real_list, range, meaning, access);
        key.longest = longest;
        return key;
    }

    template <class Enum, class Access>
    Key& choice(std::string_view name, std::string_view meaning, Access access) {
        Key& key = add(name, KeyKind::choice, meaning, access);
        key.choices = enumeration_names<Enum>;
        return key;
    }

    std::vector<Key> take() { return std::move(keys_); }

  private:
    std::string_view section_;
    std::vector<Key> keys_;
};

/// Describes a key without a default of its own: what holds when it is not given, and a value to show.
inline void absent(Key& key, std::string_view when_absent, std::string_view example) {
    key.when_absent = when_absent;
    key.example = example;
}

}  // namespace curldescent
