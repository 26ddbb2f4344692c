#include "curldescent/model/random.hpp"

#include <Random123/philox.h>

#include <Random123/boxmuller.hpp>

namespace curldescent {

RandomStream::RandomStream(const StreamKey& key, Stream stream, std::uint64_t epoch)
    : key_{key.seed, static_cast<std::uint64_t>(stream)}, counter_{0, key.point, key.replicate, epoch} {}

std::uint64_t RandomStream::next_bits() {
    if (used_words_ == block_.size()) {
        const r123::Philox4x64::ctr_type counter = {{counter_[0], counter_[1], counter_[2], counter_[3]}};
        const r123::Philox4x64::key_type key = {{key_[0], key_[1]}};
        const auto words = r123::Philox4x64{}(counter, key);
        block_ = {words[0], words[1], words[2], words[3]};
        ++counter_[0];
        used_words_ = 0;
    }
    return block_[used_words_++];
}

double RandomStream::next_uniform() {
    return static_cast<double>(next_bits() >> 11U) * 0x1p-53;
}

double RandomStream::next_normal() {
    if (has_spare_normal_) {
        has_spare_normal_ = false;
        return spare_normal_;
    }
    const std::uint64_t angle = next_bits();
    const std::uint64_t radius = next_bits();
    const auto pair = r123::boxmuller(angle, radius);
    spare_normal_ = pair.y;
    has_spare_normal_ = true;
    return pair.x;
}

std::uint32_t RandomStream::next_half_bits() {
    if (has_spare_half_) {
        has_spare_half_ = false;
        return spare_half_;
    }
    const std::uint64_t bits = next_bits();
    spare_half_ = static_cast<std::uint32_t>(bits >> 32U);
    has_spare_half_ = true;
    return static_cast<std::uint32_t>(bits);
}

std::uint32_t RandomStream::next_below(std::uint32_t bound) {
    std::uint64_t product = std::uint64_t{next_half_bits()} * bound;
    if (static_cast<std::uint32_t>(product) < bound) {
        const std::uint32_t biased = (0U - bound) % bound;  // 2^32 mod bound
        while (static_cast<std::uint32_t>(product) < biased) product = std::uint64_t{next_half_bits()} * bound;
    }
    return static_cast<std::uint32_t>(product >> 32U);
}

}  // namespace curldescent
