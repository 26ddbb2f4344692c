#include "curldescent/analysis/field_jacobian.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "curldescent/dynamics/tangent_map.hpp"
#include "support/learning_map_cases.hpp"
#include "support/matrices.hpp"

namespace curldescent {
namespace {

constexpr double rounding = 1e-13;

/// y_hat = w2 w1 x with D1 = 1, D2 = -1, x = 1, y = 1 at w1 = 2, w2 = 3. With e = w1 w2 - 1 = 5 the field is
/// (-e w2, e w1), and J = -D H of the Hessian H = ((w2^2, e + w1 w2), (e + w1 w2, w1^2)).
const Student curl_student{.network = {.inputs = 1, .hidden = 1},
                           .plasticity = {.readout_flips = 1, .norm_constraint = true},
                           .signs = {.D1 = Vector::Ones(1), .D2 = -Vector::Ones(1)},
                           .feedback = Matrix(),
                           .step = {.learning_rate = 0.1, .batch = 1, .samples = 1},
                           .start = {.W1 = Matrix{{2.0}}, .W2 = Matrix{{3.0}}}};
const Problem scalar_problem{.X = Matrix{{1.0}}, .Y = Matrix{{1.0}}, .X_test = {}, .Y_test = {}};

TEST(FieldJacobian, OfALinearCurlDescentNetworkIsMinusDH) {
    const FieldJacobian jacobian(curl_student, curl_student.start, scalar_problem);

    EXPECT_LE(largest_difference(jacobian.matrix(), Matrix{{-9.0, -11.0}, {11.0, 4.0}}), rounding);
}

TEST(FieldJacobian, IsSymmetricForGradientDescentAndMinusItsRowsForFlips) {
    for (const LearningMapCase& fixture : learning_map_cases()) {
        Student gradient = fixture.student;
        if (gradient.feedback.size() > 0 || gradient.plasticity.side != FlipSide::presynaptic) continue;
        gradient.plasticity.output_delta = OutputDelta::gradient;
        gradient.signs.D1.setOnes();
        gradient.signs.D2.setOnes();
        Student flipped = gradient;
        flipped.signs.D1[0] = -1.0;  // of the first input, whose weights come first
        const Index first_input = gradient.network.hidden;

        Matrix J = FieldJacobian(gradient, gradient.start, fixture.problem).matrix();
        EXPECT_LE(largest_difference(J, J.transpose()), rounding) << fixture.name;

        J.topRows(first_input) *= -1.0;
        EXPECT_LE(largest_difference(FieldJacobian(flipped, flipped.start, fixture.problem).matrix(), J), rounding)
            << fixture.name;
        EXPECT_GT(largest_difference(J, J.transpose()), 1e-3) << fixture.name;
    }
}

/// What one full-batch update of rate 1 without constraint adds to each tangent.
Matrix by_tangent_map(const LearningMapCase& fixture, const Matrix& V) {
    Student unit = fixture.student;
    unit.plasticity.norm_constraint = false;
    const Index samples = fixture.problem.X.cols();
    unit.step = {.learning_rate = 1.0, .batch = samples, .samples = samples};
    std::vector<Weights> tangents;
    for (Index k = 0; k < V.cols(); ++k) tangents.push_back(unflattened(V.col(k), unit.start));
    TangentMap(unit).propagate(tangents, unit.start, fixture.problem.X, fixture.problem.Y);
    Matrix added = -V;
    for (Index k = 0; k < V.cols(); ++k) added.col(k) += flattened(tangents[static_cast<std::size_t>(k)]);
    return added;
}

TEST(FieldJacobian, IsThatOfTheLearningMapsTangents) {
    ASSERT_GT(learning_map_cases().size(), 4U);
    for (const LearningMapCase& fixture : learning_map_cases()) {
        const FieldJacobian jacobian(fixture.student, fixture.student.start, fixture.problem);
        const Matrix identity = Matrix::Identity(jacobian.size(), jacobian.size());
        const Matrix expected = by_tangent_map(fixture, identity);

        EXPECT_LE(largest_difference(jacobian.times(identity), expected), rounding) << fixture.name;
        EXPECT_LE(largest_difference(jacobian.matrix(), expected), rounding) << fixture.name;
    }
}

TEST(FieldJacobian, MultipliesManyVectorsAsOneByOne) {
    const FieldJacobian jacobian(curl_student, curl_student.start, scalar_problem);
    const Matrix V{{1.0, 0.5, -2.0}, {0.0, 2.0, 1.0}};

    EXPECT_LE(largest_difference(jacobian.times(V), jacobian.matrix() * V), rounding);
}

TEST(Flattened, IsUndoneByUnflattened) {
    const Weights weights{.W1 = Matrix{{1.0, 2.0, 3.0}, {4.0, 5.0, 6.0}}, .W2 = Matrix{{7.0, 8.0}}};
    const Vector entries = flattened(weights);

    EXPECT_EQ(largest_difference(entries.transpose(), Matrix{{1.0, 4.0, 2.0, 5.0, 3.0, 6.0, 7.0, 8.0}}), 0.0);
    EXPECT_EQ(largest_difference(unflattened(entries, weights), weights), 0.0);
}

}  // namespace
}  // namespace curldescent
