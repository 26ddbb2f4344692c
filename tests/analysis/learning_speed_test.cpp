#include "curldescent/analysis/learning_speed.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <initializer_list>

namespace curldescent {
namespace {

using testing::ElementsAre;
using testing::IsNan;

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
constexpr double infinite = std::numeric_limits<double>::infinity();

LearningSpeed speed_of(std::initializer_list<double> losses, const LossThresholds& thresholds) {
    LearningSpeed speed(thresholds);
    std::int64_t epoch = 0;
    for (const double loss : losses) speed.add(epoch++, loss);
    return speed;
}

TEST(LearningSpeed, FindsTheFirstEpochAtOrBelowEachThreshold) {
    const LossThresholds thresholds{.values = {0.5, 2.0, 0.1, 4.0}, .count = 4};

    const LearningSpeed speed = speed_of({4.0, 3.0, 0.5, 6.0, 0.4}, thresholds);

    EXPECT_THAT(speed.epochs(), ElementsAre(2.0, 2.0, IsNan(), 0.0));
    EXPECT_EQ(speed.best(), 0.4);
}

TEST(LearningSpeed, MissesAThresholdByTheLastBit) {
    const LossThresholds thresholds{.values = {0.5}, .count = 1};

    EXPECT_THAT(speed_of({1.0, std::nextafter(0.5, 1.0)}, thresholds).epochs(), ElementsAre(IsNan()));
}

TEST(LearningSpeed, TakesAMissingLossForNone) {
    const LossThresholds thresholds{.values = {0.5}, .count = 1};

    const LearningSpeed speed = speed_of({missing, infinite, missing, 0.3}, thresholds);

    EXPECT_THAT(speed.epochs(), ElementsAre(3.0));
    EXPECT_EQ(speed.best(), 0.3);
    EXPECT_THAT(speed_of({missing}, thresholds).best(), IsNan());
}

TEST(LearningSpeed, NeedsNoThreshold) {
    EXPECT_TRUE(speed_of({2.0, 1.0}, {}).epochs().empty());
    EXPECT_EQ(speed_of({2.0, 1.0}, {}).best(), 1.0);
}

}  // namespace
}  // namespace curldescent
