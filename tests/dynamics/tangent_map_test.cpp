#include "curldescent/dynamics/tangent_map.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iomanip>
#include <iostream>
#include <ostream>
#include <sstream>

#include "curldescent/model/random.hpp"
#include "support/learning_map_cases.hpp"
#include "support/matrices.hpp"

namespace curldescent {
namespace {

using Case = LearningMapCase;

Weights sum(const Weights& weights, double factor, const Weights& tangent) {
    return {.W1 = weights.W1 + factor * tangent.W1, .W2 = weights.W2 + factor * tangent.W2};
}

Weights random_tangent(const Weights& weights) {
    Weights tangent = weights;
    RandomStream stream({.seed = 3}, Stream::student_hidden);
    for (double& entry : tangent.W1.reshaped()) entry = stream.next_normal();
    for (double& entry : tangent.W2.reshaped()) entry = stream.next_normal();
    return tangent;
}

Weights updated(const Student& student, const Weights& weights, const Matrix& X, const Matrix& Y) {
    LearningMap map(student.network, student.plasticity, student.signs, student.feedback, student.step, student.start);
    Weights result = weights;
    map.update(result, X, Y);
    return result;
}

/// (f(w + h v) - f(w - h v)) / 2 h of the learning map: off by about h^2 and epsilon / h, 1e-10 in all.
Weights central_difference(const Student& student, const Weights& tangent, const Matrix& X, const Matrix& Y) {
    constexpr double h = 1e-5;
    const Weights above = updated(student, sum(student.start, h, tangent), X, Y);
    const Weights below = updated(student, sum(student.start, -h, tangent), X, Y);
    return {.W1 = (above.W1 - below.W1) / (2.0 * h), .W2 = (above.W2 - below.W2) / (2.0 * h)};
}

class TangentMapOfFixture : public testing::TestWithParam<Case> {};

TEST_P(TangentMapOfFixture, IsTheCentralDifferenceOfTheLearningMap) {
    const Case& fixture = GetParam();
    // The differences stand out from the identity when the step is large.
    Student student = fixture.student;
    student.step.learning_rate = 10.0;
    const Index batch = std::min(student.step.batch, fixture.problem.X.cols());
    const Matrix X = fixture.problem.X.leftCols(batch);
    const Matrix Y = fixture.problem.Y.leftCols(batch);
    const Weights tangent = random_tangent(student.start);
    const Weights expected = central_difference(student, tangent, X, Y);

    std::array<Weights, 1> propagated{tangent};
    TangentMap(student).propagate(propagated, student.start, X, Y);

    constexpr double tolerance = 1e-8;  // of central differences
    EXPECT_LE(relative_error(propagated[0].W1, expected.W1), tolerance);
    EXPECT_LE(relative_error(propagated[0].W2, expected.W2), tolerance);
    EXPECT_GT(largest_difference(expected, tangent), 1e-3);  // the update matters here
}

INSTANTIATE_TEST_SUITE_P(Reference, TangentMapOfFixture, testing::ValuesIn(learning_map_cases()));

TEST(TangentMap, IsTheCentralDifferenceOfTheLearningMapInAllCases) {
    double largest = 0.0;
    ASSERT_GE(learning_map_cases().size(), 54U);
    for (const Case& fixture : learning_map_cases()) {
        const Student& student = fixture.student;
        const auto& [X, Y, X_test, Y_test, map] = fixture.problem;
        const Weights tangent = random_tangent(student.start);
        const Weights expected = central_difference(student, tangent, X, Y);
        std::array<Weights, 1> propagated{tangent};
        TangentMap(student).propagate(propagated, student.start, X, Y);
        largest = std::max(
            {largest, relative_error(propagated[0].W1, expected.W1), relative_error(propagated[0].W2, expected.W2)});
    }
    EXPECT_LT(largest, 1e-6);
    std::ostringstream text;
    text << std::setprecision(2) << largest;
    RecordProperty("largest_relative_error", text.str());
    std::cout << "tangent: " << learning_map_cases().size() << " cases, largest relative error " << text.str() << '\n';
}

/// y_hat = w2 w1 x for x = 1, y = 1, at w1 = 2, w2 = 3: E = 5 and d(dw) = -eta ((w2^2, 2 w1 w2 - 1), ...) v.
TEST(TangentMap, OfAScalarLinearNetworkIsTheIdentityMinusTheHessian) {
    const Student student{.network = {.inputs = 1, .hidden = 1},
                          .plasticity = {.norm_constraint = false},
                          .signs = {.D1 = Vector::Ones(1), .D2 = Vector::Ones(1)},
                          .feedback = Matrix(),
                          .step = {.learning_rate = 0.01, .batch = 1, .samples = 1},
                          .start = {.W1 = Matrix{{2.0}}, .W2 = Matrix{{3.0}}}};
    std::array<Weights, 1> tangents{{{.W1 = Matrix{{1.0}}, .W2 = Matrix{{0.0}}}}};

    TangentMap(student).propagate(tangents, student.start, Matrix{{1.0}}, Matrix{{1.0}});

    EXPECT_DOUBLE_EQ(tangents[0].W1(0, 0), 1.0 - 0.01 * 9.0);
    EXPECT_DOUBLE_EQ(tangents[0].W2(0, 0), -0.01 * (5.0 + 6.0));
}

TEST(TangentMap, CarriesEveryTangentAsIfAlone) {
    const Case& fixture = learning_map_cases().front();
    const Weights& start = fixture.student.start;
    std::array<Weights, 2> together{random_tangent(start), start};
    std::array<Weights, 1> alone{start};

    TangentMap(fixture.student).propagate(together, start, fixture.problem.X, fixture.problem.Y);
    TangentMap(fixture.student).propagate(alone, start, fixture.problem.X, fixture.problem.Y);

    EXPECT_EQ(largest_difference(together[1], alone[0]), 0.0);
}

}  // namespace
}  // namespace curldescent
