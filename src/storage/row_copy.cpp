#include "row_copy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "value_types.hpp"

namespace curldescent {
namespace {

using Wanted = std::function<bool(const RunIndex&)>;

hdf5::Handle open_for_writing(const std::string& path) {
    const hdf5::Handle access = hdf5::own(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, path);
    hdf5::check(H5Pset_file_locking(access.id(), false, true), path);  // nobody else knows the file
    return hdf5::own(H5Fopen(path.c_str(), H5F_ACC_RDWR, access.id()), H5Fclose, path);
}

bool is_of_runs(const Variable& variable) {
    const auto& dimensions = variable.dimensions;
    return dimensions.size() >= 3 && dimensions[1] == Dimension::rule && dimensions[2] == Dimension::replicate;
}

/// The wanted rows of a block, by their place in it.
std::vector<std::size_t> places_of(const hdf5::Block& block, const Wanted& wanted) {
    const auto first = static_cast<std::int64_t>(block.first[0]);
    const auto rules = static_cast<std::int64_t>(block.extent[1]);
    const auto replicates = static_cast<std::int64_t>(block.extent[2]);
    const std::int64_t rows = static_cast<std::int64_t>(block.extent[0]) * rules * replicates;
    std::vector<std::size_t> places;
    for (std::int64_t row = 0; row < rows; ++row) {
        const std::int64_t rule = row / replicates;  // counted through all points of the block
        if (wanted({first + rule / rules, rule % rules, row % replicates})) {
            places.push_back(static_cast<std::size_t>(row));
        }
    }
    return places;
}

/// Copies the rows of one variable, some points at a time, so that a large one needs little memory.
void copy_variable(const hdf5::Handle& from, const hdf5::Handle& to, const Variable& variable, const Wanted& wanted,
                   const std::string& what) {
    constexpr hsize_t bytes_at_once = hsize_t{1} << 24;
    const hdf5::Handle type = hdf5_type(variable.type);
    hdf5::Block block;
    block.extent = hdf5::extents(from);
    block.first.assign(block.extent.size(), 0);
    const hsize_t points = block.extent.front();
    block.extent.front() = 1;
    const hsize_t bytes_of_point = std::max<hsize_t>(block.size() * value_size(variable.type), 1);
    const hsize_t points_at_once = std::max<hsize_t>(bytes_at_once / bytes_of_point, 1);
    std::vector<std::byte> source;
    std::vector<std::byte> target;
    for (hsize_t point = 0; point < points; point += points_at_once) {
        block.first.front() = point;
        block.extent.front() = std::min(points_at_once, points - point);
        const std::vector<std::size_t> places = places_of(block, wanted);
        if (places.empty()) continue;
        source.resize(block.extent.front() * bytes_of_point);
        target.resize(source.size());
        hdf5::read_block(from, type.id(), block, source, what);
        hdf5::read_block(to, type.id(), block, target, what);
        const std::size_t size = source.size() / (block.extent[0] * block.extent[1] * block.extent[2]);
        for (const std::size_t place : places) std::memcpy(&target[place * size], &source[place * size], size);
        hdf5::write_block(to, type.id(), block, target, what);
    }
}

}  // namespace

void copy_rows(const ResultsFile& source, const std::string& path, const std::vector<Variable>& layout,
               const Wanted& wanted) {
    const hdf5::Handle from = hdf5::open_for_reading(source.path());
    hdf5::Handle to = open_for_writing(path);
    for (const Variable& variable : layout) {
        if (!is_of_runs(variable)) continue;
        const std::string name = variable_path(variable.name, variable.group);
        const std::string what = source.path() + ": " + name;
        if (!source.has(name)) {
            if (variable.group == Group::timing) continue;
            throw StorageError(
                fmt::format("{}: has no {}, which this build stores of every run; go on with the build that began it",
                            source.path(), name));
        }
        copy_variable(hdf5::own(H5Dopen2(from.id(), name.c_str(), H5P_DEFAULT), H5Dclose, what),
                      hdf5::own(H5Dopen2(to.id(), name.c_str(), H5P_DEFAULT), H5Dclose, what), variable, wanted, what);
    }
    to.close(path);
}

}  // namespace curldescent
