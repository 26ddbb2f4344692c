#include "curldescent/analysis/gradient_record.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "support/fixed_core.hpp"
#include "support/matrices.hpp"

namespace curldescent {
namespace {

using testing::ElementsAre;
using testing::IsNan;

/// y_hat = w2 w1 x, E = 1/2 (w1 w2 - 1)^2, gradient (w1 w2 - 1) (w2, w1).
const Student student{.network = {.inputs = 1, .hidden = 1},
                      .plasticity = {.readout_flips = 1, .norm_constraint = false},
                      .signs = {.D1 = Vector::Ones(1), .D2 = -Vector::Ones(1)},
                      .feedback = Matrix(),
                      .step = {},
                      .start = {.W1 = Matrix{{1.0}}, .W2 = Matrix{{2.0}}}};
const Problem problem{.X = Matrix{{1.0}}, .Y = Matrix{{1.0}}, .X_test = {}, .Y_test = {}};
constexpr PlateauOptions options{.measured = true, .gradient = 0.1, .loss = 0.1};

Weights weights(double w1, double w2) {
    return {.W1 = Matrix{{w1}}, .W2 = Matrix{{w2}}};
}
const FixedCore start(weights(1.0, 2.0));     // error 1, gradient (2, 1)
const FixedCore saddle(weights(0.01, 0.02));  // near the origin
const FixedCore steep(weights(0.0, 2.0));     // error -1, gradient (-2, 0)
const FixedCore solved(weights(1.0, 1.0));

TEST(GradientRecord, HoldsNormAndAlignmentAtTheRecordedEpochs) {
    GradientRecord record(student, problem, {0, 2}, options);

    record.observe({0, start});
    record.observe({1, saddle});
    record.observe({2, steep});
    record.finish(steep, {.epochs_completed = 2});

    EXPECT_THAT(record.gradient_norm(), ElementsAre(std::sqrt(5.0), 2.0));
    ASSERT_EQ(record.alignment().size(), 2U);
    EXPECT_DOUBLE_EQ(record.alignment()[0], (4.0 - 1.0) / 5.0);  // of (2, 1) and (2, -1)
    EXPECT_DOUBLE_EQ(record.alignment()[1], 1.0);
}

TEST(GradientRecord, KeepsTheWeightsOnThePlateau) {
    GradientRecord record(student, problem, {0, 1, 2, 3}, options);

    record.observe({0, start});
    record.observe({1, saddle});
    record.observe({2, steep});
    record.observe({3, solved});
    record.finish(solved, {.epochs_completed = 3});

    EXPECT_EQ(record.plateau().epoch, 1.0);
    EXPECT_EQ(record.plateau().escape, 2.0);
    EXPECT_EQ(largest_difference(record.on_plateau().value(), saddle.weights()), 0.0);
    EXPECT_THAT(record.alignment()[3], IsNan());  // solved: there is no direction
}

TEST(GradientRecord, KeepsNoPlateauWhereThereIsNone) {
    GradientRecord record(student, problem, {0, 1}, options);

    record.observe({0, start});
    record.observe({1, steep});
    record.finish(steep, {.epochs_completed = 1});

    EXPECT_FALSE(record.on_plateau().has_value());
    EXPECT_EQ(record.plateau().length, 0.0);
}

TEST(GradientRecord, IsMissingAfterADivergence) {
    GradientRecord record(student, problem, {0, 1, 10}, options);

    record.observe({0, start});
    record.finish(start, {.epochs_completed = 0, .diverged = true});

    EXPECT_THAT(record.gradient_norm(), ElementsAre(std::sqrt(5.0), IsNan(), IsNan()));
}

TEST(GradientRecord, LeavesThePlateauInTheEpochOfADivergence) {
    GradientRecord record(student, problem, {0, 1, 10}, options);

    record.observe({0, start});
    record.observe({1, saddle});
    record.finish(saddle, {.epochs_completed = 6, .diverged = true});

    EXPECT_EQ(record.plateau().epoch, 1.0);
    EXPECT_EQ(record.plateau().escape, 7.0);
}

TEST(GradientRecord, KeepsTheLastValuesOfAConvergedRun) {
    GradientRecord record(student, problem, {0, 5, 10}, options);

    record.observe({0, start});
    record.finish(steep, {.epochs_completed = 3, .converged = true});

    EXPECT_THAT(record.gradient_norm(), ElementsAre(std::sqrt(5.0), 2.0, 2.0));
}

}  // namespace
}  // namespace curldescent
