#include "run_row.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <type_traits>

#include "hash.hpp"

namespace curldescent {
namespace {

std::vector<std::byte> bytes_of(const void* values, std::size_t size) {
    std::vector<std::byte> bytes(size);
    std::memcpy(bytes.data(), values, size);
    return bytes;
}

/// At most `room` bytes of a UTF-8 text, without cutting a character in two.
std::vector<std::byte> text_bytes(const std::string& text, std::size_t room) {
    std::size_t kept = std::min(text.size(), room);
    const auto continues = [&](std::size_t k) { return (static_cast<unsigned char>(text[k]) & 0xC0U) == 0x80U; };
    while (kept > 0 && kept < text.size() && continues(kept)) --kept;
    std::vector<std::byte> bytes(room);
    std::memcpy(bytes.data(), text.data(), kept);
    return bytes;
}

}  // namespace

std::vector<std::byte> stored_bytes(const RunVariable& variable, const RunResult& result, std::size_t length) {
    return std::visit(
        [&](auto read) {
            auto value = read(result);
            if constexpr (std::is_arithmetic_v<decltype(value)>) {
                return bytes_of(&value, sizeof(value));
            } else if constexpr (std::is_same_v<decltype(value), std::string>) {
                return text_bytes(value, length);
            } else {
                value.resize(length, std::numeric_limits<double>::quiet_NaN());
                return bytes_of(value.data(), length * sizeof(double));
            }
        },
        variable.value);
}

RowView row_of(const StoredRow& values, std::size_t k, std::size_t runs) {
    RowView row;
    row.reserve(values.size());
    for (const auto& bytes : values) {
        const std::size_t size = bytes.size() / runs;
        row.push_back(std::span(bytes).subspan(k * size, size));
    }
    return row;
}

std::uint64_t row_checksum(const RunIndex& run, RunStatus status, const RowView& values) {
    const std::array<std::int64_t, 4> place{run.point, run.rule, run.replicate, static_cast<std::int64_t>(status)};
    Hash hash;
    hash.add(std::as_bytes(std::span(place)));
    for (const std::span<const std::byte> bytes : values) hash.add(bytes);
    const std::uint64_t sum = hash.lower();
    return sum == 0 ? 1 : sum;
}

hdf5::Block runs_of(const PointRange& points, const Extents& extents) {
    return {.first = {static_cast<hsize_t>(points.first), 0, 0},
            .extent = {static_cast<hsize_t>(points.last - points.first), static_cast<hsize_t>(extents.rules),
                       static_cast<hsize_t>(extents.replicates)}};
}

}  // namespace curldescent
