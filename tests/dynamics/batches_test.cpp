#include "curldescent/dynamics/batches.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <numeric>
#include <vector>

namespace curldescent {
namespace {

using testing::ElementsAre;
using Order = std::vector<Index>;

constexpr StreamKey key{.seed = 7, .point = 2, .replicate = 3};

Order identity(std::size_t samples) {
    Order order(samples);
    std::iota(order.begin(), order.end(), Index{0});
    return order;
}

Order shuffled(std::size_t samples, const StreamKey& stream_key, std::uint64_t epoch) {
    Order order = identity(samples);
    shuffle_samples(order, stream_key, epoch);
    return order;
}

TEST(ShuffleSamples, VisitsEverySampleOnce) {
    for (const std::size_t samples : {1U, 2U, 3U, 10U, 250U}) {
        Order order = shuffled(samples, key, 1);

        std::sort(order.begin(), order.end());
        EXPECT_EQ(order, identity(samples));
    }
}

TEST(ShuffleSamples, RepeatsItsOrder) {
    // By the pure-Python Philox of random_test.cpp, swapping from the last sample down.
    EXPECT_THAT(shuffled(10, key, 5), ElementsAre(2, 7, 1, 4, 5, 3, 9, 0, 6, 8));
}

TEST(ShuffleSamples, DoesNotDependOnTheEpochsBefore) {
    Order order = identity(50);
    for (const std::uint64_t epoch : {1U, 2U, 3U}) shuffle_samples(order, key, epoch);

    EXPECT_EQ(order, shuffled(50, key, 3));
}

TEST(ShuffleSamples, IsAnotherOneInAnotherEpochReplicatePointOrExperiment) {
    const Order order = shuffled(50, key, 1);

    EXPECT_NE(order, shuffled(50, key, 2));
    EXPECT_NE(order, shuffled(50, {.seed = 7, .point = 2, .replicate = 4}, 1));
    EXPECT_NE(order, shuffled(50, {.seed = 7, .point = 3, .replicate = 3}, 1));
    EXPECT_NE(order, shuffled(50, {.seed = 8, .point = 2, .replicate = 3}, 1));
}

TEST(ShuffleSamples, GivesAllOrdersEquallyOften) {
    constexpr std::uint64_t epochs = 6000;
    constexpr double expected = 1000.0;      // of each of the six orders of three samples
    constexpr double critical_value = 20.5;  // of chi-square, 5 degrees of freedom, p = 0.001

    std::map<Order, double> counts;
    for (std::uint64_t epoch = 1; epoch <= epochs; ++epoch) counts[shuffled(3, key, epoch)] += 1.0;

    ASSERT_EQ(counts.size(), 6U);
    double chi_square = 0.0;
    for (const auto& [order, count] : counts) chi_square += (count - expected) * (count - expected) / expected;
    EXPECT_LT(chi_square, critical_value);
}

TEST(UpdatesPerEpoch, CountsAShortLastBatch) {
    EXPECT_EQ(updates_per_epoch(250, 10), 25);
    EXPECT_EQ(updates_per_epoch(251, 10), 26);
    EXPECT_EQ(updates_per_epoch(259, 10), 26);
    EXPECT_EQ(updates_per_epoch(260, 10), 26);
}

TEST(UpdatesPerEpoch, IsOneForTheFullBatchAndTheSampleCountForSingleSamples) {
    EXPECT_EQ(updates_per_epoch(17, 17), 1);
    EXPECT_EQ(updates_per_epoch(17, 1), 17);
    EXPECT_EQ(updates_per_epoch(1, 1), 1);
}

}  // namespace
}  // namespace curldescent
