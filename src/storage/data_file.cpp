#include "curldescent/storage/data_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <hdf5_hl.h>

#include <algorithm>
#include <new>

#include "curldescent/model/error.hpp"
#include "curldescent/storage/hdf5.hpp"
#include "hash.hpp"
#include "value_types.hpp"

namespace curldescent {
namespace {

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

std::string known_names() {
    std::vector<std::string_view> names;
    for (const SuppliedArray& array : supplied_arrays) names.push_back(array.name);
    return fmt::format("{}", fmt::join(names, ", "));
}

hdf5::Handle open_data_file(const std::string& path) {
    try {
        return hdf5::open_for_reading(path);
    } catch (const StorageError& error) {
        throw InputError(
            fmt::format("{} (data.file in the experiment; an HDF5 file with any of {})", error.what(), known_names()));
    }
}

/// What is misspelt or misplaced would silently be replaced by random numbers, so everything must be known.
void refuse_unknown(const hdf5::Handle& file, const std::string& path) {
    for (const auto& [name, is_dataset] : hdf5::root_members(file, path)) {
        if (!is_dataset) {
            throw InputError(fmt::format("{}: holds a group \"{}\", which is not searched; put {} at the top level",
                                         path, name, known_names()));
        }
        const bool known = std::ranges::find(supplied_arrays, name, &SuppliedArray::name) != supplied_arrays.end();
        const hdf5::Handle dataset = hdf5::own(H5Dopen2(file.id(), name.c_str(), H5P_DEFAULT), H5Dclose, path);
        if (known || H5DSis_scale(dataset.id()) > 0) continue;
        throw InputError(fmt::format("{}: unknown array \"{}\"; allowed: {}", path, name, known_names()));
    }
}

/// A matrix of the lengths that a file names.
RowMajor room_for(const std::vector<hsize_t>& lengths, const std::string& what) {
    constexpr hsize_t longest = hsize_t{1} << 40U;
    try {
        if (std::ranges::max(lengths) > longest) throw std::bad_alloc();
        return RowMajor(static_cast<Index>(lengths[0]), static_cast<Index>(lengths[1]));
    } catch (const std::bad_alloc&) {
        throw InputError(fmt::format("{} is [{} x {}], which is more than fits in memory; give a smaller one", what,
                                     lengths[0], lengths[1]));
    }
}

Matrix read_matrix(const hdf5::Handle& dataset, hsize_t file_size, const SuppliedArray& array,
                   const std::string& path) {
    const std::string what = fmt::format("{}: {}", path, array.name);
    const hdf5::Handle type = hdf5::own(H5Dget_type(dataset.id()), H5Tclose, what);
    const H5T_class_t kind = H5Tget_class(type.id());
    if (kind != H5T_FLOAT && kind != H5T_INTEGER) {
        throw InputError(fmt::format("{} does not hold numbers; store it as real numbers", what));
    }
    if (!hdf5::holds_its_values(dataset, file_size, what)) {
        throw InputError(fmt::format("{} has values that are not in this file; write all of them into it", what));
    }
    std::vector<hsize_t> lengths = hdf5::extents(dataset);
    const bool samples = array.kind == SuppliedArray::Rows::samples;
    const bool column = samples && lengths.size() == 1;
    if (lengths.size() != 2 && !column) {
        throw InputError(fmt::format("{} has {} dimensions; it must have 2", what, lengths.size()));
    }
    const hdf5::Block block{.first = std::vector<hsize_t>(lengths.size(), 0), .extent = lengths};
    if (column) lengths.push_back(1);
    RowMajor stored = room_for(lengths, what);
    hdf5::read_block(dataset, H5T_NATIVE_DOUBLE, block,
                     std::as_writable_bytes(std::span(stored.data(), static_cast<std::size_t>(stored.size()))), what);
    return samples ? Matrix(stored.transpose()) : Matrix(stored);
}

}  // namespace

SuppliedData read_supplied_data(const std::string& path) {
    const hdf5::Handle file = open_data_file(path);
    refuse_unknown(file, path);
    SuppliedData supplied;
    supplied.source = path;
    bool empty = true;
    for (const SuppliedArray& array : supplied_arrays) {
        const std::string name(array.name);
        if (H5Lexists(file.id(), name.c_str(), H5P_DEFAULT) <= 0) continue;
        const hdf5::Handle dataset = hdf5::own(H5Dopen2(file.id(), name.c_str(), H5P_DEFAULT), H5Dclose, path);
        supplied.*array.member = read_matrix(dataset, hdf5::size_of(file, path), array, path);
        empty = false;
    }
    if (empty) {
        throw InputError(fmt::format("{}: has no array that could be used; its root group must hold any of {}", path,
                                     known_names()));
    }
    return supplied;
}

std::string checksum(const SuppliedData& supplied) {
    if (supplied.source.empty()) return {};
    Hash hash;
    for (const SuppliedArray& array : supplied_arrays) {
        const auto& values = supplied.*array.member;
        if (!values) continue;
        hash.add(fmt::format("{} [{} x {}]", array.name, values->rows(), values->cols()));
        hash.add(std::as_bytes(std::span(values->data(), static_cast<std::size_t>(values->size()))));
    }
    return hash.hexadecimal();
}

}  // namespace curldescent
