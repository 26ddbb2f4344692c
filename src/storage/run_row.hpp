#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "curldescent/storage/results_file.hpp"

namespace curldescent {

/// The stored bytes of a run's variables of one group, in the order of `run_variables`.
using StoredRow = std::vector<std::vector<std::byte>>;

/// The same, where they are stored among those of other runs.
using RowView = std::vector<std::span<const std::byte>>;

/// The row of the k-th of some runs. `values` are those of each variable, of all these runs, and outlive the view.
RowView row_of(const StoredRow& values, std::size_t k, std::size_t runs);

/// Where the checksums of times are.
inline const std::string times_checksum = "timing/checksum";

/// Times have no status: in their checksums this stands for it.
inline constexpr RunStatus status_of_times = RunStatus::pending;

/// The bytes of one variable of a run as they are stored: `length` values, short vectors filled up with NaN,
/// messages cut to their room at a whole character.
std::vector<std::byte> stored_bytes(const RunVariable& variable, const RunResult& result, std::size_t length);

/// The checksum of a run's row: XXH3 over its place, its status, and the stored bytes of its variables of one group.
/// Never 0, which means "not written".
std::uint64_t row_checksum(const RunIndex& run, RunStatus status, const RowView& values);

/// All runs of some points.
hdf5::Block runs_of(const PointRange& points, const Extents& extents);

}  // namespace curldescent
