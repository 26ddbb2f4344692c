#include "curldescent/dynamics/width_reduction.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>

#include "support/core_comparison.hpp"
#include "support/matrices.hpp"

namespace curldescent {
namespace {

constexpr double rounding = 1e-13;  // of QR decompositions of up to 199 rows

/// 20 inputs, 199 linear units and one output, the readout's signs flipped by 50 units.
CoreSetting wide() {
    return {.network = {.inputs = 20, .hidden = 199, .outputs = 1},
            .plasticity = {.readout_flips = 50},
            .samples = 60,
            .batch = 60};
}

Index reduced_width(const CoreSetting& setting) {
    return reduce_width(student_of(setting)).network.hidden;
}

/// Relative difference of the recovered weights from those of the full student, both after `updates`.
double recovery_error(const Student& student, const Problem& problem, std::int64_t updates) {
    const Student reduced = reduce_width(student);
    const std::unique_ptr<Core> full_core = make_core(CoreKind::plain, student, problem);
    const std::unique_ptr<Core> reduced_core = make_core(CoreKind::fast, reduced, problem);
    EXPECT_EQ(updates_to_overflow(*full_core, problem, student.step.batch, updates), 0);
    EXPECT_EQ(updates_to_overflow(*reduced_core, problem, student.step.batch, updates), 0);
    EXPECT_GT(largest_difference(full_core->weights(), student.start), 1e-3);

    const Weights recovered = recover_weights(student, reduced_core->weights());
    const Weights full = full_core->weights();
    return std::max(relative_error(recovered.W1, full.W1), relative_error(recovered.W2, full.W2));
}

double recovery_error(const CoreSetting& setting, std::int64_t updates) {
    return recovery_error(student_of(setting), problem_of(setting), updates);
}

TEST(ReduceWidth, LeavesInputsAndOutputsOfEachGroupOfSigns) {
    CoreSetting setting = wide();
    EXPECT_EQ(reduced_width(setting), 21 + 21);

    setting.plasticity.readout_flips = 0;
    EXPECT_EQ(reduced_width(setting), 21);

    setting.plasticity.readout_flips = 5;
    EXPECT_EQ(reduced_width(setting), 5 + 21);

    setting.plasticity.readout_flips = 199;
    EXPECT_EQ(reduced_width(setting), 21);

    setting.network.outputs = 3;
    EXPECT_EQ(reduced_width(setting), 23);
}

TEST(ReduceWidth, LeavesRoomForRandomFeedback) {
    CoreSetting setting = wide();
    setting.rule = Rule::curl_feedback_alignment;
    EXPECT_EQ(reduced_width(setting), 22 + 22);

    setting.network.outputs = 3;
    EXPECT_EQ(reduced_width(setting), 26 + 26);

    setting.rule = Rule::feedback_alignment;
    EXPECT_EQ(reduced_width(setting), 26);
}

TEST(ReduceWidth, GroupsByTheHiddenSignsOfPostsynapticFlips) {
    CoreSetting setting = wide();
    setting.plasticity = {.hidden_flips = 10, .readout_flips = 1, .side = FlipSide::postsynaptic};

    const Student reduced = reduce_width(student_of(setting));

    EXPECT_EQ(reduced.network.hidden, 10 + 21);
    EXPECT_EQ(reduced.signs.D1, (Vector(31) << Vector::Constant(10, -1.0), Vector::Ones(21)).finished());
    EXPECT_EQ(reduced.signs.D2, Vector::Constant(1, -1.0));
}

TEST(ReduceWidth, KeepsTheSignsOfTheGroups) {
    CoreSetting setting = wide();
    setting.plasticity.hidden_flips = 7;
    setting.plasticity.flipped_strength = 0.3;
    const Student student = student_of(setting);

    const Student reduced = reduce_width(student);

    EXPECT_EQ(reduced.signs.D2, (Vector(42) << Vector::Constant(21, 0.3), Vector::Ones(21)).finished());
    EXPECT_EQ(reduced.signs.D1, student.signs.D1);
}

TEST(ReduceWidth, KeepsNormsAndOutputs) {
    const Student student = student_of(wide());
    const Problem problem = problem_of(wide());

    const Student reduced = reduce_width(student);

    EXPECT_EQ(reduced.start.W1.rows(), 42);
    EXPECT_EQ(reduced.start.W2.cols(), 42);
    EXPECT_NEAR(reduced.start.W1.norm() / student.start.W1.norm(), 1.0, rounding);
    EXPECT_NEAR(reduced.start.W2.norm() / student.start.W2.norm(), 1.0, rounding);
    EXPECT_LT(relative_error(forward(reduced.network, reduced.start, problem.X),
                             forward(student.network, student.start, problem.X)),
              rounding);
}

TEST(ReduceWidth, KeepsEverythingElse) {
    const Student student = student_of(wide());
    const Student reduced = reduce_width(student);

    EXPECT_EQ(reduced.network.inputs, 20);
    EXPECT_EQ(reduced.network.outputs, 1);
    EXPECT_EQ(reduced.network.activation, Activation::linear);
    EXPECT_EQ(reduced.plasticity.norm_constraint, student.plasticity.norm_constraint);
    EXPECT_EQ(reduced.step.per_update(), student.step.per_update());
    EXPECT_EQ(reduced.feedback.size(), 0);
}

void expect_unchanged(const CoreSetting& setting) {
    const Student student = student_of(setting);
    const Student reduced = reduce_width(student);
    EXPECT_EQ(reduced.network.hidden, setting.network.hidden);
    EXPECT_EQ(largest_difference(reduced.start, student.start), 0.0);
    EXPECT_EQ(largest_difference(recover_weights(student, student.start), student.start), 0.0);
}

TEST(ReduceWidth, LeavesStudentsThatAreNotLinearAlone) {
    for (const Activation activation : {Activation::tanh, Activation::relu, Activation::sigmoid}) {
        CoreSetting setting = wide();
        setting.network.activation = activation;
        expect_unchanged(setting);
    }
}

TEST(ReduceWidth, LeavesNarrowStudentsAlone) {
    CoreSetting setting = wide();
    setting.network.hidden = 21;
    setting.plasticity.readout_flips = 0;
    expect_unchanged(setting);

    setting.network.hidden = 42;
    setting.plasticity.readout_flips = 21;
    expect_unchanged(setting);
}

TEST(ReduceWidth, ReducesOneUnitTooMany) {
    CoreSetting setting = wide();
    setting.network.hidden = 22;
    setting.plasticity.readout_flips = 0;

    EXPECT_EQ(reduced_width(setting), 21);
}

TEST(ReduceWidth, ReducesLinearUnitsBehindAnyOutputActivation) {
    CoreSetting setting = wide();
    setting.network.output_activation = Activation::tanh;

    EXPECT_EQ(reduced_width(setting), 42);
    EXPECT_LT(recovery_error(setting, 100), 1e-12);
}

TEST(RecoverWeights, GivesTheStartBack) {
    for (const Rule rule : {Rule::gradient_descent, Rule::curl_descent, Rule::curl_feedback_alignment}) {
        CoreSetting setting = wide();
        setting.rule = rule;
        const Student student = student_of(setting);

        const Weights recovered = recover_weights(student, reduce_width(student).start);

        EXPECT_LT(largest_difference(recovered, student.start), rounding) << to_string(rule);
    }
}

TEST(RecoverWeights, AgreesWithTheFullStudentAfterFiveThousandUpdates) {
    CoreSetting setting = wide();
    setting.plasticity.readout_flips = 0;
    setting.rule = Rule::gradient_descent;
    ASSERT_EQ(reduced_width(setting), 21);

    const double error = recovery_error(setting, 5000);

    EXPECT_LT(error, 1e-10);
    RecordProperty("relative_error", std::to_string(error * 1e15) + "e-15");
}

TEST(RecoverWeights, AgreesForEveryRuleAndSide) {
    for (const Rule rule :
         {Rule::gradient_descent, Rule::curl_descent, Rule::feedback_alignment, Rule::curl_feedback_alignment}) {
        for (const FlipSide side : {FlipSide::presynaptic, FlipSide::postsynaptic}) {
            for (const Index outputs : {1, 3}) {
                const CoreSetting setting{.network = {.inputs = 4, .hidden = 40, .outputs = outputs},
                                          .plasticity = {.hidden_flips = 2, .readout_flips = 1, .side = side},
                                          .rule = rule,
                                          .samples = 23,
                                          .batch = 5};
                ASSERT_LT(reduced_width(setting), 40);
                EXPECT_LT(recovery_error(setting, 100), 1e-12) << description(setting);
            }
        }
    }
}

TEST(RecoverWeights, AgreesForAStartOfDeficientRank) {
    // All units alike, then all of them zero but for the feedback: the triangles have zeros on their diagonals.
    for (const double scale : {1.0, 0.0}) {
        CoreSetting setting = wide();
        setting.rule = Rule::feedback_alignment;
        setting.plasticity.norm_constraint = false;
        setting.learning_rate = 0.05;
        Student student = student_of(setting);
        student.start.W1 = scale * student.start.W1.row(0).replicate(199, 1).eval();
        student.start.W2.setConstant(scale * 0.01);

        EXPECT_LT(recovery_error(student, problem_of(setting), 100), 1e-12);
    }
}

}  // namespace
}  // namespace curldescent
