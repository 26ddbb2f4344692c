#pragma once

#include <span>
#include <string>
#include <vector>

#include "curldescent/storage/row_sources.hpp"

namespace curldescent {

/// Makes the complete file at `path`, by one process, as `create_results_file` does, with the rows of the files `parts`
/// as `sources`, to which they were added in this order, says. Rows are copied bit for bit with their times; each part
/// is opened while it is read, and not touched. Throws StorageError and leaves nothing behind when that fails.
void create_merged_file(std::span<const std::string> parts, const RowSources& sources, const std::string& path,
                        const std::vector<Variable>& layout);

}  // namespace curldescent
