#pragma once

#include <cstdint>
#include <vector>

#include "curldescent/dynamics/core.hpp"
#include "curldescent/model/random.hpp"

namespace curldescent {

/// The order in which the samples are visited in an epoch (1, 2, ...): a permutation of 0 .. samples - 1, the same for
/// every rule of a replicate. Fills `order`, whose size is the number of samples.
void shuffle_samples(std::vector<Index>& order, const StreamKey& key, std::uint64_t epoch);

/// The number of updates in an epoch: samples / batch, rounded up (the last batch may be short).
constexpr std::int64_t updates_per_epoch(Index samples, Index batch) {
    return (samples + batch - 1) / batch;
}

/// The batches of an epoch, laid out for the cores: the whole data set at once, or its samples gathered in some order.
class Batches {
  public:
    /// Batches of `batch` samples, at most all.
    Batches(const Problem& problem, Index batch);

    /// The number of batches in an epoch.
    [[nodiscard]] std::int64_t count() const { return updates_per_epoch(all_.X.cols(), batch_); }

    /// The batch with this index when the samples are visited in this order. Holds until the next call.
    Batch gather(const std::vector<Index>& order, std::int64_t index);

  private:
    struct Samples {
        Matrix X;  // [padded(M) x size]
        Matrix Y;  // [O x size]
    };

    Index batch_;
    Samples all_;
    Samples whole_;  // of the nominal size, if that is not all
    Samples rest_;   // of the size of a short last batch
};

}  // namespace curldescent
