#include "curldescent/analysis/loss_series.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fixed_core.hpp"

namespace curldescent {
namespace {

using testing::ElementsAre;

const FixedCore core({.W1 = Matrix{{1.0}}, .W2 = Matrix{{1.0}}});

/// The series after epochs of squared error 1, 2, ... over two values.
std::vector<double> losses_after(std::int64_t epochs, std::int64_t length) {
    LossSeries series(length, 2);
    series.observe({0, core});
    for (std::int64_t epoch = 1; epoch <= epochs; ++epoch) {
        series.observe({epoch, core, static_cast<double>(epoch)});
    }
    series.finish(core, {});
    return series.losses();
}

TEST(LossSeries, KeepsTheLastEpochsOldestFirst) {
    EXPECT_THAT(losses_after(3, 3), ElementsAre(0.25, 0.5, 0.75));
    EXPECT_THAT(losses_after(5, 3), ElementsAre(0.75, 1.0, 1.25));
    EXPECT_THAT(losses_after(7, 3), ElementsAre(1.25, 1.5, 1.75));
    EXPECT_THAT(losses_after(4, 1), ElementsAre(1.0));
}

TEST(LossSeries, IsShorterInAShortTraining) {
    EXPECT_THAT(losses_after(2, 10), ElementsAre(0.25, 0.5));
    EXPECT_THAT(losses_after(0, 10), ElementsAre());
}

}  // namespace
}  // namespace curldescent
