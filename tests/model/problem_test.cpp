#include "curldescent/model/problem.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "curldescent/model/initialization.hpp"
#include "support/matrices.hpp"

namespace curldescent {
namespace {

constexpr StreamKey key{.seed = 5, .point = 0, .replicate = 2};
const SuppliedData nothing_supplied;

const Network network{
    .inputs = 4, .hidden = 6, .outputs = 2, .activation = Activation::tanh, .output_activation = Activation::sigmoid};

/// A teacher of another width than the student's.
Weights some_teacher() {
    Initialization initialization;
    initialization.teacher_hidden = 9;
    return make_teacher(network, initialization, key);
}

/// Matrices whose entries tell where they stand: row + 100 column + start.
Matrix numbered(Index rows, Index columns, double start) {
    return Matrix::NullaryExpr(rows, columns, [start](Index i, Index j) {
        return start + static_cast<double>(i) + 100.0 * static_cast<double>(j);
    });
}

TEST(Problem, HasOneColumnASample) {
    const Problem problem = make_problem(network, some_teacher(), 10, 7, nothing_supplied, key);

    EXPECT_EQ(problem.X.rows(), 4);
    EXPECT_EQ(problem.X.cols(), 10);
    EXPECT_EQ(problem.Y.rows(), 2);
    EXPECT_EQ(problem.Y.cols(), 10);
    EXPECT_EQ(problem.X_test.rows(), 4);
    EXPECT_EQ(problem.X_test.cols(), 7);
    EXPECT_EQ(problem.Y_test.rows(), 2);
    EXPECT_EQ(problem.Y_test.cols(), 7);
}

TEST(Problem, MayHaveNoTestSamples) {
    const Problem problem = make_problem(network, some_teacher(), 10, 0, nothing_supplied, key);

    EXPECT_EQ(problem.X_test.cols(), 0);
    EXPECT_EQ(problem.Y_test.rows(), 2);
    EXPECT_EQ(problem.Y_test.cols(), 0);
}

TEST(Problem, DrawsInputsOfVarianceOneHalf) {
    constexpr Index samples = 25'000;
    constexpr double entries = 4.0 * static_cast<double>(samples);
    constexpr double deviations = 4.0;  // allowed of a statistic from its expectation; the stream is fixed

    const Problem problem = make_problem(network, some_teacher(), samples, samples, nothing_supplied, key);

    for (const Matrix& X : {problem.X, problem.X_test}) {
        EXPECT_NEAR(X.mean(), 0.0, deviations * std::sqrt(0.5 / entries));
        EXPECT_NEAR(X.squaredNorm() / entries, 0.5, deviations * 0.5 * std::sqrt(2.0 / entries));
    }
}

TEST(Problem, LetsTheTeacherMakeTheTargets) {
    const Weights teacher = some_teacher();

    const Problem problem = make_problem(network, teacher, 10, 7, nothing_supplied, key);

    EXPECT_EQ(largest_difference(problem.Y, forward(network, teacher, problem.X)), 0.0);
    EXPECT_EQ(largest_difference(problem.Y_test, forward(network, teacher, problem.X_test)), 0.0);
}

TEST(Problem, TestsOnOtherInputsThanItTrainsOn) {
    const Problem problem = make_problem(network, some_teacher(), 10, 10, nothing_supplied, key);

    EXPECT_EQ((problem.X.array() == problem.X_test.array()).count(), 0);
}

TEST(Problem, KeepsItsFirstSamplesWhenMoreAreAskedFor) {
    const Problem small = make_problem(network, some_teacher(), 10, 7, nothing_supplied, key);
    const Problem large = make_problem(network, some_teacher(), 30, 20, nothing_supplied, key);

    EXPECT_EQ(largest_difference(large.X.leftCols(10), small.X), 0.0);
    EXPECT_EQ(largest_difference(large.X_test.leftCols(7), small.X_test), 0.0);
}

TEST(Problem, IsAnotherOneInAnotherReplicate) {
    const StreamKey other{.seed = 5, .point = 0, .replicate = 3};

    const Problem problem = make_problem(network, some_teacher(), 10, 7, nothing_supplied, key);
    const Problem another = make_problem(network, some_teacher(), 10, 7, nothing_supplied, other);

    EXPECT_GT(largest_difference(problem.X, another.X), 0.0);
    EXPECT_GT(largest_difference(problem.X_test, another.X_test), 0.0);
}

TEST(Problem, TakesTheFirstSuppliedInputsAndLetsTheTeacherAnswerThem) {
    const Weights teacher = some_teacher();
    SuppliedData supplied;
    supplied.inputs = numbered(4, 15, 0.5);
    supplied.test_inputs = numbered(4, 9, -0.5);

    const Problem problem = make_problem(network, teacher, 10, 7, supplied, key);

    EXPECT_EQ(largest_difference(problem.X, numbered(4, 10, 0.5)), 0.0);
    EXPECT_EQ(largest_difference(problem.X_test, numbered(4, 7, -0.5)), 0.0);
    EXPECT_EQ(largest_difference(problem.Y, forward(network, teacher, problem.X)), 0.0);
    EXPECT_EQ(largest_difference(problem.Y_test, forward(network, teacher, problem.X_test)), 0.0);
}

TEST(Problem, TakesTheFirstSuppliedTargets) {
    SuppliedData supplied;
    supplied.targets = numbered(2, 15, 1.5);
    supplied.test_targets = numbered(2, 9, 2.5);

    const Problem problem = make_problem(network, some_teacher(), 10, 7, supplied, key);

    EXPECT_EQ(largest_difference(problem.Y, numbered(2, 10, 1.5)), 0.0);
    EXPECT_EQ(largest_difference(problem.Y_test, numbered(2, 7, 2.5)), 0.0);
}

TEST(Problem, ReplacesNothingButWhatIsSupplied) {
    const Problem random = make_problem(network, some_teacher(), 10, 7, nothing_supplied, key);
    SuppliedData supplied;
    supplied.inputs = numbered(4, 10, 0.0);
    supplied.test_targets = numbered(2, 7, 0.0);

    const Problem problem = make_problem(network, some_teacher(), 10, 7, supplied, key);

    EXPECT_EQ(largest_difference(problem.X_test, random.X_test), 0.0);
    EXPECT_GT(largest_difference(problem.X, random.X), 0.0);
    EXPECT_GT(largest_difference(problem.Y, random.Y), 0.0);
}

}  // namespace
}  // namespace curldescent
