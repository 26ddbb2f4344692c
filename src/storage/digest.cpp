#include "curldescent/storage/digest.hpp"

#include <algorithm>
#include <vector>

#include "curldescent/storage/hdf5.hpp"
#include "curldescent/storage/results_file.hpp"
#include "hash.hpp"
#include "texts.hpp"

namespace curldescent {
namespace {

/// Whether values are the bytes that stand for them, and no references to others.
bool has_plain_values(const hdf5::Handle& type) {
    const H5T_class_t kind = H5Tget_class(type.id());
    return kind == H5T_INTEGER || kind == H5T_FLOAT || kind == H5T_STRING;
}

/// Block by block along the first dimension, so that a large variable needs little memory.
void add_values(Hash& hash, const hdf5::Handle& dataset, const std::string& what) {
    constexpr hsize_t bytes_at_once = hsize_t{1} << 22;
    const hdf5::Handle type = hdf5::own(H5Dget_type(dataset.id()), H5Tclose, what);
    const bool is_text = H5Tis_variable_str(type.id()) > 0;
    if (!is_text && !has_plain_values(type)) throw StorageError(what + ": holds neither numbers nor texts");
    const std::vector<hsize_t> lengths = hdf5::extents(dataset);
    if (std::ranges::find(lengths, 0U) != lengths.end()) return;  // a file may claim any number of blocks of nothing
    hdf5::Block block{.first = std::vector<hsize_t>(lengths.size(), 0), .extent = lengths};
    if (!lengths.empty()) block.extent.front() = 1;
    const hsize_t entries = lengths.empty() ? 1 : lengths.front();
    const hsize_t entry_size = std::max<hsize_t>(block.size() * H5Tget_size(type.id()), 1);
    const hsize_t entries_at_once = std::max<hsize_t>(bytes_at_once / entry_size, 1);
    for (hsize_t first = 0; first < entries; first += entries_at_once) {
        if (!lengths.empty()) {
            block.first.front() = first;
            block.extent.front() = std::min(entries_at_once, entries - first);
        }
        if (is_text) {
            for (const std::string& text : read_texts(dataset, block, what)) hash.add(text);
        } else {
            std::vector<std::byte> bytes(block.size() * H5Tget_size(type.id()));
            hdf5::read_block(dataset, type.id(), block, bytes, what);
            hash.add(bytes);
        }
    }
}

}  // namespace

std::string digest(const std::string& path) {
    const ResultsFile results(path);  // refuses other files
    const hdf5::Handle file = hdf5::open_for_reading(path);
    const hsize_t file_size = hdf5::size_of(file, path);
    Hash hash;
    for (const auto& [name, is_dataset] : hdf5::root_members(file, path)) {
        if (!is_dataset) continue;
        const std::string what = path + ": " + name;
        const hdf5::Handle dataset = hdf5::open_results(file, file_size, name, what);
        hash.add(name);
        for (const hsize_t length : hdf5::extents(dataset)) hash.add(std::to_string(length));
        add_values(hash, dataset, what);
    }
    return hash.hexadecimal();
}

}  // namespace curldescent
