#include "curldescent/dynamics/rank_one_core.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
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

/// Whether the core knows the map w_T of a linear teacher.
enum class Teacher { known, unknown };

/// The problem as the core is to see it.
Problem problem_with(Teacher teacher, const CoreSetting& setting) {
    Problem problem = problem_of(setting);
    if (teacher == Teacher::unknown) problem.teacher_map.resize(0, 0);
    return problem;
}

CoreDifference difference_from_plain(const CoreSetting& setting, Teacher teacher) {
    const Problem problem = problem_with(teacher, setting);
    const std::unique_ptr<Core> plain = make_core(CoreKind::plain, student_of(setting), problem);
    RankOneCore rank_one(student_of(setting), problem);
    return difference_along(rank_one, *plain, problem, setting.batch, updates);
}

/// 5 inputs, 9 linear units and one linear output.
constexpr Network small{.inputs = 5, .hidden = 9, .outputs = 1};

TEST(RankOneCore, FollowsTheLearningMapInRandomSettings) {
    double largest = 0.0;
    for (std::uint64_t index = 1; index <= random_settings; ++index) {
        CoreSetting setting = random_setting(index);
        setting.network.activation = Activation::linear;
        setting.network.outputs = 1;
        if (index % 2 == 0) setting.network.output_activation = Activation::linear;
        setting.plasticity.readout_flips =
            std::min(setting.plasticity.readout_flips, readout_sign_count(setting.network, setting.plasticity.side));
        const bool has_teacher = setting.network.output_activation == Activation::linear && index % 4 == 0;

        const CoreDifference difference =
            difference_from_plain(setting, has_teacher ? Teacher::known : Teacher::unknown);
        ASSERT_LE(difference.weights, tolerance) << description(setting);
        ASSERT_LE(difference.squared_error, tolerance) << description(setting);
        largest = std::max(largest, difference.largest());
    }
    std::ostringstream text;
    text << std::setprecision(2) << largest;
    RecordProperty("largest_relative_difference", text.str());
    std::cout << "rank one and plain, " << random_settings << " settings: largest relative difference " << text.str()
              << '\n';
}

TEST(RankOneCore, FollowsTheLearningMapInEveryShape) {
    for (const Index inputs : {1, 2, 3, 7, 8, 9, 16, 17, 23, 40}) {
        for (const Index hidden : {1, 2, 3, 7, 8, 9, 16, 17, 23, 40}) {
            for (const Index batch : {5, 21}) {
                const CoreSetting setting{.network = {.inputs = inputs, .hidden = hidden, .outputs = 1},
                                          .plasticity = {.hidden_flips = 1, .readout_flips = 1},
                                          .samples = 21,
                                          .batch = batch};
                ASSERT_LE(difference_from_plain(setting, Teacher::known).largest(), tolerance) << description(setting);
            }
        }
    }
}

TEST(RankOneCore, FollowsTheLearningMapForFullBatchesOfFewAndManySamples) {
    for (const Index samples : {1, 2, 3, 4, 5, 10, 16, 17, 64}) {  // M = 5: with and without a fixed covariance
        for (const Teacher teacher : {Teacher::known, Teacher::unknown}) {
            const CoreSetting setting{
                .network = small, .plasticity = {.readout_flips = 2}, .samples = samples, .batch = samples};
            EXPECT_LE(difference_from_plain(setting, teacher).largest(), tolerance) << description(setting);
        }
    }
}

TEST(RankOneCore, FollowsTheLearningMapInBlocksOfUnits) {
    for (const Index hidden : {47, 48, 49, 96, 97, 150}) {  // with 40 inputs a block has 48 units under AVX-512
        for (const Teacher teacher : {Teacher::known, Teacher::unknown}) {
            const CoreSetting setting{.network = {.inputs = 40, .hidden = hidden, .outputs = 1},
                                      .plasticity = {.hidden_flips = 3, .readout_flips = 2},
                                      .samples = 30,
                                      .batch = 10};
            EXPECT_LE(difference_from_plain(setting, teacher).largest(), tolerance) << description(setting);
        }
    }
}

