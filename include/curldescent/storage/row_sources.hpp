#pragma once

#include <cstdint>
#include <vector>

#include "curldescent/storage/results_file.hpp"

namespace curldescent {

/// What became of the runs of several files.
struct MergedRuns {
    std::int64_t finished = 0;  ///< done or diverged
    std::int64_t failed = 0;
    std::int64_t missing = 0;  ///< that no file has, or only damaged

    friend bool operator==(const MergedRuns&, const MergedRuns&) = default;
};

/// The runs of a file that are whole and finished, and in a file before it, too, with other results.
struct Contradictions {
    std::int64_t runs = 0;
    RunIndex first;
    std::int32_t file = 0;  ///< the one before it that has the first of them
};

/// Which of several files of one experiment gives each run: the first one whose row is whole and finished, else the
/// first one whose row is whole.
class RowSources {
  public:
    explicit RowSources(const Extents& extents);

    /// Looks at the rows of the next file. Throws StorageError when it has other dimensions.
    Contradictions add(ResultsFile& results);

    /// Whether a run comes from that file, counted from 0 in the order in which they were added.
    [[nodiscard]] bool is_from(const RunIndex& run, std::int32_t file) const { return file_[place(run)] == file; }

    /// Whether no file has a run.
    [[nodiscard]] bool is_missing(const RunIndex& run) const { return is_from(run, none); }

    [[nodiscard]] MergedRuns count() const;
    [[nodiscard]] const Extents& extents() const { return extents_; }

  private:
    static constexpr std::int32_t none = -1;

    void take(std::size_t run, RunStatus status, std::uint64_t checksum);
    [[nodiscard]] bool contradicts(std::size_t run, RunStatus status, std::uint64_t checksum) const;
    [[nodiscard]] std::size_t place(const RunIndex& run) const;
    [[nodiscard]] RunIndex run_at(std::size_t place) const;

    Extents extents_;
    std::int32_t files_ = 0;
    std::vector<std::int32_t> file_;  ///< [point x rule x replicate], as the others
    std::vector<RunStatus> status_;
    std::vector<std::uint64_t> checksum_;
};

}  // namespace curldescent
