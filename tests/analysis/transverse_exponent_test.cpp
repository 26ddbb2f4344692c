#include "curldescent/analysis/transverse_exponent.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "support/solutions.hpp"

namespace curldescent {
namespace {

constexpr StreamKey key{.seed = 4};

/// A residual of one direction: with a full batch it is multiplied by 1 - eta * response * reading.
TEST(TransverseExponent, OfTheFullBatchIsTheLogarithmOfOneStep) {
    const ResidualMap map{.response = Matrix{{3.0}}, .reading = Matrix{{2.0}}, .outputs = 1};
    const StepSize step{.learning_rate = 0.1, .batch = 1, .samples = 1};

    const auto [value, error] = transverse_exponent(map, step, true, key, 100);

    EXPECT_NEAR(value, std::log(1.0 - 0.1 * 6.0), 1e-12);
    EXPECT_NEAR(error, 0.0, 1e-12);
}

TEST(TransverseExponent, HasNoErrorFromFewEpochs) {
    const ResidualMap map{.response = Matrix{{3.0}}, .reading = Matrix{{2.0}}, .outputs = 1};

    EXPECT_TRUE(std::isnan(transverse_exponent(map, {.batch = 1, .samples = 1}, true, key, 10).error));
}

/// Two directions, each seen by one of two samples: an epoch multiplies them by 1 - 0.4 / 2 and 1 + 0.2 / 2.
TEST(TransverseExponent, UnderMiniBatchesIsThatOfTheFastestDirection) {
    const ResidualMap map{.response = Matrix{{4.0, 0.0}, {0.0, -2.0}}, .reading = Matrix(), .outputs = 1};
    const StepSize step{.learning_rate = 0.1, .batch = 1, .samples = 2};

    EXPECT_NEAR(transverse_exponent(map, step, true, key, 1000).value, std::log(1.1), 1e-12);
}

/// The residual of a student a little beside its solution, after an epoch of the real learning map.
Vector residual_after_epoch(const Solved& solved, const Weights& start, const std::vector<Index>& order) {
    const auto& [student, problem] = solved;
    LearningMap map(student.network, student.plasticity, student.signs, student.feedback, student.step, student.start);
    Weights weights = start;
    for (Index first = 0; first < student.step.samples; first += student.step.batch) {
        const auto batch = Eigen::seq(first, std::min(first + student.step.batch, student.step.samples) - 1);
        map.update(weights, problem.X(Eigen::all, order)(Eigen::all, batch),
                   problem.Y(Eigen::all, order)(Eigen::all, batch));
    }
    return (forward(student.network, weights, problem.X) - problem.Y).reshaped();
}

TEST(UpdateResidual, FollowsTheRealLearningMapThroughMiniBatches) {
    constexpr double offset = 1e-7;
    for (const Activation phi : {Activation::linear, Activation::tanh}) {
        Solved solved = make_solved({.network = {.inputs = 3, .hidden = 4, .outputs = 2, .activation = phi},
                                     .plasticity = {.hidden_flips = 2, .norm_constraint = false},
                                     .samples = 7,
                                     .learning_rate = 1.0});
        solved.student.step.batch = 3;
        std::vector<Index> order(7);
        std::iota(order.begin(), order.end(), Index{0});
        std::swap(order[0], order[5]);
        Weights start = solved.student.start;
        start.W2.array() += offset;
        const Vector expected = residual_after_epoch(solved, start, order);

        Vector residual = (forward(solved.student.network, start, solved.problem.X) - solved.problem.Y).reshaped();
        const Vector first = residual;
        const ResidualMap map = make_residual_map(solved.student, solved.problem.X);
        for (const auto& [from, count] : {std::pair{0, 3}, std::pair{3, 3}, std::pair{6, 1}}) {
            update_residual(residual, map, std::span(order).subspan(from, count), solved.student.step.per_update());
        }

        // Second order in the offset, beside its first.
        EXPECT_LE((residual - expected).norm(), 100.0 * offset * (first - expected).norm()) << to_string(phi);
        EXPECT_GT((first - expected).norm(), 0.01 * first.norm());
    }
}

}  // namespace
}  // namespace curldescent
