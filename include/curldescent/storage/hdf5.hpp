#pragma once

#include <hdf5.h>

#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace curldescent {

/// A file could not be created, opened, read or written. The message names the file and what the library
/// said.
class StorageError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

}  // namespace curldescent

/// The part of the HDF5 C library that the program uses: owned identifiers, and every return code checked.
namespace curldescent::hdf5 {

/// An HDF5 identifier that closes itself.
class Handle {
  public:
    using Close = herr_t (*)(hid_t);

    Handle() = default;
    Handle(hid_t id, Close closer) : id_(id), close_(closer) {}
    Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)), close_(other.close_) {}
    Handle& operator=(Handle&& other) noexcept {
        std::swap(id_, other.id_);
        std::swap(close_, other.close_);
        return *this;
    }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    ~Handle();

    [[nodiscard]] hid_t id() const { return id_; }

    /// Closes now and checks, where a failure to close must be noticed (a file's last write).
    /// Throws StorageError.
    void close(const std::string& what);

  private:
    hid_t id_ = H5I_INVALID_HID;
    Close close_ = nullptr;
};

/// Called before any other HDF5 function: HDF5 does not print its error stack (`StorageError` carries it instead), does
/// not follow links into other files, and does not try to close files again when the program ends, which crashes after
/// a full disk.
void initialise();

/// Throws StorageError "what: HDF5's innermost message" when `code` is negative.
void check(herr_t code, const std::string& what);

/// An owned identifier. Throws StorageError as `check` does when `id` is negative.
Handle own(hid_t id, Handle::Close closer, const std::string& what);

/// Opens a file for reading without locking it: it may be written by others meanwhile. Throws StorageError.
Handle open_for_reading(const std::string& path);

/// Bytes of a file that has just been opened: through MPI-IO, none can tell later.
hsize_t size_of(const Handle& file, const std::string& path);

/// Whether all the values that a dataset claims to have are in its file: not in other files, which its reader would
/// open and its writer would change; not unwritten, so that a small file could take any amount of memory.
bool holds_its_values(const Handle& dataset, hsize_t file_size, const std::string& what);

/// Opens a dataset of a results file. Throws StorageError, also when its values are not in one piece of that file.
Handle open_results(const Handle& file, hsize_t file_size, const std::string& name, const std::string& what);

/// A member of the root group.
struct Member {
    std::string name;
    bool is_dataset;
};

/// The members of the root group, in the order of their names.
std::vector<Member> root_members(const Handle& file, const std::string& path);

/// A contiguous block of a dataset: its first element and its extent along each dimension.
struct Block {
    std::vector<hsize_t> first;
    std::vector<hsize_t> extent;

    [[nodiscard]] hsize_t size() const;
};

/// The extents of a dataset; empty for a scalar.
std::vector<hsize_t> extents(const Handle& dataset);

/// Reads a block as elements of `memory_type` into `bytes`, which has room for exactly the block.
/// Throws StorageError naming `what`.
void read_block(const Handle& dataset, hid_t memory_type, const Block& block, std::span<std::byte> bytes,
                const std::string& what);

/// Writes a block, independently of other ranks. Raw data only: no metadata of the file changes.
/// Throws StorageError naming `what`.
void write_block(const Handle& dataset, hid_t memory_type, const Block& block, std::span<const std::byte> bytes,
                 const std::string& what);

/// Adds a text attribute of fixed length. Throws StorageError.
void write_attribute(const Handle& object, const std::string& name, const std::string& text);

/// Adds a numeric attribute of `file_type`, one value or several. Throws StorageError.
void write_attribute(const Handle& object, const std::string& name, hid_t file_type, hid_t memory_type,
                     const void* values, hsize_t count);

}  // namespace curldescent::hdf5
