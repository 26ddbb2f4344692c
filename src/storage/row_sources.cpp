#include "curldescent/storage/row_sources.hpp"

namespace curldescent {

RowSources::RowSources(const Extents& extents)
    : extents_(extents),
      file_(static_cast<std::size_t>(extents.points * extents.rules * extents.replicates), none),
      status_(file_.size(), RunStatus::pending),
      checksum_(file_.size(), 0) {}

std::size_t RowSources::place(const RunIndex& run) const {
    return static_cast<std::size_t>((run.point * extents_.rules + run.rule) * extents_.replicates + run.replicate);
}

RunIndex RowSources::run_at(std::size_t place) const {
    const auto run = static_cast<std::int64_t>(place);
    const std::int64_t row = run / extents_.replicates;  // of a rule at a point
    return {row / extents_.rules, row % extents_.rules, run % extents_.replicates};
}

Contradictions RowSources::add(ResultsFile& results) {
    if (results.extents() != extents_) {
        throw StorageError(results.path() + ": its dimensions are not those that its settings give");
    }
    Contradictions found;
    for (PointRange block{}; block.last < extents_.points;) {
        block = results.next_block({block.last, extents_.points});
        const std::vector<RunStatus> status = results.read_status(block);
        const std::vector<std::uint64_t> checksums = results.read_intact_checksums(block);
        const std::size_t first = place({block.first, 0, 0});
        for (std::size_t k = 0; k < status.size(); ++k) {
            const std::size_t run = first + k;
            if (contradicts(run, status[k], checksums[k]) && found.runs++ == 0) {
                found.first = run_at(run);
                found.file = file_[run];
            }
            take(run, status[k], checksums[k]);
        }
    }
    ++files_;
    return found;
}

bool RowSources::contradicts(std::size_t run, RunStatus status, std::uint64_t checksum) const {
    return is_finished(status_[run]) && is_finished(status) && checksum != 0 && checksum != checksum_[run];
}

void RowSources::take(std::size_t run, RunStatus status, std::uint64_t checksum) {
    if (checksum == 0 || is_finished(status_[run])) return;
    if (file_[run] != none && !is_finished(status)) return;
    file_[run] = files_;
    status_[run] = status;
    checksum_[run] = checksum;
}

MergedRuns RowSources::count() const {
    MergedRuns counts;
    for (const RunStatus status : status_) {
        ++(is_finished(status) ? counts.finished : status == RunStatus::failed ? counts.failed : counts.missing);
    }
    return counts;
}

}  // namespace curldescent
