#pragma once

#include <array>
#include <cstdint>

namespace curldescent {

/// What a stream of random numbers is for. The numbers are part of every published result: append, never reorder.
enum class Stream : std::uint64_t {
    teacher_hidden,
    teacher_readout,
    student_hidden,
    student_readout,
    train_inputs,
    test_inputs,
    feedback,
    shuffle,
    transverse_residual,
    curl_probes,
    bootstrap,
    tangents,
    twin,
};

/// Which replicate a stream belongs to. The same key gives the same numbers on any rank, in any order.
struct StreamKey {
    std::uint64_t seed = 0;       ///< of the experiment
    std::uint64_t point = 0;      ///< index of the point in the sweep
    std::uint64_t replicate = 0;  ///< index of the replicate within the point
};

/// A counter-based stream of random numbers: Philox4x64-10 (Salmon et al., SC 2011; Random123) under the key
/// (seed, stream), counting (block, point, replicate, epoch).
class RandomStream {
  public:
    /// `epoch` selects an independent sub-stream, so that any epoch's shuffle is found without those before it.
    RandomStream(const StreamKey& key, Stream stream, std::uint64_t epoch = 0);

    /// The next 64 random bits.
    std::uint64_t next_bits();

    /// Uniform on [0, 1): the upper 53 bits of `next_bits` times 2^-53.
    double next_uniform();

    /// Standard normal (Box-Muller, both values used).
    double next_normal();

    /// Uniform on {0, ..., bound - 1} without bias (Lemire, ACM TOMACS 29, 2019), from 32 random bits a try.
    /// `bound` is at least 1.
    std::uint32_t next_below(std::uint32_t bound);

  private:
    std::uint32_t next_half_bits();

    std::array<std::uint64_t, 2> key_;
    std::array<std::uint64_t, 4> counter_;
    std::array<std::uint64_t, 4> block_{};
    unsigned used_words_ = 4;
    std::uint32_t spare_half_ = 0;
    bool has_spare_half_ = false;
    double spare_normal_ = 0.0;
    bool has_spare_normal_ = false;
};

}  // namespace curldescent
