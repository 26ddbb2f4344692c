#include "curldescent/storage/hdf5.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <optional>
#include <regex>

namespace curldescent::hdf5 {
namespace {

/// The description of the error where it arose.
std::string innermost_message() {
    std::string message;
    const auto keep_first = [](unsigned index, const H5E_error2_t* error, void* data) -> herr_t {
        if (index == 0 && error->desc != nullptr) *static_cast<std::string*>(data) = error->desc;
        return 0;
    };
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_first, &message);
    // The operating system's own words, where HDF5 passes them on among its internals.
    constexpr std::string_view before = "error message = '";
    const std::size_t first = message.find(before);
    if (first != std::string::npos) {
        const std::size_t start = first + before.size();
        return message.substr(start, message.find('\'', start) - start);
    }
    return message.empty() ? "unknown HDF5 error" : message.substr(0, message.find('\n'));
}

Handle memory_space(const Block& block, const std::string& what) {
    return block.extent.empty()
               ? own(H5Screate(H5S_SCALAR), H5Sclose, what)
               : own(H5Screate_simple(static_cast<int>(block.extent.size()), block.extent.data(), nullptr), H5Sclose,
                     what);
}

Handle file_space(const Handle& dataset, const Block& block, const std::string& what) {
    Handle space = own(H5Dget_space(dataset.id()), H5Sclose, what);
    // HDF5 would look for as many numbers in the block as the dataset has dimensions.
    if (H5Sget_simple_extent_ndims(space.id()) != static_cast<int>(block.extent.size())) {
        throw StorageError(what + ": has another number of dimensions than it should");
    }
    if (!block.extent.empty()) {
        check(
            H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, block.first.data(), nullptr, block.extent.data(), nullptr),
            what);
    }
    return space;
}

/// HDF5 reads and writes what the block says, whatever room there is.
void check_room(hid_t memory_type, const Block& block, std::size_t room, const std::string& what) {
    if (block.size() * H5Tget_size(memory_type) != room) throw StorageError(what + ": has other sizes than it should");
}

Handle creation_of(const Handle& dataset, const std::string& what) {
    return own(H5Dget_create_plist(dataset.id()), H5Pclose, what);
}

/// Whether the pieces of a dataset that is stored in pieces have all been written.
bool has_all_chunks(const Handle& dataset, const Handle& creation, const std::string& what) {
    const std::vector<hsize_t> lengths = extents(dataset);
    std::vector<hsize_t> chunk(lengths.size(), 1);
    check(H5Pget_chunk(creation.id(), static_cast<int>(chunk.size()), chunk.data()), what);
    double chunks = 1.0;
    for (std::size_t k = 0; k < lengths.size(); ++k) {
        chunks *= std::ceil(static_cast<double>(lengths[k]) / static_cast<double>(chunk[k]));
    }
    const Handle space = own(H5Dget_space(dataset.id()), H5Sclose, what);
    hsize_t written = 0;
    check(H5Dget_num_chunks(dataset.id(), space.id(), &written), what);
    return static_cast<double>(written) >= chunks;
}

/// Whether a dataset that is stored in one piece has room for its values, and the file for it.
bool fits_in_file(const Handle& dataset, hsize_t file_size, const std::string& what) {
    const Handle type = own(H5Dget_type(dataset.id()), H5Tclose, what);
    auto size = static_cast<double>(H5Tget_size(type.id()));
    for (const hsize_t length : extents(dataset)) size *= static_cast<double>(length);
    const hsize_t storage = H5Dget_storage_size(dataset.id());
    return size <= static_cast<double>(storage) && storage <= file_size;
}

}  // namespace

Handle::~Handle() {
    if (id_ >= 0) close_(id_);
}

void Handle::close(const std::string& what) {
    if (id_ >= 0) check(close_(std::exchange(id_, H5I_INVALID_HID)), what);
}

void initialise() {
    H5dont_atexit();
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    if (H5Lis_registered(H5L_TYPE_EXTERNAL) > 0) check(H5Lunregister(H5L_TYPE_EXTERNAL), "links to other files");
}

void check(herr_t code, const std::string& what) {
    if (code < 0) throw StorageError(what + ": " + innermost_message());
}

Handle own(hid_t id, Handle::Close closer, const std::string& what) {
    if (id < 0) throw StorageError(what + ": " + innermost_message());
    return {id, closer};
}

namespace {

/// How many bytes a file with this message has, and should have; nothing when it has lost none.
std::optional<std::pair<std::string, std::string>> lost_end(const std::string& message) {
    static const std::regex pattern("truncated file: eof = ([0-9]+),.* stored_eof = ([0-9]+)");
    std::smatch found;
    if (!std::regex_search(message, found, pattern)) return std::nullopt;
    return std::pair(found.str(1), found.str(2));
}

}  // namespace

