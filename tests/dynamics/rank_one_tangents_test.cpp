#include <gtest/gtest.h>

#include <algorithm>
#include <iomanip>
#include <iostream>
#include <memory>
#include <sstream>

#include "curldescent/dynamics/rank_one_core.hpp"
#include "support/core_comparison.hpp"
#include "support/matrices.hpp"

namespace curldescent {
namespace {

constexpr double tolerance = 1e-11;  // rounding over 30 updates, in which it may grow some hundredfold
constexpr std::int64_t updates = 30;

/// Whether the core knows the map w_T of a linear teacher.
enum class Teacher { known, unknown };

double difference_from_plain(const CoreSetting& setting, Teacher teacher, Index tangents) {
    Problem problem = problem_of(setting);
    if (teacher == Teacher::unknown) problem.teacher_map.resize(0, 0);
    const Student student = student_of(setting);
    const auto plain = make_tangent_core(CoreKind::plain, student, problem);
    RankOneCore fast(student, problem);
    for (TangentCore* core : {plain.get(), static_cast<TangentCore*>(&fast)}) {
        core->set_tangents(random_tangents(setting.network, tangents));
    }
    return tangent_difference_along(fast, *plain, problem, setting.batch, updates);
}

TEST(RankOneTangents, FollowTheTangentMapInRandomSettings) {
    double largest = 0.0;
    for (std::uint64_t index = 1; index <= random_settings; ++index) {
        CoreSetting setting = random_setting(index);
        setting.network.activation = Activation::linear;
        setting.network.outputs = 1;
        if (index % 2 == 0) setting.network.output_activation = Activation::linear;
        setting.plasticity.readout_flips =
            std::min(setting.plasticity.readout_flips, readout_sign_count(setting.network, setting.plasticity.side));
        const bool has_teacher = setting.network.output_activation == Activation::linear && index % 4 == 0;

        const Index tangents = 1 + static_cast<Index>(index % 11);
        const double difference =
            difference_from_plain(setting, has_teacher ? Teacher::known : Teacher::unknown, tangents);
        ASSERT_LE(difference, tolerance) << description(setting);
        largest = std::max(largest, difference);
    }
    std::ostringstream text;
    text << std::setprecision(2) << largest;
    RecordProperty("largest_relative_difference", text.str());
    std::cout << "rank-one tangents and plain, " << random_settings << " settings: largest relative difference "
              << text.str() << '\n';
}

TEST(RankOneTangents, FollowTheTangentMapOverManyUpdates) {
    for (const Rule rule : {Rule::gradient_descent, Rule::feedback_alignment}) {
        const CoreSetting setting{.network = {.inputs = 5, .hidden = 9, .outputs = 1},
                                  .rule = rule,
                                  .samples = 20,
                                  .batch = 6,
                                  .learning_rate = 0.1};
        const Problem problem = problem_of(setting);
        const auto plain = make_tangent_core(CoreKind::plain, student_of(setting), problem);
        const auto fast = make_tangent_core(CoreKind::fast, student_of(setting), problem);
        plain->set_tangents(random_tangents(setting.network, 3));
        fast->set_tangents(random_tangents(setting.network, 3));

        EXPECT_LE(tangent_difference_along(*fast, *plain, problem, setting.batch, 2000), tolerance);
    }
}

}  // namespace
}  // namespace curldescent
