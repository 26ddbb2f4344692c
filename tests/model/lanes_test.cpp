#include "curldescent/model/lanes.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <numeric>

namespace curldescent {
namespace {

/// 1, 2, 3, ... in `Length` lanes, from a whole `Lanes` in memory.
template <std::size_t Length>
struct Line {
    Line() { std::iota(values.begin(), values.end(), 1.0); }

    alignas(Lanes) std::array<double, Length> values;
};

TEST(Lanes, AreAPowerOfTwo) {
    EXPECT_GE(lane_count, 2);
    EXPECT_EQ(lane_count & (lane_count - 1), 0);
    EXPECT_EQ(sizeof(Lanes), static_cast<std::size_t>(lane_count) * sizeof(double));
}

TEST(Lanes, AreNoWiderThanTheAlignmentOfAMatrix) {
    const Eigen::MatrixXd matrix(lane_count, 3);

    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(matrix.data()) % sizeof(Lanes), 0U);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(matrix.col(1).data()) % sizeof(Lanes), 0U);
}

TEST(LanesFor, CountsABegunOneAsWhole) {
    EXPECT_EQ(lanes_for(0), 0);
    EXPECT_EQ(lanes_for(1), 1);
    EXPECT_EQ(lanes_for(lane_count - 1), 1);
    EXPECT_EQ(lanes_for(lane_count), 1);
    EXPECT_EQ(lanes_for(lane_count + 1), 2);
    EXPECT_EQ(lanes_for(10 * lane_count), 10);
}

TEST(Padded, IsTheLeastMultipleThatHoldsAll) {
    for (Eigen::Index count = 0; count <= 5 * lane_count; ++count) {
        EXPECT_EQ(padded(count) % lane_count, 0) << count;
        EXPECT_GE(padded(count), count);
        EXPECT_LT(padded(count), count + lane_count);
    }
}

TEST(Load, TakesTheLanesOfAnIndex) {
    const Line<2 * lane_count> line;

    alignas(Lanes) std::array<double, lane_count> first{};
    alignas(Lanes) std::array<double, lane_count> second{};
    load(line.values.data()).store_aligned(first.data());
    load(line.values.data(), 1).store_aligned(second.data());

    for (std::size_t k = 0; k < lane_count; ++k) {
        EXPECT_EQ(first[k], line.values[k]);
        EXPECT_EQ(second[k], line.values[lane_count + k]);
    }
}

TEST(Store, OverwritesTheLanesOfItsIndexAlone) {
    Line<3 * lane_count> line;

    store(Lanes(-7.0), line.values.data(), 1);

    const Line<3 * lane_count> before;
    for (std::size_t k = 0; k < line.values.size(); ++k) {
        const bool inside = k >= lane_count && k < 2 * lane_count;
        EXPECT_EQ(line.values[k], inside ? -7.0 : before.values[k]) << k;
    }
}

TEST(Store, IsUndoneByLoad) {
    Line<lane_count> line;

    store(load(line.values.data()), line.values.data());

    EXPECT_EQ(line.values, Line<lane_count>().values);
}

TEST(Sum, AddsAllLanes) {
    const Line<lane_count> line;

    EXPECT_EQ(sum(Lanes(0.0)), 0.0);
    EXPECT_EQ(sum(Lanes(0.25)), 0.25 * static_cast<double>(lane_count));
    EXPECT_EQ(sum(load(line.values.data())), static_cast<double>(lane_count * (lane_count + 1) / 2));
}

TEST(Sum, SeesEachLane) {
    for (std::size_t k = 0; k < lane_count; ++k) {
        alignas(Lanes) std::array<double, lane_count> values{};
        values[k] = 3.0;

        EXPECT_EQ(sum(load(values.data())), 3.0) << "in lane " << k;
        values[k] = std::nan("");
        EXPECT_TRUE(std::isnan(sum(load(values.data())))) << "in lane " << k;
    }
}

}  // namespace
}  // namespace curldescent
