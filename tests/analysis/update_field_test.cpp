#include "curldescent/analysis/update_field.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "curldescent/dynamics/learning_map.hpp"
#include "support/learning_map_cases.hpp"
#include "support/matrices.hpp"

namespace curldescent {
namespace {

using Case = LearningMapCase;

class UpdateFieldOfFixture : public testing::TestWithParam<Case> {};

double loss_at(const Case& fixture, const Weights& weights) {
    return mean_squared_loss(forward(fixture.student.network, weights, fixture.problem.X), fixture.problem.Y);
}

TEST_P(UpdateFieldOfFixture, IsTheStepOfTheLearningMap) {
    Student student = GetParam().student;
    const Problem& problem = GetParam().problem;
    student.plasticity.norm_constraint = false;
    student.step = {.learning_rate = 1.0, .batch = problem.X.cols(), .samples = problem.X.cols()};
    LearningMap map(student.network, student.plasticity, student.signs, student.feedback, student.step, student.start);
    Weights updated = student.start;
    map.update(updated, problem.X, problem.Y);

    const UpdateField field = evaluate_field(student, student.start, problem);

    constexpr double tolerance = 1e-13;  // a few roundings of weights and of sums over the samples
    EXPECT_LE(largest_difference(field.update.W1, updated.W1 - student.start.W1), tolerance);
    EXPECT_LE(largest_difference(field.update.W2, updated.W2 - student.start.W2), tolerance);
    EXPECT_NEAR(field.loss, loss_at(GetParam(), student.start), tolerance);
}

TEST_P(UpdateFieldOfFixture, GivesTheSlopeOfTheLoss) {
    Student student = GetParam().student;
    student.plasticity.norm_constraint = false;
    const UpdateField field = evaluate_field(student, student.start, GetParam().problem);

    constexpr double h = 1e-6;
    const double slope = norm(field.gradient);
    const auto moved = [&](double distance) {
        return Weights{.W1 = student.start.W1 + distance / slope * field.gradient.W1,
                       .W2 = student.start.W2 + distance / slope * field.gradient.W2};
    };
    const double measured = (loss_at(GetParam(), moved(h)) - loss_at(GetParam(), moved(-h))) / (2.0 * h);

    EXPECT_NEAR(measured / slope, 1.0, 1e-6);  // of central differences: h^2 and epsilon / h
}

INSTANTIATE_TEST_SUITE_P(Reference, UpdateFieldOfFixture, testing::ValuesIn(learning_map_cases()));

/// y_hat = w2 w1 x for x = 1, y = 1, at w1 = 2, w2 = 3: error 5, gradient (15, 10).
Student scalar_student(double D2) {
    return {.network = {.inputs = 1, .hidden = 1},
            .plasticity = {.norm_constraint = false},
            .signs = {.D1 = Vector::Ones(1), .D2 = Vector::Constant(1, D2)},
            .feedback = Matrix(),
            .step = {},
            .start = {.W1 = Matrix{{2.0}}, .W2 = Matrix{{3.0}}}};
}
const Problem scalar_problem{.X = Matrix{{1.0}}, .Y = Matrix{{1.0}}, .X_test = {}, .Y_test = {}};

TEST(UpdateField, FollowsTheGradientWithoutFlips) {
    const Student student = scalar_student(1.0);
    const UpdateField field = evaluate_field(student, student.start, scalar_problem);

    EXPECT_EQ(field.gradient.W1(0, 0), 15.0);
    EXPECT_EQ(field.gradient.W2(0, 0), 10.0);
    EXPECT_EQ(field.loss, 12.5);
    EXPECT_DOUBLE_EQ(cosine(field.update, field.gradient), -1.0);
}

TEST(UpdateField, LeavesTheGradientByTheAngleOfItsFlips) {
    const Student student = scalar_student(-1.0);
    const UpdateField field = evaluate_field(student, student.start, scalar_problem);

    EXPECT_EQ(field.update.W2(0, 0), 10.0);
    EXPECT_DOUBLE_EQ(cosine(field.update, field.gradient), (-15.0 * 15.0 + 10.0 * 10.0) / (15.0 * 15.0 + 10.0 * 10.0));
}

TEST(UpdateField, IsTangentialUnderTheNormConstraint) {
    const Case& fixture = learning_map_cases().front();
    Student student = fixture.student;
    student.plasticity.norm_constraint = true;
    const UpdateField field = evaluate_field(student, student.start, fixture.problem);

    for (const Weights* direction : {&field.update, &field.gradient}) {
        EXPECT_GT(norm(*direction), 1e-3);
        EXPECT_NEAR(direction->W1.cwiseProduct(student.start.W1).sum(), 0.0, 1e-14);
        EXPECT_NEAR(direction->W2.cwiseProduct(student.start.W2).sum(), 0.0, 1e-14);
    }
}

TEST(UpdateField, HasNoCosineWhereItIsZero) {
    const Weights zero{.W1 = Matrix::Zero(1, 1), .W2 = Matrix::Zero(1, 1)};
    EXPECT_TRUE(std::isnan(cosine(zero, scalar_student(1.0).start)));
}

}  // namespace
}  // namespace curldescent
