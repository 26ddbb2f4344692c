#include "curldescent/storage/grown_file.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "curldescent/storage/partial_file.hpp"
#include "value_types.hpp"

namespace curldescent {
namespace {

hdf5::Handle open_for_writing(const std::string& path) {
    const hdf5::Handle access = hdf5::own(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, path);
    hdf5::check(H5Pset_file_locking(access.id(), false, true), path);  // nobody else knows the file
    return hdf5::own(H5Fopen(path.c_str(), H5F_ACC_RDWR, access.id()), H5Fclose, path);
}

bool is_of_runs(const Variable& variable) {
    const auto& dimensions = variable.dimensions;
    return dimensions.size() >= 3 && dimensions[1] == Dimension::rule && dimensions[2] == Dimension::replicate;
}

void check_dimensions(const ResultsFile& older, const Extents& extents) {
    Extents same = extents;
    same.replicates = older.extents().replicates;
    if (same == older.extents() && extents.replicates >= same.replicates) return;
    throw StorageError(
        fmt::format("{}: its dimensions are not those that its settings give today; go on with the build that began it",
                    older.path()));
}

/// Copies the rows of one variable, some points at a time, so that a large one needs little memory.
void copy_rows(const hdf5::Handle& from, const hdf5::Handle& to, const Variable& variable, const std::string& what) {
    constexpr hsize_t bytes_at_once = hsize_t{1} << 24;
    const hdf5::Handle type = hdf5_type(variable.type);
    hdf5::Block block;
    block.extent = hdf5::extents(from);
    block.first.assign(block.extent.size(), 0);
    const hsize_t points = block.extent.front();
    block.extent.front() = 1;
    const hsize_t bytes_of_point = std::max<hsize_t>(block.size() * value_size(variable.type), 1);
    const hsize_t points_at_once = std::max<hsize_t>(bytes_at_once / bytes_of_point, 1);
    std::vector<std::byte> bytes;
    for (hsize_t point = 0; point < points; point += points_at_once) {
        block.first.front() = point;
        block.extent.front() = std::min(points_at_once, points - point);
        bytes.resize(block.extent.front() * bytes_of_point);
        hdf5::read_block(from, type.id(), block, bytes, what);
        hdf5::write_block(to, type.id(), block, bytes, what);
    }
}

void copy_all_rows(const ResultsFile& older, const std::string& path, const std::vector<Variable>& layout) {
    const hdf5::Handle from = hdf5::open_for_reading(older.path());
    hdf5::Handle to = open_for_writing(path);
    for (const Variable& variable : layout) {
        if (!is_of_runs(variable)) continue;
        const std::string name = variable_path(variable.name, variable.group);
        const std::string what = older.path() + ": " + name;
        if (!older.has(name)) {
            if (variable.group == Group::timing) continue;
            throw StorageError(
                fmt::format("{}: has no {}, which this build stores of every run; go on with the build that began it",
                            older.path(), name));
        }
        copy_rows(hdf5::own(H5Dopen2(from.id(), name.c_str(), H5P_DEFAULT), H5Dclose, what),
                  hdf5::own(H5Dopen2(to.id(), name.c_str(), H5P_DEFAULT), H5Dclose, what), variable, what);
    }
    to.close(path);
}

}  // namespace

void create_grown_file(const ResultsFile& older, const std::string& path, const std::vector<Variable>& layout,
                       const Extents& extents) {
    check_dimensions(older, extents);
    create_results_file(path, layout, extents);
    write_whole_file(path, [&] { copy_all_rows(older, path, layout); });
}

}  // namespace curldescent
