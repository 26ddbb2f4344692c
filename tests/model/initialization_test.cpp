#include "curldescent/model/initialization.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "support/matrices.hpp"

namespace curldescent {
namespace {

constexpr StreamKey key{.seed = 11, .point = 1, .replicate = 4};
constexpr double rounding = 8.0 * std::numeric_limits<double>::epsilon();  // of a norm and a division

/// The widths that set the bounds, M = 100 and N = 400, have exact roots; the teacher has N_T = 25.
const Network network{.inputs = 100, .hidden = 400, .outputs = 3};

Initialization with_teacher_hidden(Index teacher_hidden) {
    Initialization initialization;
    initialization.teacher_hidden = teacher_hidden;
    return initialization;
}

double largest_entry(const Matrix& matrix) {
    return matrix.cwiseAbs().maxCoeff();
}

double deviation(const Matrix& matrix) {
    return (matrix.array() - matrix.mean()).matrix().norm() / std::sqrt(static_cast<double>(matrix.size()));
}

/// Entries within +-bound that come close to it, and spread as a uniform distribution does.
void expect_uniform(const Matrix& matrix, double bound) {
    constexpr double closeness = 0.99;  // the largest of more than 1000 entries
    constexpr double tolerance = 0.1;   // 3 deviations of a deviation from 1000 entries

    ASSERT_GE(matrix.size(), 1000);
    EXPECT_LE(largest_entry(matrix), bound);
    EXPECT_GT(largest_entry(matrix), closeness * bound);
    EXPECT_NEAR(deviation(matrix) / bound, 1.0 / std::sqrt(3.0), tolerance / std::sqrt(3.0));
}

void expect_normal(const Matrix& matrix, double expected_deviation) {
    constexpr double tolerance = 0.1;  // 4 deviations of a deviation from 1000 entries

    ASSERT_GE(matrix.size(), 1000);
    EXPECT_NEAR(deviation(matrix) / expected_deviation, 1.0, tolerance);
    EXPECT_GT(largest_entry(matrix), 2.5 * expected_deviation);
}

TEST(Student, HasTheShapeOfItsNetwork) {
    const Weights student = make_student(network, with_teacher_hidden(25), {}, key);

    EXPECT_EQ(student.W1.rows(), 400);
    EXPECT_EQ(student.W1.cols(), 100);
    EXPECT_EQ(student.W2.rows(), 3);
    EXPECT_EQ(student.W2.cols(), 400);
}

TEST(Student, IsUniformWithinItsScaleOverTheRootOfTheFanIn) {
    Initialization initialization;
    initialization.student_scale = 2.0;

    const Weights student = make_student(network, initialization, {}, key);

    expect_uniform(student.W1, 2.0 / 10.0);
    expect_uniform(student.W2, 2.0 / 20.0);
}

TEST(Student, IsNormalWithItsScaleOverTheRootOfTheFanInAsDeviation) {
    Initialization initialization;
    initialization.distribution = Distribution::normal;
    initialization.student_scale = 2.0;

    const Weights student = make_student(network, initialization, {}, key);

    expect_normal(student.W1, 2.0 / 10.0);
    expect_normal(student.W2, 2.0 / 20.0);
}

TEST(Student, IsFilledRowByRowFromItsStreams) {
    const Weights student = make_student(network, Initialization{}, {}, key);

    RandomStream hidden(key, Stream::student_hidden);
    EXPECT_EQ(student.W1(0, 0), (2.0 * hidden.next_uniform() - 1.0) * 0.1);
    EXPECT_EQ(student.W1(0, 1), (2.0 * hidden.next_uniform() - 1.0) * 0.1);
    RandomStream readout(key, Stream::student_readout);
    EXPECT_EQ(student.W2(0, 0), (2.0 * readout.next_uniform() - 1.0) * 0.05);
    EXPECT_EQ(student.W2(0, 1), (2.0 * readout.next_uniform() - 1.0) * 0.05);
}

TEST(Student, StartsElsewhereInAnotherReplicate) {
    const Weights student = make_student(network, Initialization{}, {}, key);
    const Weights another = make_student(network, Initialization{}, {}, {.seed = 11, .point = 1, .replicate = 5});

    EXPECT_GT(largest_difference(student.W1, another.W1), 0.0);
    EXPECT_GT(largest_difference(student.W2, another.W2), 0.0);
}

TEST(Student, StartsAtACopyOfTheTeacherWithoutOffset) {
    const Initialization initialization{.start = Start::teacher, .teacher_hidden = 400};
    const Weights teacher = make_teacher(network, initialization, key);

    const Weights student = make_student(network, initialization, teacher, key);

    EXPECT_EQ(largest_difference(student, teacher), 0.0);
}

TEST(Student, StartsOnTheTeacherPlusAnOffsetInTheReadout) {
    const Initialization initialization{
        .start = Start::teacher, .offset = 0.25, .offset_layer = Layer::readout, .teacher_hidden = 400};
    const Weights teacher = make_teacher(network, initialization, key);

    const Weights student = make_student(network, initialization, teacher, key);

    EXPECT_EQ(largest_difference(student.W1, teacher.W1), 0.0);
    EXPECT_EQ(largest_difference(student.W2, teacher.W2.array() + 0.25), 0.0);
}

TEST(Student, StartsOnTheTeacherPlusAnOffsetInTheHiddenLayer) {
    const Initialization initialization{
        .start = Start::teacher, .offset = -0.25, .offset_layer = Layer::hidden, .teacher_hidden = 400};
    const Weights teacher = make_teacher(network, initialization, key);

    const Weights student = make_student(network, initialization, teacher, key);

    EXPECT_EQ(largest_difference(student.W1, teacher.W1.array() - 0.25), 0.0);
    EXPECT_EQ(largest_difference(student.W2, teacher.W2), 0.0);
}

TEST(Teacher, HasAWidthOfItsOwn) {
    const Weights teacher = make_teacher(network, with_teacher_hidden(25), key);

    EXPECT_EQ(teacher.W1.rows(), 25);
    EXPECT_EQ(teacher.W1.cols(), 100);
    EXPECT_EQ(teacher.W2.rows(), 3);
    EXPECT_EQ(teacher.W2.cols(), 25);
}

TEST(Teacher, IsUniformWithinItsScaleOverTheRootOfTheFanIn) {
    Initialization initialization = with_teacher_hidden(900);
    initialization.teacher_scale = 3.0;

    const Weights teacher = make_teacher(network, initialization, key);

    expect_uniform(teacher.W1, 3.0 / 10.0);
    expect_uniform(teacher.W2, 3.0 / 30.0);
}

TEST(Teacher, IsNormalWithItsScaleOverTheRootOfTheFanInAsDeviation) {
    Initialization initialization = with_teacher_hidden(900);
    initialization.distribution = Distribution::normal;
    initialization.teacher_scale = 3.0;

    const Weights teacher = make_teacher(network, initialization, key);

    expect_normal(teacher.W1, 3.0 / 10.0);
    expect_normal(teacher.W2, 3.0 / 30.0);
}

TEST(Teacher, SharesNoNumbersWithAStudentOfItsWidth) {
    const Weights teacher = make_teacher(network, with_teacher_hidden(400), key);
    const Weights student = make_student(network, with_teacher_hidden(400), teacher, key);

    EXPECT_EQ((teacher.W1.array() == student.W1.array()).count(), 0);
    EXPECT_EQ((teacher.W2.array() == student.W2.array()).count(), 0);
}

TEST(Teacher, DoesNotDependOnTheWidthOfTheStudent) {
    Network wider = network;
    wider.hidden = 500;

    const Weights teacher = make_teacher(network, with_teacher_hidden(25), key);
    const Weights of_wider = make_teacher(wider, with_teacher_hidden(25), key);

    EXPECT_EQ(largest_difference(teacher, of_wider), 0.0);
}

TEST(Teacher, IsRescaledToTheRootOfItsWidthAndToOne) {
    Initialization initialization = with_teacher_hidden(25);
    const Weights teacher = make_teacher(network, initialization, key);

    initialization.rescale_teacher = true;
    const Weights rescaled = make_teacher(network, initialization, key);

    EXPECT_NEAR(rescaled.W1.norm(), 5.0, 5.0 * rounding);
    EXPECT_NEAR(rescaled.W2.norm(), 1.0, rounding);
    EXPECT_LT(relative_error(rescaled.W1, teacher.W1 * (5.0 / teacher.W1.norm())), rounding);
    EXPECT_LT(relative_error(rescaled.W2, teacher.W2 / teacher.W2.norm()), rounding);
}

TEST(Feedback, LeadsFromTheOutputsToTheHiddenUnits) {
    const Matrix feedback = make_feedback(network, 1.0, key);

    EXPECT_EQ(feedback.rows(), 400);
    EXPECT_EQ(feedback.cols(), 3);
}

TEST(Feedback, IsUniformWithinItsScaleOverTheRootOfTheHiddenWidth) {
    expect_uniform(make_feedback(network, 4.0, key), 4.0 / 20.0);
}

TEST(Feedback, IsFilledOutputByOutputFromItsStream) {
    const Matrix feedback = make_feedback(network, 1.0, key);

    RandomStream stream(key, Stream::feedback);
    EXPECT_EQ(feedback(0, 0), (2.0 * stream.next_uniform() - 1.0) * 0.05);
    EXPECT_EQ(feedback(1, 0), (2.0 * stream.next_uniform() - 1.0) * 0.05);
}

TEST(Feedback, OfScaleZeroIsZero) {
    EXPECT_EQ(largest_entry(make_feedback(network, 0.0, key)), 0.0);
}

}  // namespace
}  // namespace curldescent
