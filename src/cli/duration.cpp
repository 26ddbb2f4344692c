#include "duration.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <regex>
#include <vector>

#include "curldescent/model/error.hpp"

namespace curldescent::cli {
namespace {

constexpr double minute = 60.0;
constexpr double hour = 3600.0;
constexpr double day = 86400.0;

}  // namespace

double parse_duration(const std::string& option, const std::string& text) {
    // With days the first of the following numbers is hours; without, two numbers are minutes and seconds.
    static const std::regex with_days(R"((\d{1,6})-(\d{1,6})(?::(\d{1,6}))?(?::(\d{1,6}(?:\.\d*)?))?)");
    static const std::regex clock(R"((?:(?:(\d{1,6}):)?(\d{1,6}):)?(\d{1,6}(?:\.\d*)?))");
    std::smatch match;
    const auto number = [&](std::size_t k) { return match[k].matched ? std::stod(match[k].str()) : 0.0; };
    double seconds = 0.0;
    if (std::regex_match(text, match, with_days)) {
        seconds = number(1) * day + number(2) * hour + number(3) * minute + number(4);
    } else if (std::regex_match(text, match, clock)) {
        seconds = match[2].matched ? number(1) * hour + number(2) * minute + number(3) : number(3) * minute;
    }
    if (seconds > 0.0) return seconds;
    throw InputError(
        fmt::format("{} {}: is no duration above zero; give minutes, M:SS, H:MM:SS or D-HH:MM:SS", option, text));
}

std::string duration_text(double seconds) {
    const auto whole = static_cast<std::int64_t>(std::ceil(seconds));
    if (whole < 60) return fmt::format("{} s", whole);
    if (whole < 3600) return fmt::format("{}:{:02} min", whole / 60, whole % 60);
    return fmt::format("{}:{:02} h", whole / 3600, whole % 3600 / 60);
}

}  // namespace curldescent::cli
