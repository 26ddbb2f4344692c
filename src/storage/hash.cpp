#include "hash.hpp"

#include <fmt/format.h>

#include <new>

namespace curldescent {

Hash::Hash() : state_(XXH3_createState(), XXH3_freeState) {
    if (!state_) throw std::bad_alloc();
    XXH3_128bits_reset(state_.get());
}

void Hash::add(std::span<const std::byte> bytes) {
    XXH3_128bits_update(state_.get(), bytes.data(), bytes.size());
}

void Hash::add(std::string_view text) {
    const std::uint64_t length = text.size();
    add(std::as_bytes(std::span(&length, 1)));
    add(std::as_bytes(std::span(text)));
}

std::uint64_t Hash::lower() const {
    return XXH3_128bits_digest(state_.get()).low64;
}

std::string Hash::hexadecimal() const {
    const XXH128_hash_t sum = XXH3_128bits_digest(state_.get());
    return fmt::format("{:016x}{:016x}", sum.high64, sum.low64);
}

}  // namespace curldescent
