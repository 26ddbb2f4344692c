#include "curldescent/dynamics/core.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <ostream>
#include <vector>

#include "curldescent/dynamics/fused_core.hpp"
#include "curldescent/dynamics/rank_one_core.hpp"
#include "curldescent/model/lanes.hpp"
#include "support/core_comparison.hpp"
#include "support/learning_map_cases.hpp"
#include "support/matrices.hpp"

namespace curldescent {
namespace {

Network network_of(Activation activation, Index outputs) {
    return {.inputs = 3, .hidden = 4, .outputs = outputs, .activation = activation};
}

/// Whether the core for students of this network is of the class named.
template <class Expected>
bool makes(CoreKind kind, const Network& network) {
    const CoreSetting setting{.network = network};
    const std::unique_ptr<Core> core = make_core(kind, student_of(setting), problem_of(setting));
    return dynamic_cast<const Expected*>(core.get()) != nullptr;
}

TEST(MakeCore, ChoosesRankOneForLinearUnitsAndOneOutput) {
    EXPECT_TRUE(makes<RankOneCore>(CoreKind::fast, network_of(Activation::linear, 1)));

    Network network = network_of(Activation::linear, 1);
    network.output_activation = Activation::tanh;
    EXPECT_TRUE(makes<RankOneCore>(CoreKind::fast, network));
}

TEST(MakeCore, ChoosesFusedForEverythingElse) {
    EXPECT_TRUE(makes<FusedCore>(CoreKind::fast, network_of(Activation::linear, 2)));
    EXPECT_TRUE(makes<FusedCore>(CoreKind::fast, network_of(Activation::tanh, 1)));
    EXPECT_TRUE(makes<FusedCore>(CoreKind::fast, network_of(Activation::relu, 3)));
    EXPECT_TRUE(makes<FusedCore>(CoreKind::fast, network_of(Activation::sigmoid, 1)));
}

TEST(MakeCore, ChoosesNeitherForPlain) {
    for (const Index outputs : {1, 2}) {
        EXPECT_FALSE(makes<RankOneCore>(CoreKind::plain, network_of(Activation::linear, outputs)));
        EXPECT_FALSE(makes<FusedCore>(CoreKind::plain, network_of(Activation::linear, outputs)));
    }
}

TEST(PlainCore, IsTheLearningMapToTheLastBit) {
    ASSERT_GE(learning_map_cases().size(), 24U);
    for (const LearningMapCase& fixture : learning_map_cases()) {
        const auto& [network, plasticity, signs, feedback, step, start] = fixture.student;
        const std::unique_ptr<Core> core = make_core(CoreKind::plain, fixture.student, fixture.problem);
        LearningMap map(network, plasticity, signs, feedback, step, start);
        Weights weights = start;
        double squared_error = 0.0;
        for (const std::vector<Index>& order : fixture.order) {
            for (Index first = 0; first < step.samples; first += step.batch) {
                const auto batch = Eigen::seqN(first, std::min(step.batch, step.samples - first));
                const Matrix X_b = fixture.problem.X(Eigen::all, order)(Eigen::all, batch);
                const Matrix Y_b = fixture.problem.Y(Eigen::all, order)(Eigen::all, batch);
                squared_error += map.update(weights, X_b, Y_b);
            }
        }
        make_updates(*core, fixture);

        EXPECT_EQ(largest_difference(core->weights(), weights), 0.0) << fixture.name;
        EXPECT_EQ(core->take_squared_error(), squared_error) << fixture.name;
    }
}

/// Every class of core, each for a student of one linear input, unit and output.
enum class Kind { plain, fused, rank_one, rank_one_with_teacher };

void PrintTo(Kind kind, std::ostream* stream) {
    constexpr std::array names{"plain", "fused", "rank_one", "rank_one_with_teacher"};
    *stream << names.at(static_cast<std::size_t>(kind));
}

struct CoreOfOneUnit {
    Problem problem;
    std::unique_ptr<Core> core;
    Matrix X_padded;

