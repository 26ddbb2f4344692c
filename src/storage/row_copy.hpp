#pragma once

#include <functional>
#include <string>
#include <vector>

#include "curldescent/storage/results_file.hpp"

namespace curldescent {

/// Copies rows, bit for bit, from one results file into the file at `path`, which has as many points and rules and at
/// least as many replicates, and which nobody else knows: those that `wanted` says. Times that the source lacks are
/// left out. Throws StorageError, also when the source lacks another variable of the layout.
void copy_rows(const ResultsFile& source, const std::string& path, const std::vector<Variable>& layout,
               const std::function<bool(const RunIndex&)>& wanted);

}  // namespace curldescent
