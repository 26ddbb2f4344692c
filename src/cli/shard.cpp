#include "shard.hpp"

#include <fmt/format.h>

#include <charconv>
#include <string_view>

#include "curldescent/model/error.hpp"

namespace curldescent::cli {
namespace {

/// A whole number and nothing else; 0 where the text is none.
std::int64_t whole_number(std::string_view text) {
    std::int64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    return error == std::errc{} && stop == end ? value : 0;
}

}  // namespace

Shard parse_shard(const std::string& text) {
    constexpr std::int64_t most = 1'000'000;
    const std::size_t slash = text.find('/');
    Shard shard{.number = 0, .count = 0};
    if (slash != std::string::npos) {
        shard = {.number = whole_number(std::string_view(text).substr(0, slash)),
                 .count = whole_number(std::string_view(text).substr(slash + 1))};
    }
    if (shard.number >= 1 && shard.number <= shard.count && shard.count <= most) return shard;
    throw InputError(fmt::format(
        "--shard {}: is no share of the tasks; allowed: i/N with 1 <= i <= N <= {}, such as 2/8", text, most));
}

std::string shard_text(const Shard& shard) {
    return fmt::format("{}/{}", shard.number, shard.count);
}

}  // namespace curldescent::cli
