#include "curldescent/dynamics/batches.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <numeric>
#include <vector>

#include "curldescent/model/lanes.hpp"

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

/// Three inputs, two outputs and five samples: entry i of sample k is 10 i + k, of targets 100 (i + 1) + k.
Problem five_samples() {
    Problem problem;
    problem.X = Matrix::NullaryExpr(3, 5, [](Index i, Index k) { return static_cast<double>(10 * i + k); });
    problem.Y = Matrix::NullaryExpr(2, 5, [](Index i, Index k) { return static_cast<double>(100 * (i + 1) + k); });
    return problem;
}

/// Whether a batch holds these samples, in their order, and zeros below the inputs.
bool holds(const Batch& batch, const Order& samples) {
    const Problem problem = five_samples();
    return batch.X.rows() == padded(3) && batch.X.topRows(3) == Matrix(problem.X(Eigen::all, samples)) &&
           batch.X.bottomRows(padded(3) - 3).isZero(0.0) && batch.Y == Matrix(problem.Y(Eigen::all, samples));
}

TEST(Batches, AreAsManyAsUpdatesOfAnEpoch) {
    const Problem problem = five_samples();

    EXPECT_EQ(Batches(problem, 1).count(), 5);
    EXPECT_EQ(Batches(problem, 2).count(), 3);
    EXPECT_EQ(Batches(problem, 4).count(), 2);
    EXPECT_EQ(Batches(problem, 5).count(), 1);
}

TEST(Batches, GatherSamplesInTheirOrderAndTheRestInAShortOne) {
    const Problem problem = five_samples();
    const Order order{3, 0, 4, 1, 2};
    Batches batches(problem, 2);

    EXPECT_TRUE(holds(batches.gather(order, 0), {3, 0}));
    EXPECT_TRUE(holds(batches.gather(order, 1), {4, 1}));
    EXPECT_TRUE(holds(batches.gather(order, 2), {2}));
}

TEST(Batches, OfSingleSamplesFollowTheOrder) {
    const Problem problem = five_samples();
    const Order order{4, 2, 0, 3, 1};
    Batches batches(problem, 1);

    for (std::size_t k = 0; k < order.size(); ++k) {
        EXPECT_TRUE(holds(batches.gather(order, static_cast<std::int64_t>(k)), {order[k]}));
    }
}

TEST(Batches, GatherTheSameSamplesAgainInTheNextEpoch) {
    const Problem problem = five_samples();
    Batches batches(problem, 3);
    batches.gather({0, 1, 2, 3, 4}, 0);
    batches.gather({0, 1, 2, 3, 4}, 1);

    EXPECT_TRUE(holds(batches.gather({4, 3, 2, 1, 0}, 0), {4, 3, 2}));
    EXPECT_TRUE(holds(batches.gather({4, 3, 2, 1, 0}, 1), {1, 0}));
}

TEST(Batches, OfAllSamplesAreTheDataInItsOwnOrder) {
    const Problem problem = five_samples();
    Batches batches(problem, 5);

    EXPECT_TRUE(holds(batches.gather({4, 2, 0, 3, 1}, 0), identity(5)));
}

TEST(Batches, StartEachSampleOnWholeLanes) {
    const Problem problem = five_samples();
    Batches batches(problem, 2);

    const Batch batch = batches.gather(identity(5), 1);

    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(batch.X.data()) % sizeof(Lanes), 0U);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(batch.X.col(1).data()) % sizeof(Lanes), 0U);
}

}  // namespace
}  // namespace curldescent
