#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "curldescent/storage/results_file.hpp"

namespace curldescent {

/// What became of the runs of a merged file.
struct MergedRuns {
    std::int64_t finished = 0;  ///< done or diverged
    std::int64_t failed = 0;
    std::int64_t missing = 0;  ///< that no part has, or only damaged
};

/// Makes the complete file at `path`, by one process, as `create_results_file` does, with the rows of several files of
/// one experiment. Of each run it takes the first part's that is whole and finished, else the first that is
/// whole; rows are copied bit for bit with their times. The parts are not touched. Throws StorageError and leaves
/// nothing behind when that fails, or when the parts have other dimensions.
MergedRuns create_merged_file(std::span<ResultsFile> parts, const std::string& path,
                              const std::vector<Variable>& layout, const Extents& extents);

}  // namespace curldescent
