#include <gtest/gtest.h>

#include <algorithm>
#include <iomanip>
#include <iostream>
#include <memory>
#include <sstream>

#include "curldescent/dynamics/fused_core.hpp"
#include "support/core_comparison.hpp"
#include "support/matrices.hpp"

namespace curldescent {
namespace {

constexpr double tolerance = 1e-11;  // rounding over 30 updates, in which it may grow some hundredfold
constexpr std::int64_t updates = 30;

double difference_from_plain(const CoreSetting& setting, Index tangents) {
    const Problem problem = problem_of(setting);
    const Student student = student_of(setting);
    const auto plain = make_tangent_core(CoreKind::plain, student, problem);
    FusedCore fast(student);
    for (TangentCore* core : {plain.get(), static_cast<TangentCore*>(&fast)}) {
        core->set_tangents(random_tangents(setting.network, tangents));
    }
    return tangent_difference_along(fast, *plain, problem, setting.batch, updates);
}

TEST(FusedTangents, FollowTheTangentMapInRandomSettings) {
    double largest = 0.0;
    for (std::uint64_t index = 1; index <= random_settings; ++index) {
        const CoreSetting setting = random_setting(index);
        const double difference = difference_from_plain(setting, 1 + static_cast<Index>(index % 11));
        ASSERT_LE(difference, tolerance) << description(setting);
        largest = std::max(largest, difference);
    }
    std::ostringstream text;
    text << std::setprecision(2) << largest;
    RecordProperty("largest_relative_difference", text.str());
    std::cout << "fused tangents and plain, " << random_settings << " settings: largest relative difference "
              << text.str() << '\n';
}

}  // namespace
}  // namespace curldescent
