#include "curldescent/analysis/last_weights.hpp"

#include <gtest/gtest.h>

#include "support/fixed_core.hpp"
#include "support/matrices.hpp"

namespace curldescent {
namespace {

const FixedCore core({.W1 = Matrix{{2.0}}, .W2 = Matrix{{3.0}}});

TEST(LastWeights, AreThoseAtTheEnd) {
    LastWeights last;
    last.observe({0, core});
    EXPECT_FALSE(last.weights().has_value());

    last.finish(core, {.epochs_completed = 4});

    EXPECT_EQ(largest_difference(last.weights().value(), core.weights()), 0.0);
}

TEST(LastWeights, AreNoneAfterADivergence) {
    LastWeights last;
    last.finish(core, {.epochs_completed = 4, .diverged = true});

    EXPECT_FALSE(last.weights().has_value());
}

}  // namespace
}  // namespace curldescent
