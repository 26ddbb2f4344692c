#include "name_parts.hpp"

#include <algorithm>
#include <string>

namespace curldescent {
namespace {

/// The place behind a text in quotes that begins at `start`.
std::size_t end_of_quoted(std::string_view text, std::size_t start) {
    const char quote = text[start];
    const bool several_lines = text.substr(start).starts_with(std::string(3, quote));
    const std::string closing(several_lines ? 3 : 1, quote);
    std::size_t place = start + closing.size();
    while (place < text.size() && !text.substr(place).starts_with(closing)) {
        if (!several_lines && text[place] == '\n') return place;
        place += text[place] == '\\' && quote == '"' ? 2 : 1;
    }
    place = std::min(place + closing.size(), text.size());
    // A text may end with quotes of its own before the closing ones.
    while (several_lines && place < text.size() && text[place] == quote) ++place;
    return place;
}

bool ends_name(char character) {
    return std::string_view("\n=,[]{}").find(character) != std::string_view::npos;
}

}  // namespace

LongestName longest_name(std::string_view text) {
    LongestName longest;
    LongestName name{.parts = 1};
    std::size_t place = 0;
    while (place < text.size()) {
        const std::size_t start = place;
        const char character = text[place];
        if (character == '"' || character == '\'') {
            place = end_of_quoted(text, place);
        } else if (character == '#') {
            place = std::min(text.find('\n', place), text.size());
        } else {
            ++place;
        }
        if (character == '.') ++name.parts;
        if (name.parts > longest.parts) longest = name;
        const std::string_view passed = text.substr(start, place - start);
        name.line += static_cast<std::size_t>(std::ranges::count(passed, '\n'));
        if (ends_name(character)) name.parts = 1;
    }
    return longest;
}

}  // namespace curldescent
