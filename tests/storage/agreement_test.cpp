#include "curldescent/storage/agreement.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace curldescent {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr double missing = std::numeric_limits<double>::quiet_NaN();

TEST(Agree, ExactlyMeansEveryBit) {
    EXPECT_TRUE(agree(0.1, 0.1, Agreement::exact));
    EXPECT_TRUE(agree(missing, missing, Agreement::exact));
    EXPECT_FALSE(agree(0.1, std::nextafter(0.1, 1.0), Agreement::exact));
    EXPECT_FALSE(agree(0.0, -0.0, Agreement::exact));
    EXPECT_FALSE(agree(missing, -missing, Agreement::exact));
}

TEST(Agree, ToRoundingMeansABillionth) {
    EXPECT_TRUE(agree(1000.0, 1000.0 + 0.9e-6, Agreement::rounding));
    EXPECT_FALSE(agree(1000.0, 1000.0 + 1.1e-6, Agreement::rounding));
    EXPECT_TRUE(agree(0.0, -0.0, Agreement::rounding));
    EXPECT_TRUE(agree(missing, -missing, Agreement::rounding));
}

TEST(Agree, NeverTakesAMissingOrInfiniteNumberForAnother) {
    EXPECT_FALSE(agree(missing, 1.0, Agreement::rounding));
    EXPECT_FALSE(agree(infinite, 1.0, Agreement::rounding));
    EXPECT_FALSE(agree(infinite, -infinite, Agreement::rounding));
    EXPECT_TRUE(agree(infinite, infinite, Agreement::rounding));
}

}  // namespace
}  // namespace curldescent