Handle open_for_reading(const std::string& path) {
    if (!std::filesystem::exists(path)) throw StorageError(path + ": there is no such file");
    if (std::filesystem::is_directory(path)) throw StorageError(path + ": is a folder, not a results file");
    const Handle access = own(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, path);
    // A reader's lock would disturb the writers on some file systems, and is refused on others.
    check(H5Pset_file_locking(access.id(), false, true), path);
    const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.id());
    const auto bytes = file < 0 ? lost_end(innermost_message()) : std::nullopt;
    if (bytes) {
        throw StorageError(path + ": is a truncated HDF5 file: " + bytes->first + " of its " + bytes->second +
                           " bytes are left; use a copy of it, or begin anew under another name");
    }
    return own(file, H5Fclose, path + ": cannot be opened as an HDF5 file");
}

hsize_t size_of(const Handle& file, const std::string& path) {
    hsize_t size = 0;
    check(H5Fget_filesize(file.id(), &size), path);
    return size;
}

bool holds_its_values(const Handle& dataset, hsize_t file_size, const std::string& what) {
    const Handle creation = creation_of(dataset, what);
    switch (H5Pget_layout(creation.id())) {
        case H5D_COMPACT:
        case H5D_CONTIGUOUS:
            return H5Pget_external_count(creation.id()) == 0 && fits_in_file(dataset, file_size, what);
        case H5D_CHUNKED:
            return has_all_chunks(dataset, creation, what);
        default:
            return false;
    }
}

Handle open_results(const Handle& file, hsize_t file_size, const std::string& name, const std::string& what) {
    Handle dataset = own(H5Dopen2(file.id(), name.c_str(), H5P_DEFAULT), H5Dclose, what);
    const bool in_one_piece = H5Pget_layout(creation_of(dataset, what).id()) == H5D_CONTIGUOUS;
    if (!in_one_piece || !holds_its_values(dataset, file_size, what)) {
        throw StorageError(what + ": is not stored as results are, in one piece of this file");
    }
    return dataset;
}

std::vector<Member> root_members(const Handle& file, const std::string& path) {
    std::vector<Member> members;
    const auto collect = [](hid_t group, const char* name, const H5L_info_t* /*info*/, void* data) -> herr_t {
        H5O_info_t object;
        if (H5Oget_info_by_name2(group, name, &object, H5O_INFO_BASIC, H5P_DEFAULT) < 0) return -1;
        static_cast<std::vector<Member>*>(data)->push_back({name, object.type == H5O_TYPE_DATASET});
        return 0;
    };
    check(H5Literate(file.id(), H5_INDEX_NAME, H5_ITER_INC, nullptr, collect, &members), path);
    return members;
}

hsize_t Block::size() const {
    hsize_t product = 1;
    for (const hsize_t length : extent) product *= length;
    return product;
}

std::vector<hsize_t> extents(const Handle& dataset) {
    const Handle space = own(H5Dget_space(dataset.id()), H5Sclose, "dataset");
    std::vector<hsize_t> lengths(static_cast<std::size_t>(std::max(H5Sget_simple_extent_ndims(space.id()), 0)));
    check(H5Sget_simple_extent_dims(space.id(), lengths.data(), nullptr), "dataset");
    return lengths;
}

void read_block(const Handle& dataset, hid_t memory_type, const Block& block, std::span<std::byte> bytes,
                const std::string& what) {
    check_room(memory_type, block, bytes.size(), what);
    const Handle memory = memory_space(block, what);
    const Handle file = file_space(dataset, block, what);
    check(H5Dread(dataset.id(), memory_type, memory.id(), file.id(), H5P_DEFAULT, bytes.data()), what);
}

void write_block(const Handle& dataset, hid_t memory_type, const Block& block, std::span<const std::byte> bytes,
                 const std::string& what) {
    check_room(memory_type, block, bytes.size(), what);
    const Handle memory = memory_space(block, what);
    const Handle file = file_space(dataset, block, what);
    check(H5Dwrite(dataset.id(), memory_type, memory.id(), file.id(), H5P_DEFAULT, bytes.data()), what);
}

void write_attribute(const Handle& object, const std::string& name, const std::string& text) {
    const std::string what = "attribute " + name;
    const Handle type = own(H5Tcopy(H5T_C_S1), H5Tclose, what);
    check(H5Tset_size(type.id(), std::max<std::size_t>(text.size(), 1)), what);
    check(H5Tset_strpad(type.id(), H5T_STR_NULLPAD), what);
    check(H5Tset_cset(type.id(), H5T_CSET_UTF8), what);
    const Handle space = own(H5Screate(H5S_SCALAR), H5Sclose, what);
    const Handle attribute =
        own(H5Acreate2(object.id(), name.c_str(), type.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose, what);
    check(H5Awrite(attribute.id(), type.id(), text.data()), what);
}

void write_attribute(const Handle& object, const std::string& name, hid_t file_type, hid_t memory_type,
                     const void* values, hsize_t count) {
    const std::string what = "attribute " + name;
    const Handle space = own(H5Screate_simple(1, &count, nullptr), H5Sclose, what);
    const Handle attribute =
        own(H5Acreate2(object.id(), name.c_str(), file_type, space.id(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose, what);
    check(H5Awrite(attribute.id(), memory_type, values), what);
}

}  // namespace curldescent::hdf5
