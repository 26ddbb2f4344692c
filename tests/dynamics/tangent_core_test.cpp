#include "curldescent/dynamics/tangent_core.hpp"

#include <gtest/gtest.h>

#include "support/learning_map_cases.hpp"

namespace curldescent {
namespace {

TEST(TangentCore, ReturnsTheTangentsItWasGiven) {
    const LearningMapCase& fixture = learning_map_cases().front();
    const auto core = make_tangent_core(CoreKind::plain, fixture.student, fixture.problem);
    const Matrix tangents = Matrix::Random(weight_count(fixture.student.network), 3);

    core->set_tangents(tangents);
    EXPECT_EQ(core->tangents(), tangents);

    core->set_tangents(Matrix());
    EXPECT_EQ(core->tangents().cols(), 0);
}

}  // namespace
}  // namespace curldescent
