#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "curldescent/storage/results_file.hpp"

namespace curldescent {

/// The stored bytes of a run's variables of one group, in the order of `run_variables`.
using StoredRow = std::vector<std::vector<std::byte>>;

/// Where the checksums of times are.
inline const std::string times_checksum = "timing/checksum";

/// Times have no status: in their checksums this stands for it.
inline constexpr RunStatus status_of_times = RunStatus::pending;

/// The bytes of one variable of a run as they are stored: `length` values, short vectors filled up with NaN,
/// messages cut to their room at a whole character.
std::vector<std::byte> stored_bytes(const RunVariable& variable, const RunResult& result, std::size_t length);

/// The checksum of a run's row: XXH3 over its place, its status, and the stored bytes of its variables of one group.
/// Never 0, which means "not written".
std::uint64_t row_checksum(const RunIndex& run, RunStatus status, const StoredRow& values);

/// All runs of a point.
hdf5::Block runs_of_point(std::int64_t point, const Extents& extents);

}  // namespace curldescent
