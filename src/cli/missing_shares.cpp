#include "missing_shares.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "run_text.hpp"
#include "shard.hpp"

namespace curldescent::cli {
namespace {

/// The numbers of the shares with missing runs.
std::set<std::int64_t> numbers_of_missing(const RowSources& sources, std::int64_t count) {
    const Extents& extents = sources.extents();
    std::set<std::int64_t> numbers;
    for (std::int64_t point = 0; point < extents.points; ++point) {
        for (std::int64_t k = 0; k < extents.rules * extents.replicates; ++k) {
            const RunIndex run = run_at(point, static_cast<std::size_t>(k), extents);
            if (sources.is_missing(run)) numbers.insert(share_of(task_of(run, extents), count));
        }
    }
    return numbers;
}

}  // namespace

std::string missing_shares(const RowSources& sources, std::span<const Shard> shards,
                           std::span<const std::string> files) {
    constexpr int most = 10;
    const std::int64_t count = shards.front().count;
    const bool are_shares = std::ranges::all_of(shards, [&](const Shard& shard) { return shard.count == count; });
    if (count == 1 || !are_shares) return {};
    std::string text;
    int named = 0;
    for (const std::int64_t number : numbers_of_missing(sources, count)) {
        if (named++ == most) return text + ", ...";
        const Shard shard{.number = number, .count = count};
        const auto file = static_cast<std::size_t>(std::ranges::find(shards, shard) - shards.begin());
        text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", shard_text(shard),
                            file < files.size() ? files[file] : "no such file");
    }
    return text;
}

}  // namespace curldescent::cli
