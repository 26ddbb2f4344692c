#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <iomanip>
#include <iostream>
#include <limits>
#include <memory>
#include <sstream>
#include <vector>

#include "curldescent/dynamics/learning_map.hpp"
#include "support/learning_map_cases.hpp"

namespace curldescent {
namespace {

using Case = LearningMapCase;

constexpr double tolerance = reference_tolerance;
constexpr std::int64_t least_updates = 50;

/// Runs a case over its order of the samples by `LearningMap` itself.
struct Repeated : LearningMapErrors {
    std::int64_t updates = 0;
};

Repeated repeat(const Case& fixture) {
    const auto& [network, plasticity, signs, feedback, step, start] = fixture.student;
    const Problem& problem = fixture.problem;
    LearningMap map(network, plasticity, signs, feedback, step, start);
    Weights weights = start;
    std::int64_t updates = 0;
    for (const std::vector<Index>& samples : fixture.order) {
        const auto count = static_cast<Index>(samples.size());
        for (Index first = 0; first < count; first += step.batch) {
            const auto batch = Eigen::seq(first, std::min(first + step.batch, count) - 1);
            const Matrix X_b = problem.X(Eigen::all, samples)(Eigen::all, batch);
            const Matrix Y_b = problem.Y(Eigen::all, samples)(Eigen::all, batch);
            map.update(weights, X_b, Y_b);
            ++updates;
        }
    }
    return {errors_of(fixture, weights), updates};
}

class LearningMapFixture : public testing::TestWithParam<Case> {};

TEST_P(LearningMapFixture, RepeatsTheReference) {
    const Repeated errors = repeat(GetParam());

    EXPECT_GE(errors.updates, least_updates);
    EXPECT_LE(errors.W1, tolerance);
    EXPECT_LE(errors.W2, tolerance);
    EXPECT_LE(errors.initial_loss, tolerance);
    EXPECT_LE(errors.final_loss, tolerance);
}

INSTANTIATE_TEST_SUITE_P(Reference, LearningMapFixture, testing::ValuesIn(learning_map_cases()));

TEST(LearningMapFixtures, AgreeWithTheReferenceInAllCases) {
    ASSERT_GE(learning_map_cases().size(), 24U);

    double largest = 0.0;
    for (const Case& fixture : learning_map_cases()) largest = std::max(largest, repeat(fixture).largest());

    EXPECT_LE(largest, tolerance);
    std::ostringstream text;
    text << std::setprecision(2) << largest;
    RecordProperty("largest_relative_error", text.str());
    std::cout << "fixtures: " << learning_map_cases().size() << " cases, largest relative error " << text.str() << '\n';
}

TEST(LearningMapFixtures, AreRefusedWhenANumberIsAltered) {
    constexpr double alteration = 1.0 + 1e-11;
    const Case& fixture = learning_map_cases().at(0);

    Case other_W1 = fixture;
    other_W1.final.W1.array() *= alteration;
    Case other_readout = fixture;
    other_readout.final.W2(0, 0) += 10.0 * tolerance * fixture.final.W2.cwiseAbs().maxCoeff();
    Case other_loss = fixture;
    other_loss.final_loss *= alteration;
    Case other_input = fixture;
    other_input.problem.X(0, 0) += 1e-6;
    Case other_order = fixture;
    other_order.order.pop_back();
    Case other_shape = fixture;
    other_shape.final.W1.conservativeResize(fixture.final.W1.rows(), fixture.final.W1.cols() - 1);
    Case not_a_number = fixture;
    not_a_number.final.W2(0, 0) = std::numeric_limits<double>::quiet_NaN();

    EXPECT_GT(repeat(other_W1).W1, tolerance);
    EXPECT_GT(repeat(other_readout).W2, tolerance);
    EXPECT_GT(repeat(other_loss).final_loss, tolerance);
    EXPECT_GT(repeat(other_input).largest(), tolerance);
    EXPECT_GT(repeat(other_order).largest(), tolerance);
    EXPECT_GT(repeat(other_shape).largest(), tolerance);
    EXPECT_GT(repeat(not_a_number).largest(), tolerance);
}

}  // namespace
}  // namespace curldescent
