#include "curldescent/model/state_archive.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>

namespace curldescent {
namespace {

/// One of everything that has a state.
struct Everything {
    std::int64_t count = 0;
    double number = 0.0;
    std::vector<std::vector<double>> lists;
    std::optional<Weights> weights;
    Matrix matrix;
    Vector vector;

    void exchange(StateArchive& archive) { archive(count, number, lists, weights, matrix, vector); }
};

std::vector<std::byte> saved(Everything& state) {
    StateArchive archive;
    archive(state);
    return archive.take();
}

TEST(StateArchive, RestoresWhatItSaved) {
    Everything before{.count = 3,
                      .number = -std::numeric_limits<double>::denorm_min(),
                      .lists = {{1.0}, {}, {2.0, 3.0}},
                      .weights = Weights{Matrix{{4.0, 5.0}}, Matrix{{6.0}}},
                      .matrix = Matrix{{7.0, 8.0}, {9.0, 10.0}},
                      .vector = Vector{{11.0, 12.0, 13.0}}};
    const std::vector<std::byte> bytes = saved(before);

    Everything after;
    StateArchive archive(bytes);
    archive(after);

    archive.expect_end();
    EXPECT_EQ(after.count, 3);
    EXPECT_EQ(after.number, before.number);
    EXPECT_EQ(after.lists, before.lists);
    ASSERT_TRUE(after.weights);
    EXPECT_EQ(after.weights->W1, before.weights->W1);
    EXPECT_EQ(after.weights->W2, before.weights->W2);
    EXPECT_EQ(after.matrix, before.matrix);
    EXPECT_EQ(after.vector, before.vector);
}

TEST(StateArchive, RestoresThatThereIsNothing) {
    Everything nothing;
    const std::vector<std::byte> bytes = saved(nothing);

    Everything something;
    something.lists = {{1.0}};
    something.weights = Weights{};
    StateArchive archive(bytes);
    archive(something);

    EXPECT_TRUE(something.lists.empty());
    EXPECT_FALSE(something.weights);
}

TEST(StateArchive, RefusesBytesThatEndTooEarlyOrTooLate) {
    Everything state;
    state.lists = {{1.0, 2.0}};
    state.matrix = Matrix{{3.0}};
    std::vector<std::byte> bytes = saved(state);

    for (std::size_t kept = 0; kept < bytes.size(); ++kept) {
        Everything restored;
        StateArchive archive(std::span<const std::byte>(bytes).first(kept));
        EXPECT_THROW(archive(restored), std::runtime_error) << kept;
    }
    bytes.push_back(std::byte{0});
    Everything restored;
    StateArchive archive(bytes);
    archive(restored);
    EXPECT_THROW(archive.expect_end(), std::runtime_error);
}

TEST(StateArchive, RefusesMatricesOfOtherShapes) {
    Everything wide;
    wide.matrix = Matrix{{1.0, 2.0}};
    const std::vector<std::byte> bytes = saved(wide);

    Everything high;
    high.matrix = Matrix{{1.0}, {2.0}};
    StateArchive archive(bytes);
    EXPECT_THROW(archive(high), std::runtime_error);
}

}  // namespace
}  // namespace curldescent
