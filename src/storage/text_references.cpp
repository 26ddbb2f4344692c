#include "text_references.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

namespace curldescent {
namespace {

// The format of references and of heaps of texts: HDF5 File Format Specification 2.0, III.E and VIII.B.
constexpr std::size_t reference_size = 16;  // length (4), address of the heap (8), index in it (4)
constexpr std::size_t header_size = 16;  // of a heap: "GCOL", version, size (8); of an object: index (2), ..., size (8)
constexpr std::string_view signature("GCOL\x01", 5);

using Bytes = std::vector<unsigned char>;

/// An unsigned number of `size` bytes, the lowest first.
std::uint64_t number_at(const Bytes& bytes, std::size_t place, std::size_t size) {
    std::uint64_t number = 0;
    for (std::size_t k = size; k-- > 0;) number = number << 8U | bytes.at(place + k);
    return number;
}

/// Bytes of an open file; fewer than asked for at its end.
Bytes read_bytes(int descriptor, std::uint64_t place, std::size_t size) {
    Bytes bytes(size);
    const ssize_t length = ::pread(descriptor, bytes.data(), size, static_cast<off_t>(place));
    bytes.resize(length > 0 ? static_cast<std::size_t>(length) : 0);
    return bytes;
}

/// The lengths of the texts of a heap by their index; nothing when it makes no sense.
using Lengths = std::optional<std::map<std::uint64_t, std::uint64_t>>;

Lengths read_heap(int descriptor, std::uint64_t address) {
    constexpr std::uint64_t largest = std::uint64_t{1} << 32U;
    const Bytes header = read_bytes(descriptor, address, header_size);
    if (header.size() < header_size || !std::equal(signature.begin(), signature.end(), header.begin())) return {};
    const std::uint64_t size = number_at(header, 8, 8);
    if (size < header_size || size > largest) return {};
    const off_t end_of_file = ::lseek(descriptor, 0, SEEK_END);
    if (address + size > static_cast<std::uint64_t>(std::max<off_t>(end_of_file, 0))) return {};
    const Bytes heap = read_bytes(descriptor, address, size);
    std::map<std::uint64_t, std::uint64_t> lengths;
    for (std::size_t place = header_size; place + header_size <= heap.size();) {
        const std::uint64_t index = number_at(heap, place, 2);
        const std::uint64_t length = number_at(heap, place + 8, 8);
        const bool free = index == 0;
        if (length > size) return {};
        const std::uint64_t taken = free ? length : header_size + (length + 7) / 8 * 8;
        if (taken < header_size || place + taken > heap.size()) return {};
        if (!free) lengths[index] = length;
        place += taken;
    }
    return lengths;
}

/// The descriptor of the file of a dataset; nothing when it is not opened by one process alone.
std::optional<int> descriptor_of(const hdf5::Handle& dataset, const std::string& what) {
    const hdf5::Handle file = hdf5::own(H5Iget_file_id(dataset.id()), H5Fclose, what);
    const hdf5::Handle access = hdf5::own(H5Fget_access_plist(file.id()), H5Pclose, what);
    void* descriptor = nullptr;
    if (H5Pget_driver(access.id()) != H5FD_SEC2) return std::nullopt;
    hdf5::check(H5Fget_vfd_handle(file.id(), access.id(), &descriptor), what);
    return *static_cast<int*>(descriptor);
}

}  // namespace

void check_text_references(const hdf5::Handle& dataset, const hdf5::Block& block, const std::string& what) {
    const std::optional<int> descriptor = descriptor_of(dataset, what);
    const haddr_t start = H5Dget_offset(dataset.id());
    if (!descriptor || start == HADDR_UNDEF) return;
    const hsize_t skipped = block.extent.empty() ? 0 : block.first.front() * (block.size() / block.extent.front());
    const Bytes references = read_bytes(*descriptor, start + skipped * reference_size, block.size() * reference_size);
    std::map<std::uint64_t, Lengths> heaps;
    for (std::size_t place = 0; place + reference_size <= references.size(); place += reference_size) {
        const std::uint64_t length = number_at(references, place, 4);
        const std::uint64_t heap = number_at(references, place + 4, 8);
        const std::uint64_t index = number_at(references, place + 12, 4);
        if (heap == 0) continue;  // an empty text
        const auto [known, is_new] = heaps.try_emplace(heap);
        if (is_new) known->second = read_heap(*descriptor, heap);
        const Lengths& lengths = known->second;
        const bool found = lengths && lengths->contains(index) && lengths->at(index) == length;
        if (!found) throw StorageError(what + ": a text is not where the file says it is");
    }
}

}  // namespace curldescent
