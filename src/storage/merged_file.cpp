#include "curldescent/storage/merged_file.hpp"

#include <fmt/format.h>

#include "curldescent/storage/partial_file.hpp"
#include "row_copy.hpp"

namespace curldescent {
namespace {

/// Which part gives a run, [point x rule x replicate].
class Sources {
  public:
    static constexpr std::int32_t none = -1;

    explicit Sources(const Extents& extents)
        : extents_(extents),
          part_(static_cast<std::size_t>(extents.points * extents.rules * extents.replicates), none),
          status_(part_.size(), RunStatus::pending) {}

    /// Takes what a part has and the parts before it have not, or have only as failed.
    void add(ResultsFile& results, std::int32_t part) {
        const std::int64_t runs = extents_.rules * extents_.replicates;
        for (PointRange block{}; block.last < extents_.points;) {
            block = results.next_block({block.last, extents_.points});
            const std::vector<bool> intact = results.read_intact(block);
            const std::vector<RunStatus> status = results.read_status(block);
            for (std::size_t k = 0; k < status.size(); ++k) {
                const std::size_t run = static_cast<std::size_t>(block.first * runs) + k;
                if (!intact[k] || is_finished(status_[run])) continue;
                if (part_[run] != none && !is_finished(status[k])) continue;
                part_[run] = part;
                status_[run] = status[k];
            }
        }
    }

    [[nodiscard]] std::int32_t of(const RunIndex& run) const {
        return part_[static_cast<std::size_t>((run.point * extents_.rules + run.rule) * extents_.replicates +
                                              run.replicate)];
    }

    [[nodiscard]] MergedRuns count() const {
        MergedRuns counts;
        for (const RunStatus status : status_) {
            ++(is_finished(status) ? counts.finished : status == RunStatus::failed ? counts.failed : counts.missing);
        }
        return counts;
    }

  private:
    static bool is_finished(RunStatus status) { return status == RunStatus::done || status == RunStatus::diverged; }

    Extents extents_;
    std::vector<std::int32_t> part_;
    std::vector<RunStatus> status_;
};

}  // namespace

MergedRuns create_merged_file(std::span<ResultsFile> parts, const std::string& path,
                              const std::vector<Variable>& layout, const Extents& extents) {
    Sources sources(extents);
    for (std::size_t k = 0; k < parts.size(); ++k) {
        if (parts[k].extents() != extents) {
            throw StorageError(fmt::format("{}: its dimensions are not those that its settings give", parts[k].path()));
        }
        sources.add(parts[k], static_cast<std::int32_t>(k));
    }
    create_results_file(path, layout, extents);
    write_whole_file(path, [&] {
        for (std::size_t k = 0; k < parts.size(); ++k) {
            copy_rows(parts[k], path, layout,
                      [&](const RunIndex& run) { return sources.of(run) == static_cast<std::int32_t>(k); });
        }
    });
    return sources.count();
}

}  // namespace curldescent
