#include "curldescent/storage/results_file.hpp"
#include "run_row.hpp"
#include "value_types.hpp"

namespace curldescent {
namespace {

/// The row of the k-th of some runs. `values` are those of each variable, of all these runs.
StoredRow row_of(const StoredRow& values, std::size_t k, std::size_t runs) {
    StoredRow row;
    for (const auto& bytes : values) {
        const std::size_t size = bytes.size() / runs;
        const auto first = bytes.begin() + static_cast<std::ptrdiff_t>(k * size);
        row.emplace_back(first, first + static_cast<std::ptrdiff_t>(size));
    }
    return row;
}

}  // namespace

std::vector<std::uint64_t> ResultsFile::read_checksums(const std::string& variable, std::int64_t point) {
    const hdf5::Block runs = runs_of_point(point, extents_);
    std::vector<std::uint64_t> checksums(runs.size());
    hdf5::read_block(dataset(variable), H5T_NATIVE_UINT64, runs, std::as_writable_bytes(std::span(checksums)),
                     path_ + ": " + variable);
    return checksums;
}

std::vector<std::uint64_t> ResultsFile::compute_checksums(Group group, std::int64_t point,
                                                          std::span<const RunStatus> status) {
    StoredRow values;
    for (const RunVariable& variable : run_variables_) {
        if (variable.group != group) continue;
        hdf5::Block block = runs_of_point(point, extents_);
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
        checksums.push_back(row_checksum({point, run / extents_.replicates, run % extents_.replicates}, status[k],
                                         row_of(values, k, status.size())));
    }
    return checksums;
}

std::vector<bool> ResultsFile::read_intact(std::int64_t point) {
    // In the order opposite to that of writing: what is being written now is pending, or whole.
    const std::vector<RunStatus> status = read_status(point);
    const std::vector<std::uint64_t> stored = read_checksums("checksum", point);
    const std::vector<std::uint64_t> computed = compute_checksums(Group::root, point, status);
    std::vector<bool> intact(status.size());
    for (std::size_t k = 0; k < status.size(); ++k) {
        intact[k] = status[k] != RunStatus::pending && stored[k] == computed[k];
    }
    return intact;
}

std::vector<Integrity> ResultsFile::read_times_integrity(std::int64_t point) {
    const std::vector<RunStatus> no_status(runs_of_point(point, extents_).size(), status_of_times);
    std::vector<Integrity> integrity(no_status.size(), Integrity::unknown);
    if (!has(times_checksum)) return integrity;
    const std::vector<std::uint64_t> stored = read_checksums(times_checksum, point);
    const std::vector<std::uint64_t> computed = compute_checksums(Group::timing, point, no_status);
    for (std::size_t k = 0; k < integrity.size(); ++k) {
        if (stored[k] == 0) continue;
        integrity[k] = stored[k] == computed[k] ? Integrity::intact : Integrity::damaged;
    }
    return integrity;
}

}  // namespace curldescent
