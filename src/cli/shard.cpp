#include "shard.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>
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

constexpr std::int64_t most = 1'000'000;

std::optional<Shard> read_shard(std::string_view text) {
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const Shard shard{.number = whole_number(text.substr(0, slash)), .count = whole_number(text.substr(slash + 1))};
    const bool is_share = shard.number >= 1 && shard.number <= shard.count && shard.count <= most;
    return is_share ? std::optional(shard) : std::nullopt;
}

}  // namespace

Shard parse_shard(const std::string& text) {
    if (const auto shard = read_shard(text)) return *shard;
    throw InputError(fmt::format(
        "--shard {}: is no share of the tasks; allowed: i/N with 1 <= i <= N <= {}, such as 2/8", text, most));
}

Shard stored_shard(const std::string& text) {
    return read_shard(text).value_or(Shard{});
}

std::string shard_text(const Shard& shard) {
    return fmt::format("{}/{}", shard.number, shard.count);
}

}  // namespace curldescent::cli
