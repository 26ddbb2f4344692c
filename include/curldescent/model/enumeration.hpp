#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace curldescent {

/// The names of an enumeration's values, in the order of the values, as users write them and files store them.
/// Every enumeration that leaves the program specialises this beside its definition.
template <class Enum>
inline constexpr std::array<std::string_view, 0> enumeration_names{};

/// The name of `value`.
template <class Enum>
constexpr std::string_view to_string(Enum value) {
    return enumeration_names<Enum>.at(static_cast<std::size_t>(value));
}

/// The value called `name`, or nothing when there is none.
template <class Enum>
constexpr std::optional<Enum> from_string(std::string_view name) {
    const auto& names = enumeration_names<Enum>;
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) return std::nullopt;
    return static_cast<Enum>(found - names.begin());
}

}  // namespace curldescent
