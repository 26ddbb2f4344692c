#include <algorithm>

#include "curldescent/storage/results_file.hpp"
#include "run_row.hpp"
#include "value_types.hpp"

namespace curldescent {

PointRange ResultsFile::next_block(const PointRange& left) const {
    constexpr std::int64_t bytes_at_once = std::int64_t{1} << 24;
    std::int64_t row = 1;
    for (const RunVariable& variable : run_variables_) {
        const std::int64_t values = variable.extra ? extents_.along(*variable.extra) : 1;
        row += values * static_cast<std::int64_t>(value_size(value_type(variable)));
    }
    const std::int64_t points = std::max<std::int64_t>(bytes_at_once / (row * extents_.rules * extents_.replicates), 1);
    return {left.first, std::min(left.first + points, left.last)};
}

std::vector<std::uint64_t> ResultsFile::read_checksums(const std::string& variable, const PointRange& points) {
    const hdf5::Block runs = runs_of(points, extents_);
    std::vector<std::uint64_t> checksums(runs.size());
    hdf5::read_block(dataset(variable), H5T_NATIVE_UINT64, runs, std::as_writable_bytes(std::span(checksums)),
                     path_ + ": " + variable);
    return checksums;
}

std::vector<std::uint64_t> ResultsFile::compute_checksums(Group group, const PointRange& points,
                                                          std::span<const RunStatus> status) {
    StoredRow values;
    for (const RunVariable& variable : run_variables_) {
        if (variable.group != group) continue;
        hdf5::Block block = runs_of(points, extents_);
        if (variable.extra) {
            block.first.push_back(0);
            block.extent.push_back(static_cast<hsize_t>(extents_.along(*variable.extra)));
        }
        const std::string name = variable_path(std::string(variable.name), group);
        auto& bytes = values.emplace_back(block.size() * value_size(value_type(variable)));
        hdf5::read_block(dataset(name), hdf5_type(value_type(variable)).id(), block, bytes, path_ + ": " + name);
    }
    std::vector<std::uint64_t> checksums;
    for (std::size_t k = 0; k < status.size(); ++k) {
        const auto run = static_cast<std::int64_t>(k);
        const std::int64_t row = run / extents_.replicates;  // of a rule at a point
        checksums.push_back(
            row_checksum({points.first + row / extents_.rules, row % extents_.rules, run % extents_.replicates},
                         status[k], row_of(values, k, status.size())));
    }
    return checksums;
}

std::vector<std::uint64_t> ResultsFile::read_intact_checksums(const PointRange& points) {
    // In the order opposite to that of writing: what is being written now is pending, or whole.
    const std::vector<RunStatus> status = read_status(points);
    std::vector<std::uint64_t> checksums = read_checksums("checksum", points);
    const std::vector<std::uint64_t> computed = compute_checksums(Group::root, points, status);
    for (std::size_t k = 0; k < status.size(); ++k) {
        if (status[k] == RunStatus::pending || checksums[k] != computed[k]) checksums[k] = 0;
    }
    return checksums;
}

std::vector<bool> ResultsFile::read_intact(const PointRange& points) {
    const std::vector<std::uint64_t> checksums = read_intact_checksums(points);
    std::vector<bool> intact;
    for (const std::uint64_t checksum : checksums) intact.push_back(checksum != 0);
    return intact;
}

std::vector<Integrity> ResultsFile::read_times_integrity(const PointRange& points) {
    const std::vector<RunStatus> no_status(runs_of(points, extents_).size(), status_of_times);
    std::vector<Integrity> integrity(no_status.size(), Integrity::unknown);
    if (!has(times_checksum)) return integrity;
    const std::vector<std::uint64_t> stored = read_checksums(times_checksum, points);
    const std::vector<std::uint64_t> computed = compute_checksums(Group::timing, points, no_status);
    for (std::size_t k = 0; k < integrity.size(); ++k) {
        if (stored[k] == 0) continue;
        integrity[k] = stored[k] == computed[k] ? Integrity::intact : Integrity::damaged;
    }
    return integrity;
}

}  // namespace curldescent
