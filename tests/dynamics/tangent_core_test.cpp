#include "curldescent/dynamics/tangent_core.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <iomanip>
#include <iostream>
#include <memory>
#include <numeric>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "curldescent/dynamics/batches.hpp"
#include "curldescent/dynamics/width_reduction.hpp"
#include "support/allocation_count.hpp"
#include "support/core_comparison.hpp"
#include "support/learning_map_cases.hpp"
#include "support/matrices.hpp"

namespace curldescent {
namespace {

using Case = LearningMapCase;

constexpr double tolerance = 1e-11;  // rounding over some 50 to 100 updates
constexpr Network small{.inputs = 5, .hidden = 9, .outputs = 1};

std::unique_ptr<TangentCore> core_of(CoreKind kind, const Student& student, const Problem& problem,
                                     const Matrix& tangents) {
    std::unique_ptr<TangentCore> core = make_tangent_core(kind, student, problem);
    core->set_tangents(tangents);
    return core;
}

/// The largest error of a tangent, as a share of its largest entry.
double difference(const Matrix& actual, const Matrix& expected) {
    double largest = actual.cols() == expected.cols() ? 0.0 : 1.0;
    for (Index k = 0; k < expected.cols(); ++k) {
        largest = std::max(largest, relative_error(actual.col(k), expected.col(k)));
    }
    return largest;
}

class AnyTangentCore : public testing::TestWithParam<CoreKind> {};

TEST_P(AnyTangentCore, ReturnsTheTangentsItWasGiven) {
    const Case& fixture = learning_map_cases().front();
    const Matrix tangents = random_tangents(fixture.student.network, 3);
    const auto core = core_of(GetParam(), fixture.student, fixture.problem, tangents);

    EXPECT_EQ(core->tangents(), tangents);
    core->set_tangents(Matrix());
    EXPECT_EQ(core->tangents().cols(), 0);
}

TEST_P(AnyTangentCore, MovesItsWeightsAsIfItCarriedNothing) {
    for (const Case& fixture : learning_map_cases()) {
        const auto [network, plasticity, signs, feedback, step, start] = fixture.student;
        const auto alone = make_core(GetParam(), fixture.student, fixture.problem);
        const auto carrying = core_of(GetParam(), fixture.student, fixture.problem, random_tangents(network, 2));
        make_updates(*alone, fixture);
        make_updates(*carrying, fixture);

        EXPECT_EQ(largest_difference(carrying->weights(), alone->weights()), 0.0) << fixture.name;
        EXPECT_EQ(carrying->take_squared_error(), alone->take_squared_error()) << fixture.name;
    }
}

TEST_P(AnyTangentCore, TakesNewTangentsInTheMiddleOfARun) {
    const CoreSetting setting{.network = small, .samples = 20, .batch = 6};
    const Problem problem = problem_of(setting);
    const Student student = student_of(setting);
    const Matrix tangents = random_tangents(small, 2);
    const auto expected = core_of(CoreKind::plain, student, problem, Matrix());
    const auto actual = core_of(GetParam(), student, problem, random_tangents(small, 5));
    difference_along(*actual, *expected, problem, setting.batch, 13);
    actual->set_tangents(tangents);
    expected->set_tangents(tangents);

    EXPECT_LE(tangent_difference_along(*actual, *expected, problem, setting.batch, 30), tolerance);
}

TEST_P(AnyTangentCore, MovesTangentsThatTheConstraintKeepsOnBothSpheres) {
    const CoreSetting setting{.network = small, .samples = 20, .batch = 6};
    const Problem problem = problem_of(setting);
    const auto core = core_of(GetParam(), student_of(setting), problem, random_tangents(small, 3));
    updates_to_overflow(*core, problem, setting.batch, 100);

    const Weights weights = core->weights();
    const Matrix tangents = core->tangents();
    for (Index k = 0; k < 3; ++k) {
        const Vector tangent = tangents.col(k).normalized();
        EXPECT_NEAR(tangent.head(45).dot(weights.W1.reshaped()) / weights.W1.norm(), 0.0, 1e-14);
        EXPECT_NEAR(tangent.tail(9).dot(weights.W2.reshaped()) / weights.W2.norm(), 0.0, 1e-14);
    }
}

TEST_P(AnyTangentCore, LetsTangentsOverflow) {
    for (const bool constraint : {false, true}) {
        for (const Activation activation : {Activation::linear, Activation::relu}) {
            CoreSetting setting{.network = small,
                                .plasticity = {.hidden_flips = 3, .norm_constraint = constraint},
                                .samples = 20,
                                .batch = 20};
            setting.network.activation = activation;
            const Problem problem = problem_of(setting);
            const auto core = core_of(GetParam(), student_of(setting), problem, 1e308 * random_tangents(small, 2));
            updates_to_overflow(*core, problem, setting.batch, 20);

            EXPECT_FALSE(core->tangents().allFinite());
            EXPECT_TRUE(core->finite());
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Kinds, AnyTangentCore, testing::Values(CoreKind::fast, CoreKind::plain),
                         [](const auto& kind) { return std::string(to_string(kind.param)); });

TEST(TangentCore, FollowsTheTangentMapInAllCases) {
    double largest = 0.0;
    ASSERT_GE(learning_map_cases().size(), 54U);
    for (const Case& fixture : learning_map_cases()) {
        for (const Index count : {1, 3, 10}) {
            const Matrix tangents = random_tangents(fixture.student.network, count);
            const auto plain = core_of(CoreKind::plain, fixture.student, fixture.problem, tangents);
            const auto fast = core_of(CoreKind::fast, fixture.student, fixture.problem, tangents);
            EXPECT_GE(make_updates(*plain, fixture), 50);
            make_updates(*fast, fixture);
            const double error = difference(fast->tangents(), plain->tangents());
            EXPECT_LE(error, tolerance) << fixture.name << ", " << count << " tangents";
            largest = std::max(largest, error);
        }
    }
    std::ostringstream text;
    text << std::setprecision(2) << largest;
    RecordProperty("largest_relative_error", text.str());
    std::cout << "tangent core: " << learning_map_cases().size() << " cases, largest relative error " << text.str()
              << '\n';
}

TEST(TangentCore, FollowsTheTangentMapWhereOneOrBothLayersStartAtZero) {
    for (const Activation activation : {Activation::linear, Activation::tanh}) {
        for (const bool constraint : {false, true}) {
            CoreSetting setting{.network = small,
                                .plasticity = {.hidden_flips = 2, .norm_constraint = constraint},
                                .samples = 20,
                                .batch = 6};
            setting.network.activation = activation;
            const Problem problem = problem_of(setting);
            for (const auto& [hidden, readout] : {std::pair{0.0, 1.0}, std::pair{1.0, 0.0}, std::pair{0.0, 0.0}}) {
                Student student = student_of(setting);
                student.start.W1 *= hidden;
                student.start.W2 *= readout;
                const Matrix tangents = random_tangents(setting.network, 3);
                const auto plain = core_of(CoreKind::plain, student, problem, tangents);
                const auto fast = core_of(CoreKind::fast, student, problem, tangents);
                EXPECT_LE(tangent_difference_along(*fast, *plain, problem, setting.batch, 30), tolerance)
                    << description(setting) << ", layers times " << hidden << " and " << readout;
            }
        }
    }
}

TEST(TangentCore, WouldBeSeenToDifferByAnotherStudent) {
    const Case& fixture = learning_map_cases().front();
    const Matrix tangents = random_tangents(fixture.student.network, 1);
    Student other = fixture.student;
    other.start.W1(0, 0) += 1e-9;
    const auto plain = core_of(CoreKind::plain, fixture.student, fixture.problem, tangents);
    const auto fast = core_of(CoreKind::fast, other, fixture.problem, tangents);
    make_updates(*plain, fixture);
    make_updates(*fast, fixture);

    EXPECT_GT(difference(fast->tangents(), plain->tangents()), tolerance);
}

/// The allocations of five updates, behind five others.
std::int64_t allocations_of(CoreKind kind, const CoreSetting& setting) {
    const Problem problem = problem_of(setting);
    const auto core = core_of(kind, student_of(setting), problem, random_tangents(setting.network, 3));
    Batches batches(problem, setting.batch);
    std::vector<Index> order(static_cast<std::size_t>(setting.samples));
    std::iota(order.begin(), order.end(), Index{0});
    std::int64_t before = 0;
    for (std::int64_t update = 0; update < 10; ++update) {
        if (update == 5) before = allocation_count();
        core->update(batches.gather(order, update % batches.count()));
    }
    return allocation_count() - before;
}

TEST(TangentCore, AllocatesNothingInAnUpdate) {
    for (std::uint64_t index = 1; index <= 100; ++index) {
        CoreSetting setting = random_setting(index);
        EXPECT_EQ(allocations_of(CoreKind::fast, setting), 0) << description(setting);

        setting.network.activation = Activation::linear;
        setting.network.outputs = 1;
        setting.plasticity.readout_flips = 0;
        EXPECT_EQ(allocations_of(CoreKind::fast, setting), 0) << description(setting);
        EXPECT_GT(allocations_of(CoreKind::plain, setting), 0);  // would be seen
    }
}

/// The tangent of the full student that a tangent of the reduced one stands for: `recover_weights` is linear in what it
/// recovers.
Matrix recover_tangents(const Student& student, const Network& reduced, const Matrix& tangents) {
    const auto& [M, N, O, phi, phi_out] = reduced;
    Matrix full(weight_count(student.network), tangents.cols());
    for (Index k = 0; k < tangents.cols(); ++k) {
        const auto column = tangents.col(k);
        const Weights one = recover_weights(
            student, {.W1 = column.head(N * M).reshaped(N, M), .W2 = column.tail(O * N).reshaped(O, N)});
        full.col(k) << one.W1.reshaped(), one.W2.reshaped();
    }
    return full;
}

TEST(TangentCore, CarriesTheTangentsOfAReducedStudentAsThoseOfTheFullOne) {
    for (const Rule rule : {Rule::curl_descent, Rule::curl_feedback_alignment}) {
        for (const Index outputs : {1, 2}) {
            const CoreSetting setting{.network = {.inputs = 3, .hidden = 40, .outputs = outputs},
                                      .plasticity = {.hidden_flips = 1, .readout_flips = 17},
                                      .rule = rule,
                                      .samples = 20,
                                      .batch = 7};
            const Problem problem = problem_of(setting);
            const Student student = student_of(setting);
            const Student reduced = reduce_width(student);
            ASSERT_LE(reduced.network.hidden, 14);
            const Matrix tangents = random_tangents(reduced.network, 3);
            const auto narrow = core_of(CoreKind::fast, reduced, problem, tangents);
            const auto full =
                core_of(CoreKind::fast, student, problem, recover_tangents(student, reduced.network, tangents));
            updates_to_overflow(*narrow, problem, setting.batch, 30);
            updates_to_overflow(*full, problem, setting.batch, 30);

            const Matrix recovered = recover_tangents(student, reduced.network, narrow->tangents());
            EXPECT_LE(difference(full->tangents(), recovered), tolerance) << description(setting);
            EXPECT_LE(relative_error(full->tangents().colwise().norm(), narrow->tangents().colwise().norm()), 1e-12);
        }
    }
}

}  // namespace
}  // namespace curldescent
