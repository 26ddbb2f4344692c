#include "curldescent/experiment/keys.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace curldescent {
namespace {

std::string number_text(const Key& key, double bound) {
    return key.kind == KeyKind::integer ? fmt::format("{}", static_cast<std::int64_t>(bound))
                                        : fmt::format("{}", bound);
}

std::string range_text(const Key& key) {
    const bool real = key.kind == KeyKind::real || key.kind == KeyKind::real_list;
    const bool bounded = real || key.maximum < 0x1p63;  // beyond it, the type alone is the bound
    if (key.above_minimum) {
        return fmt::format("above {}, up to {}", number_text(key, key.minimum), number_text(key, key.maximum));
    }
    if (bounded) return fmt::format("from {} to {}", number_text(key, key.minimum), number_text(key, key.maximum));
    return fmt::format("of at least {}", number_text(key, key.minimum));
}

bool is_in_range(const Key& key, double value) {
    const bool above = key.above_minimum ? value > key.minimum : value >= key.minimum;
    return std::isfinite(value) && above && value <= key.maximum;
}

bool is_choice(const Key& key, std::string_view name) {
    return std::find(key.choices.begin(), key.choices.end(), name) != key.choices.end();
}

/// Whether the names are allowed, not empty, and each given once.
bool is_choice_list(const Key& key, const std::vector<std::string>& names) {
    for (const std::string& name : names) {
        if (!is_choice(key, name) || std::count(names.begin(), names.end(), name) != 1) return false;
    }
    return !names.empty();
}

/// Whether the numbers are in range, each given once, and not too many.
bool is_real_list(const Key& key, const std::vector<double>& values) {
    if (values.size() > key.longest) return false;
    return std::ranges::all_of(
        values, [&](double value) { return is_in_range(key, value) && std::ranges::count(values, value) == 1; });
}

bool accepts(const Key& key, const KeyValue& value) {
    switch (key.kind) {
        case KeyKind::boolean:
            return std::holds_alternative<bool>(value);
        case KeyKind::integer: {
            const auto* integer = std::get_if<std::int64_t>(&value);
            return integer != nullptr && is_in_range(key, static_cast<double>(*integer));
        }
        case KeyKind::real: {
            const auto* real = std::get_if<double>(&value);
            return real != nullptr && is_in_range(key, *real);
        }
        case KeyKind::text:
            return std::holds_alternative<std::string>(value);
        case KeyKind::choice: {
            const auto* name = std::get_if<std::string>(&value);
            return name != nullptr && is_choice(key, *name);
        }
        case KeyKind::choice_list: {
            const auto* names = std::get_if<std::vector<std::string>>(&value);
            return names != nullptr && is_choice_list(key, *names);
        }
        case KeyKind::real_list: {
            const auto* values = std::get_if<std::vector<double>>(&value);
            return values != nullptr && is_real_list(key, *values);
        }
    }
    return false;
}

}  // namespace

const Key* find_key(std::string_view dotted) {
    const auto keys = all_keys();
    const auto found = std::find_if(keys.begin(), keys.end(), [&](const Key& key) { return key.dotted() == dotted; });
    return found == keys.end() ? nullptr : &*found;
}

std::string allowed_values(const Key& key) {
    const auto quoted = [&] { return fmt::format("\"{}\"", fmt::join(key.choices, "\", \"")); };
    switch (key.kind) {
        case KeyKind::boolean:
            return "true or false";
        case KeyKind::integer:
            return "an integer " + range_text(key);
        case KeyKind::real:
            return "a number " + range_text(key);
        case KeyKind::text:
            return "a text in quotes";
        case KeyKind::choice:
            return "one of " + quoted();
        case KeyKind::choice_list:
            return "a list of some of " + quoted() + ", each at most once";
        case KeyKind::real_list:
            return fmt::format("a list of at most {} numbers, each {}, each at most once", key.longest,
                               range_text(key));
    }
    return {};
}

std::optional<std::string> check(const Key& key, const KeyValue& value) {
    if (accepts(key, value)) return std::nullopt;
    return fmt::format("{} = {} is not possible; allowed: {}", key.dotted(), to_toml(value), allowed_values(key));
}

std::string to_toml(const KeyValue& value) {
    struct Writer {
        std::string operator()(bool flag) const { return flag ? "true" : "false"; }
        std::string operator()(std::int64_t integer) const { return fmt::format("{}", integer); }
        std::string operator()(double real) const {
            const std::string digits = fmt::format("{}", real);  // the shortest that reads back the same
            return digits.find_first_of(".en") == std::string::npos ? digits + ".0" : digits;
        }
        std::string operator()(const std::string& text) const {
            std::string quoted = "\"";
            for (const char character : text) {
                const auto code = static_cast<unsigned char>(character);
                if (character == '"' || character == '\\') {
                    quoted += '\\';
                    quoted += character;
                } else if (code < 0x20 || code == 0x7f) {
                    quoted += fmt::format("\\u{:04X}", code);
                } else {
                    quoted += character;
                }
            }
            return quoted + "\"";
        }
        std::string operator()(const std::vector<std::string>& texts) const {
            std::vector<std::string> quoted;
            for (const std::string& text : texts) quoted.push_back((*this)(text));
            return fmt::format("[{}]", fmt::join(quoted, ", "));
        }
        std::string operator()(const std::vector<double>& reals) const {
            std::vector<std::string> written;
            for (const double real : reals) written.push_back((*this)(real));
            return fmt::format("[{}]", fmt::join(written, ", "));
        }
    };
    return std::visit(Writer{}, value);
}

}  // namespace curldescent
