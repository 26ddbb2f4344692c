#pragma once

#include <string>
#include <vector>

#include "curldescent/storage/results_file.hpp"

namespace curldescent {

/// Makes the complete file at `path`, by one process, as `create_results_file` does, with all rows of an older file
/// that has fewer replicates. They are copied bit for bit, damaged ones too; the older file is not touched. Throws
/// StorageError and leaves nothing behind when that fails, or when the files differ in more than replicates.
void create_grown_file(const ResultsFile& older, const std::string& path, const std::vector<Variable>& layout,
                       const Extents& extents);

}  // namespace curldescent
