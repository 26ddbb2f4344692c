#include "curldescent/dynamics/batches.hpp"

#include <numeric>
#include <utility>

namespace curldescent {

void shuffle_samples(std::vector<Index>& order, const StreamKey& key, std::uint64_t epoch) {
    // From the identity each time, so that an epoch's order does not depend on the epochs before it.
    std::iota(order.begin(), order.end(), Index{0});
    RandomStream stream(key, Stream::shuffle, epoch);
    for (std::size_t remaining = order.size(); remaining > 1; --remaining) {
        const std::uint32_t chosen = stream.next_below(static_cast<std::uint32_t>(remaining));
        std::swap(order[remaining - 1], order[chosen]);
    }
}

}  // namespace curldescent