TEST(RankOneCore, FollowsTheLearningMapForEveryBatchSize) {
    for (Index batch = 1; batch <= 35; ++batch) {
        for (const Teacher teacher : {Teacher::known, Teacher::unknown}) {
            const CoreSetting setting{
                .network = small, .plasticity = {.hidden_flips = 2}, .samples = batch + 2, .batch = batch};
            EXPECT_LE(difference_from_plain(setting, teacher).largest(), tolerance) << description(setting);
        }
    }
}

TEST(RankOneCore, FollowsTheLearningMapForEveryOutputActivation) {
    using enum Activation;
    for (const Activation output : {linear, tanh, relu, sigmoid}) {
        for (const OutputDelta delta : {OutputDelta::error, OutputDelta::gradient}) {
            for (const Index batch : {7, 20}) {
                CoreSetting setting{.network = small,
                                    .plasticity = {.hidden_flips = 2, .output_delta = delta},
                                    .samples = 20,
                                    .batch = batch};
                setting.network.output_activation = output;
                EXPECT_LE(difference_from_plain(setting, Teacher::known).largest(), tolerance) << description(setting);
            }
        }
    }
}

TEST(RankOneCore, FollowsTheLearningMapForEveryRuleAndSide) {
    for (const Rule rule :
         {Rule::gradient_descent, Rule::curl_descent, Rule::feedback_alignment, Rule::curl_feedback_alignment}) {
        for (const FlipSide side : {FlipSide::presynaptic, FlipSide::postsynaptic}) {
            for (const double strength : {-1.0, 0.0, 0.3}) {
                const CoreSetting setting{.network = small,
                                          .plasticity = {.hidden_flips = 2,
                                                         .readout_flips = 1,
                                                         .flipped_strength = strength,
                                                         .side = side,
                                                         .norm_constraint = false},
                                          .rule = rule,
                                          .samples = 20,
                                          .batch = 20,
                                          .learning_rate = 0.1};
                EXPECT_LE(difference_from_plain(setting, Teacher::known).largest(), tolerance) << description(setting);
            }
        }
    }
}

