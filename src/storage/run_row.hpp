#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "curldescent/storage/results_file.hpp"

namespace curldescent {

/// The bytes of one variable of a run as they are stored: `length` values, short vectors filled up with NaN,
/// messages cut to their room at a whole character.
std::vector<std::byte> stored_bytes(const RunVariable& variable, const RunResult& result, std::size_t length);

/// The checksum of a run's row: XXH3 over its place, its status, and the stored bytes of its variables of the
/// root group in the order of `run_variables`. Never 0, which means "not written".
std::uint64_t row_checksum(const RunIndex& run, RunStatus status, const std::vector<std::vector<std::byte>>& values);

}  // namespace curldescent
