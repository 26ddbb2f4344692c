#pragma once

#include <cstdint>
#include <vector>

#include "curldescent/model/network.hpp"
#include "curldescent/model/random.hpp"

namespace curldescent {

/// The order in which the samples are visited in an epoch (1, 2, ...): a permutation of 0 .. samples - 1, the same for
/// every rule of a replicate. `order` holds the identity's entries in any order on entry.
void shuffle_samples(std::vector<Index>& order, const StreamKey& key, std::uint64_t epoch);

/// The number of updates in an epoch: samples / batch, rounded up (the last batch may be short).
constexpr std::int64_t updates_per_epoch(Index samples, Index batch) {
    return (samples + batch - 1) / batch;
}

}  // namespace curldescent
