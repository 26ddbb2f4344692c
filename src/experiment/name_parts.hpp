#pragma once

#include <cstddef>
#include <string_view>

namespace curldescent {

/// The name with the most parts between its dots.
struct LongestName {
    std::size_t parts = 0;
    std::size_t line = 1;  ///< where it stands
};

/// Of all names in a TOML text, values counted like them: "a.b = 1.5" has names of 2 and 2 parts. What stands in quotes
/// is one part, comments are left out. Right up to the first mistake in the text.
LongestName longest_name(std::string_view text);

}  // namespace curldescent