    void update() { core->update({X_padded, problem.Y}); }
};

/// With the sample x = 1 and target y.
CoreOfOneUnit core_of(Kind kind, const Weights& start, double y, double learning_rate) {
    const Network network{.inputs = 1, .hidden = 1, .outputs = 1};
    const Plasticity plasticity{.norm_constraint = false};
    const Student student{
        network, plasticity, make_signs(network, plasticity, Rule::gradient_descent), Matrix(), {learning_rate, 1, 1},
        start};
    CoreOfOneUnit one{.problem = {.X = Matrix{{1.0}}, .Y = Matrix{{y}}, .X_test = {}, .Y_test = {}},
                      .core = nullptr,
                      .X_padded = Matrix::Zero(padded(1), 1)};
    one.X_padded(0, 0) = 1.0;
    if (kind == Kind::rank_one_with_teacher) one.problem.teacher_map = Matrix{{y}};
    if (kind == Kind::plain) one.core = make_core(CoreKind::plain, student, one.problem);
    if (kind == Kind::fused) one.core = std::make_unique<FusedCore>(student);
    if (kind == Kind::rank_one || kind == Kind::rank_one_with_teacher) {
        one.core = std::make_unique<RankOneCore>(student, one.problem);
    }
    return one;
}

class AnyCore : public testing::TestWithParam<Kind> {};

TEST_P(AnyCore, StartsAtItsStudentsWeights) {
    const CoreOfOneUnit one = core_of(GetParam(), {.W1 = Matrix{{2.0}}, .W2 = Matrix{{3.0}}}, 5.0, 0.1);

    EXPECT_EQ(one.core->weights().W1, Matrix{{2.0}});
    EXPECT_EQ(one.core->weights().W2, Matrix{{3.0}});
    EXPECT_TRUE(one.core->finite());
    EXPECT_EQ(one.core->take_squared_error(), 0.0);
}

TEST_P(AnyCore, ComputesBothIncrementsFromTheOldWeights) {
    CoreOfOneUnit one = core_of(GetParam(), {.W1 = Matrix{{2.0}}, .W2 = Matrix{{3.0}}}, 5.0, 0.1);

    one.update();  // E = 1

    EXPECT_DOUBLE_EQ(one.core->weights().W1(0, 0), 2.0 - 0.1 * 3.0);
    EXPECT_DOUBLE_EQ(one.core->weights().W2(0, 0), 3.0 - 0.1 * 2.0);
}

TEST_P(AnyCore, AddsTheSquaredErrorsBeforeEachUpdateUntilTheyAreTaken) {
    CoreOfOneUnit one = core_of(GetParam(), {.W1 = Matrix{{2.0}}, .W2 = Matrix{{3.0}}}, 4.0, 0.1);

    one.update();  // E = 2, then W1 = 1.4 and W2 = 2.6
    EXPECT_EQ(one.core->take_squared_error(), 4.0);
    EXPECT_EQ(one.core->take_squared_error(), 0.0);

    one.update();  // E = 3.64 - 4, then W1 = 1.4936 and W2 = 2.6504
    one.update();
    const double next = 1.4936 * 2.6504 - 4.0;
    EXPECT_NEAR(one.core->take_squared_error(), 0.36 * 0.36 + next * next, 1e-14);  // a few roundings
}

TEST_P(AnyCore, IsNotFiniteWhenEitherLayerAloneOverflows) {
    const Weights hidden_overflows{.W1 = Matrix{{0.0}}, .W2 = Matrix{{1e200}}};   // dW1 = 1e350, dW2 = 0
    const Weights readout_overflows{.W1 = Matrix{{1e200}}, .W2 = Matrix{{0.0}}};  // the other way round

    for (const Weights& start : {hidden_overflows, readout_overflows}) {
        CoreOfOneUnit one = core_of(GetParam(), start, 1e150, 1.0);
        EXPECT_TRUE(one.core->finite());

        one.update();

        EXPECT_FALSE(one.core->finite());
        EXPECT_NE(one.core->weights().W1.allFinite(), one.core->weights().W2.allFinite());
    }
}

TEST_P(AnyCore, IsFiniteWhereOnlySquaresOfWeightsOverflow) {
    const Weights large_hidden{.W1 = Matrix{{1e200}}, .W2 = Matrix{{1e-200}}};
    const Weights large_readout{.W1 = Matrix{{1e-200}}, .W2 = Matrix{{1e200}}};

    for (const Weights& start : {large_hidden, large_readout}) {
        CoreOfOneUnit one = core_of(GetParam(), start, 1.0, 1e-10);
        one.update();

        EXPECT_TRUE(one.core->finite());
        EXPECT_TRUE(one.core->weights().W1.allFinite());
        EXPECT_TRUE(one.core->weights().W2.allFinite());
    }
}

TEST(Core, GoesOnFromWeightsThatAreSet) {
    constexpr double tolerance = 1e-12;  // the scales of padded weights round, and a few updates carry that on
    for (std::uint64_t index = 0; index < 60; ++index) {
        CoreSetting setting = random_setting(index);
        setting.learning_rate = 0.05;
        const Student student = student_of(setting);
        const Problem problem = problem_of(setting);
        for (const CoreKind kind : {CoreKind::plain, CoreKind::fast}) {
            const auto first = make_core(kind, student, problem);
            const auto second = make_core(kind, student, problem);
            const auto third = make_core(kind, student, problem);
            difference_along(*first, *third, problem, setting.batch, 3);

            second->set_weights(first->weights());

            EXPECT_LT(difference_along(*second, *first, problem, setting.batch, 3).weights, tolerance)
                << description(setting);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Kinds, AnyCore,
                         testing::Values(Kind::plain, Kind::fused, Kind::rank_one, Kind::rank_one_with_teacher),
                         testing::PrintToStringParamName());

}  // namespace
}  // namespace curldescent
