#include "differences_text.hpp"

#include <fmt/format.h>

namespace curldescent::cli {

std::string differences_text(const std::vector<KeyDifference>& differences, const char* there, const char* here) {
    std::string text;
    for (const auto& [key, stored, given] : differences) {
        text += fmt::format("\n  {}: {} {}, {} {}", key, stored, there, given, here);
    }
    return text;
}

}  // namespace curldescent::cli