TEST(RankOneCore, SeesErrorsOfRoundingLevelWhateverTheNumberOfSamples) {
    for (const Index samples : {4, 8, 10, 20}) {  // M = 16: fewer of them leave a part of w_T unknown
        const CoreSetting setting{.network = {.inputs = 16, .hidden = 9, .outputs = 1},
                                  .plasticity = {.norm_constraint = false},
                                  .rule = Rule::gradient_descent,
                                  .samples = samples,
                                  .batch = samples,
                                  .learning_rate = 0.3};
        const Problem problem = problem_of(setting);
        RankOneCore core(student_of(setting), problem);
        EXPECT_EQ(updates_to_overflow(core, problem, samples, 20'000), 0);

        core.take_squared_error();
        EXPECT_EQ(updates_to_overflow(core, problem, samples, 1), 0);

        const double share = core.take_squared_error() / problem.Y.squaredNorm();
        EXPECT_GE(share, 0.0) << samples << " samples";
        EXPECT_LT(share, 1e-28) << samples << " samples";
    }
}

TEST(RankOneCore, SeesErrorsOfRoundingLevelWhereSamplesRepeat) {
    const CoreSetting setting{.network = {.inputs = 16, .hidden = 9, .outputs = 1},
                              .plasticity = {.norm_constraint = false},
                              .rule = Rule::gradient_descent,
                              .samples = 40,
                              .batch = 40,
                              .learning_rate = 0.3};
    Problem problem = problem_of(setting);
    problem.X = problem.X.leftCols(8).replicate(1, 5).eval();  // 8 directions of 16
    problem.Y = problem.teacher_map * problem.X;
    RankOneCore core(student_of(setting), problem);
    EXPECT_EQ(updates_to_overflow(core, problem, 40, 20'000), 0);

    core.take_squared_error();
    EXPECT_EQ(updates_to_overflow(core, problem, 40, 1), 0);

    const double share = core.take_squared_error() / problem.Y.squaredNorm();
    EXPECT_GE(share, 0.0);
    EXPECT_LT(share, 1e-28);
}

TEST(RankOneCore, WouldBeSeenToDifferByAnotherTeacher) {
    const CoreSetting setting{.network = small, .samples = 20, .batch = 20};
    Problem problem = problem_of(setting);
    const std::unique_ptr<Core> plain = make_core(CoreKind::plain, student_of(setting), problem);
    problem.teacher_map *= 1.0 + 1e-9;
    RankOneCore rank_one(student_of(setting), problem);

    EXPECT_GT(difference_along(rank_one, *plain, problem, setting.batch, updates).weights, tolerance);
}

TEST(RankOneCore, KeepsTheNormsUnderTheConstraint) {
    const CoreSetting setting{.network = small, .samples = 20, .batch = 6};
    const Student student = student_of(setting);
    const Problem problem = problem_of(setting);
    RankOneCore core(student, problem);

    updates_to_overflow(core, problem, setting.batch, 200);

    EXPECT_GT(largest_difference(core.weights(), student.start), 0.1);
    EXPECT_NEAR(core.weights().W1.norm() / student.start.W1.norm(), 1.0, 1e-15);
    EXPECT_NEAR(core.weights().W2.norm() / student.start.W2.norm(), 1.0, 1e-15);
}

TEST(RankOneCore, KeepsLayersThatStartAtZeroThereUnderTheConstraint) {
    for (const Index batch : {6, 20}) {
        const CoreSetting setting{
            .network = small, .rule = Rule::feedback_alignment, .samples = 20, .batch = batch, .student_scale = 0.0};
        const Problem problem = problem_of(setting);
        RankOneCore core(student_of(setting), problem);

        EXPECT_EQ(updates_to_overflow(core, problem, batch, updates), 0);

        EXPECT_EQ(core.weights().W1, Matrix::Zero(9, 5));
        EXPECT_EQ(core.weights().W2, Matrix::Zero(1, 9));
    }
}

TEST(RankOneCore, FollowsTheLearningMapFromZeroWeights) {
    for (const Rule rule : {Rule::curl_descent, Rule::feedback_alignment}) {
        for (const bool constraint : {false, true}) {
            const CoreSetting setting{.network = small,
                                      .plasticity = {.hidden_flips = 2, .norm_constraint = constraint},
                                      .rule = rule,
                                      .samples = 20,
                                      .batch = 6,
                                      .student_scale = 0.0};
            EXPECT_LE(difference_from_plain(setting, Teacher::known).largest(), tolerance) << description(setting);
        }
    }
}

TEST(RankOneCore, FollowsTheLearningMapWhereOneLayerStartsAtZero) {
    const CoreSetting setting{.network = small, .samples = 20, .batch = 6};
    const Problem problem = problem_of(setting);
    for (Matrix Weights::*layer : {&Weights::W1, &Weights::W2}) {
        Student student = student_of(setting);
        (student.start.*layer).setZero();
        const std::unique_ptr<Core> plain = make_core(CoreKind::plain, student, problem);
        RankOneCore rank_one(student, problem);

        EXPECT_LE(difference_along(rank_one, *plain, problem, setting.batch, updates).largest(), tolerance);
        EXPECT_TRUE((rank_one.weights().*layer).isZero(0.0));
    }
}

TEST(RankOneCore, OverflowsInTheSameUpdateAsTheLearningMap) {
    int overflows = 0;
    for (const Teacher teacher : {Teacher::known, Teacher::unknown}) {
        for (const double rate : {50.0, 1e3, 1e20, 1e200, 1e308}) {
            for (const bool constraint : {false, true}) {
                const CoreSetting setting{.network = small,
                                          .plasticity = {.hidden_flips = 3, .norm_constraint = constraint},
                                          .samples = 20,
                                          .batch = 20,
                                          .learning_rate = rate};
                const Problem problem = problem_with(teacher, setting);
                RankOneCore rank_one(student_of(setting), problem);
                const std::unique_ptr<Core> plain = make_core(CoreKind::plain, student_of(setting), problem);

                const std::int64_t update = updates_to_overflow(rank_one, problem, setting.batch, 50);
                EXPECT_EQ(update, updates_to_overflow(*plain, problem, setting.batch, 50)) << description(setting);
                overflows += update > 0 ? 1 : 0;
            }
        }
    }
    EXPECT_GE(overflows, 10);
}

}  // namespace
}  // namespace curldescent
