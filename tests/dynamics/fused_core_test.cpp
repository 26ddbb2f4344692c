#include "curldescent/dynamics/fused_core.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iomanip>
#include <iostream>
#include <memory>
#include <sstream>

#include "support/core_comparison.hpp"
#include "support/matrices.hpp"

namespace curldescent {
namespace {

constexpr double tolerance = 1e-11;  // rounding over 30 updates, in which it may grow some hundredfold
constexpr std::int64_t updates = 30;

CoreDifference difference_from_plain(const CoreSetting& setting) {
    const Problem problem = problem_of(setting);
    const std::unique_ptr<Core> plain = make_core(CoreKind::plain, student_of(setting), problem);
    FusedCore fused(student_of(setting));
    return difference_along(fused, *plain, problem, setting.batch, updates);
}

TEST(FusedCore, FollowsTheLearningMapInRandomSettings) {
    double largest = 0.0;
    for (std::uint64_t index = 1; index <= random_settings; ++index) {
        const CoreSetting setting = random_setting(index);
        const CoreDifference difference = difference_from_plain(setting);
        ASSERT_LE(difference.weights, tolerance) << description(setting);
        ASSERT_LE(difference.squared_error, tolerance) << description(setting);
        largest = std::max(largest, difference.largest());
    }
    std::ostringstream text;
    text << std::setprecision(2) << largest;
    RecordProperty("largest_relative_difference", text.str());
    std::cout << "fused and plain, " << random_settings << " settings: largest relative difference " << text.str()
              << '\n';
}

TEST(FusedCore, FollowsTheLearningMapInEveryShape) {
    for (const Index inputs : {1, 2, 3, 7, 8, 9, 16, 17, 23, 40}) {
        for (const Index hidden : {1, 2, 3, 7, 8, 9, 16, 17, 23, 40}) {
            const CoreSetting setting{.network = {inputs, hidden, 1 + inputs % 3, Activation::tanh, Activation::linear},
                                      .plasticity = {.hidden_flips = 1, .readout_flips = 1},
                                      .samples = 21,
                                      .batch = 5};
            ASSERT_LE(difference_from_plain(setting).largest(), tolerance) << description(setting);
        }
    }
}

TEST(FusedCore, FollowsTheLearningMapForEveryBatchSize) {
    for (Index batch = 1; batch <= 50; ++batch) {  // one to four chunks of 16
        for (const Index rest : {0, 1}) {
            const CoreSetting setting{.network = {7, 9, 2, Activation::sigmoid, Activation::tanh},
                                      .plasticity = {.hidden_flips = 2, .output_delta = OutputDelta::gradient},
                                      .samples = batch + rest,
                                      .batch = batch};
            ASSERT_LE(difference_from_plain(setting).largest(), tolerance) << description(setting);
        }
    }
}

TEST(FusedCore, FollowsTheLearningMapForEveryPairOfActivations) {
    using enum Activation;
    for (const Activation hidden : {linear, tanh, relu, sigmoid}) {
        for (const Activation output : {linear, tanh, relu, sigmoid}) {
            for (const OutputDelta delta : {OutputDelta::error, OutputDelta::gradient}) {
                const CoreSetting setting{.network = {8, 17, 3, hidden, output},
                                          .plasticity = {.readout_flips = 3, .output_delta = delta},
                                          .samples = 30,
                                          .batch = 20};
                ASSERT_LE(difference_from_plain(setting).largest(), tolerance) << description(setting);
            }
        }
    }
}

TEST(FusedCore, WouldBeSeenToDifferByOneFlippedUnit) {
    CoreSetting setting{.network = {7, 9, 2, Activation::tanh, Activation::tanh}, .samples = 20, .batch = 20};
    const Problem problem = problem_of(setting);
    FusedCore straight(student_of(setting));
    setting.plasticity.hidden_flips = 1;
    FusedCore flipped(student_of(setting));

    EXPECT_GT(difference_along(flipped, straight, problem, 20, updates).weights, 1e-3);
}

TEST(FusedCore, KeepsTheNormsUnderTheConstraint) {
    const CoreSetting setting{.network = {9, 17, 2, Activation::relu, Activation::linear}, .samples = 20, .batch = 6};
    const Student student = student_of(setting);
    FusedCore core(student);

    updates_to_overflow(core, problem_of(setting), setting.batch, 200);

    EXPECT_GT(largest_difference(core.weights(), student.start), 0.1);
    EXPECT_NEAR(core.weights().W1.norm() / student.start.W1.norm(), 1.0, 1e-15);
    EXPECT_NEAR(core.weights().W2.norm() / student.start.W2.norm(), 1.0, 1e-15);
}

TEST(FusedCore, KeepsLayersThatStartAtZeroThereUnderTheConstraint) {
    for (const Activation activation : {Activation::linear, Activation::sigmoid}) {
        const CoreSetting setting{.network = {5, 9, 2, activation, Activation::linear},
                                  .rule = Rule::feedback_alignment,
                                  .samples = 20,
                                  .batch = 6,
                                  .student_scale = 0.0};
        FusedCore core(student_of(setting));

        EXPECT_EQ(updates_to_overflow(core, problem_of(setting), setting.batch, updates), 0);

        EXPECT_EQ(core.weights().W1, Matrix::Zero(9, 5));
        EXPECT_EQ(core.weights().W2, Matrix::Zero(2, 9));
    }
}

TEST(FusedCore, FollowsTheLearningMapFromZeroWeights) {
    for (const Rule rule : {Rule::curl_descent, Rule::feedback_alignment}) {
        for (const bool constraint : {false, true}) {
            const CoreSetting setting{.network = {5, 9, 2, Activation::sigmoid, Activation::linear},
                                      .plasticity = {.hidden_flips = 2, .norm_constraint = constraint},
                                      .rule = rule,
                                      .samples = 20,
                                      .batch = 6,
                                      .student_scale = 0.0};
            EXPECT_LE(difference_from_plain(setting).largest(), tolerance) << description(setting);
        }
    }
}

TEST(FusedCore, FollowsTheLearningMapWhereOneLayerStartsAtZero) {
    const CoreSetting setting{
        .network = {5, 9, 2, Activation::tanh, Activation::linear}, .samples = 20, .batch = 6, .learning_rate = 0.2};
    const Problem problem = problem_of(setting);
    for (Matrix Weights::*layer : {&Weights::W1, &Weights::W2}) {
        Student student = student_of(setting);
        (student.start.*layer).setZero();
        const std::unique_ptr<Core> plain = make_core(CoreKind::plain, student, problem);
        FusedCore fused(student);

        EXPECT_LE(difference_along(fused, *plain, problem, setting.batch, updates).largest(), tolerance);
        EXPECT_TRUE((fused.weights().*layer).isZero(0.0));
    }
}

struct Overflows {
    std::int64_t fused;
    std::int64_t plain;
};

Overflows overflows_of(Activation activation, double rate, bool constraint) {
    const CoreSetting setting{.network = {7, 9, 2, activation, Activation::linear},
                              .plasticity = {.hidden_flips = 3, .norm_constraint = constraint},
                              .samples = 20,
                              .batch = 20,
                              .learning_rate = rate};
    const Problem problem = problem_of(setting);
    FusedCore fused(student_of(setting));
    const std::unique_ptr<Core> plain = make_core(CoreKind::plain, student_of(setting), problem);
    return {updates_to_overflow(fused, problem, setting.batch, 200),
            updates_to_overflow(*plain, problem, setting.batch, 200)};
}

TEST(FusedCore, OverflowsInTheSameUpdateAsTheLearningMap) {
    for (const Activation activation : {Activation::linear, Activation::relu}) {
        for (const double rate : {50.0, 1e3, 1e20, 1e200, 1e308}) {
            const auto [fused, plain] = overflows_of(activation, rate, false);
            EXPECT_EQ(fused, plain) << to_string(activation) << ", rate " << rate;
            EXPECT_GT(fused, 0) << to_string(activation) << ", rate " << rate;
        }
    }
}

TEST(FusedCore, OverflowsLikeTheLearningMapUnderTheConstraint) {
    for (const double rate : {1e3, 1e100, 1e200, 1e308}) {
        const auto [fused, plain] = overflows_of(Activation::linear, rate, true);
        EXPECT_EQ(fused, plain) << "rate " << rate;
        EXPECT_EQ(fused > 0, rate > 1e150) << "rate " << rate;  // squares of larger weights overflow
    }
}

TEST(FusedCore, OverflowsWithinAnUpdateOfTheLearningMapWhereUnitsSaturate) {
    // Weights grow by a factor an update, and intermediate results overflow at different multiples of them.
    for (const double rate : {50.0, 1e3, 1e20, 1e200}) {
        const auto [fused, plain] = overflows_of(Activation::tanh, rate, false);
        EXPECT_LE(std::abs(fused - plain), 1) << "rate " << rate;
        EXPECT_GT(fused, 0) << "rate " << rate;
    }
}

}  // namespace
}  // namespace curldescent
