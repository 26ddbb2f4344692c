#include <gtest/gtest.h>

#include <Eigen/QR>
#include <algorithm>
#include <iomanip>
#include <iostream>
#include <memory>
#include <ostream>
#include <sstream>
#include <vector>

#include "curldescent/dynamics/fused_core.hpp"
#include "curldescent/dynamics/rank_one_core.hpp"
#include "curldescent/dynamics/width_reduction.hpp"
#include "support/learning_map_cases.hpp"
#include "support/matrices.hpp"

namespace curldescent {
namespace {

using Case = LearningMapCase;

bool has_linear_units(const Case& fixture) {
    return fixture.student.network.activation == Activation::linear;
}

bool fits_rank_one(const Case& fixture) {
    return has_linear_units(fixture) && fixture.student.network.outputs == 1;
}

/// The cases, at least one, that a way of computing them can take.
template <class Predicate>
std::vector<Case> cases_where(Predicate predicate) {
    std::vector<Case> chosen;
    for (const Case& fixture : learning_map_cases()) {
        if (predicate(fixture)) chosen.push_back(fixture);
    }
    return chosen;
}

LearningMapErrors errors_with(Core& core, const Case& fixture) {
    EXPECT_GE(make_updates(core, fixture), 50);
    return errors_of(fixture, core.weights());
}

LearningMapErrors errors_fast(const Case& fixture) {
    return errors_with(*make_core(CoreKind::fast, fixture.student, fixture.problem), fixture);
}

LearningMapErrors errors_fused(const Case& fixture) {
    FusedCore core(fixture.student);
    return errors_with(core, fixture);
}

LearningMapErrors errors_reduced(const Case& fixture) {
    const std::unique_ptr<Core> core = make_core(CoreKind::fast, reduce_width(fixture.student), fixture.problem);
    EXPECT_GE(make_updates(*core, fixture), 50);
    return errors_of(fixture, recover_weights(fixture.student, core->weights()));
}

/// The map w_T with Y = w_T X, or none where the targets are not linear in the inputs.
Matrix teacher_map_of(const Case& fixture) {
    if (fixture.student.network.output_activation != Activation::linear) return {};
    const auto& [X, Y, X_test, Y_test, none] = fixture.problem;
    const Matrix map = X.transpose().colPivHouseholderQr().solve(Y.transpose()).transpose();
    return relative_error(map * X, Y) < 1e-14 ? map : Matrix();
}

LearningMapErrors errors_with_teacher_map(const Case& fixture) {
    Problem problem = fixture.problem;
    problem.teacher_map = teacher_map_of(fixture);
    RankOneCore core(fixture.student, problem);
    return errors_with(core, fixture);
}

bool always(const Case& /*fixture*/) {
    return true;
}

bool has_teacher_map(const Case& fixture) {
    return fits_rank_one(fixture) && teacher_map_of(fixture).size() > 0;
}

/// A way to compute a case.
struct Way {
    const char* name;
    LearningMapErrors (*errors)(const Case&);
    bool (*takes)(const Case&);
    std::size_t least_cases;
};

void PrintTo(const Way& way, std::ostream* stream) {
    *stream << way.name;
}

class CoreFixture : public testing::TestWithParam<Way> {};

TEST_P(CoreFixture, RepeatsTheReferenceInAllCases) {
    const auto& [name, errors, takes, least_cases] = GetParam();
    const std::vector<Case> cases = cases_where(takes);
    ASSERT_GE(cases.size(), least_cases);

    double largest = 0.0;
    for (const Case& fixture : cases) {
        const double error = errors(fixture).largest();
        EXPECT_LE(error, reference_tolerance) << fixture.name;
        largest = std::max(largest, error);
    }

    std::ostringstream text;
    text << std::setprecision(2) << largest;
    RecordProperty("largest_relative_error", text.str());
    std::cout << name << ": " << cases.size() << " cases, largest relative error " << text.str() << '\n';
}

INSTANTIATE_TEST_SUITE_P(Reference, CoreFixture,
                         testing::Values(Way{"fast", errors_fast, always, 54}, Way{"fused", errors_fused, always, 54},
                                         Way{"reduced", errors_reduced, has_linear_units, 8},
                                         Way{"teacher_map", errors_with_teacher_map, has_teacher_map, 4}),
                         testing::PrintToStringParamName());

TEST(CoreFixtures, IncludeBatchesAndNetworksOfEveryKind) {
    const auto count = [](auto predicate) { return cases_where(predicate).size(); };

    EXPECT_GE(count([](const Case& c) { return c.student.step.batch == c.problem.X.cols(); }), 1U);
    EXPECT_GE(count([](const Case& c) { return c.problem.X.cols() % c.student.step.batch > 0; }), 1U);
    EXPECT_GE(count([](const Case& c) { return c.student.feedback.size() > 0; }), 1U);
    EXPECT_GE(count([](const Case& c) { return c.student.plasticity.norm_constraint; }), 1U);
    EXPECT_GE(count([](const Case& c) { return c.student.network.outputs > 1; }), 1U);
}

TEST(CoreFixtures, AreRefusedWhenAnInputIsAltered) {
    Case altered = learning_map_cases().at(0);
    altered.problem.X(0, 0) += 1e-6;

    EXPECT_GT(errors_fast(altered).largest(), reference_tolerance);
    EXPECT_GT(errors_fused(altered).largest(), reference_tolerance);
}

}  // namespace
}  // namespace curldescent
