#include "curldescent/analysis/plateau.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

namespace curldescent {
namespace {

constexpr PlateauOptions options{.measured = true, .gradient = 0.1, .loss = 0.5};

/// Flat from epoch 10 to 30, flattest at 20, left by 40, solved at 50.
constexpr std::array epochs{0.0, 10.0, 20.0, 30.0, 40.0, 50.0};
constexpr std::array losses{1.0, 0.9, 0.9, 0.8, 0.4, 0.0};
constexpr std::array norms{1.0, 0.1, 0.01, 0.05, 2.0, 0.0};

TEST(FindPlateau, FindsItsPlaceLengthAndEscape) {
    const PlateauSummary plateau = find_plateau({epochs, losses, norms}, options);

    EXPECT_EQ(plateau.epoch, 20.0);
    EXPECT_EQ(plateau.length, 30.0);
    EXPECT_EQ(plateau.escape, 40.0);
}

TEST(FindPlateau, DoesNotTakeASmallLossForOne) {
    EXPECT_EQ(flattest_record({epochs, losses, norms}, options), 2U);

    constexpr std::array steep{1.0, 0.5, 0.5, 0.5, 2.0, 0.0};
    const PlateauSummary none = find_plateau({epochs, losses, steep}, options);

    EXPECT_TRUE(std::isnan(none.epoch));
    EXPECT_TRUE(std::isnan(none.escape));
    EXPECT_EQ(none.length, 0.0);
}

TEST(FindPlateau, MayLastToTheEnd) {
    constexpr std::array stuck{1.0, 0.5, 0.05, 0.05, 0.02, 0.05};
    constexpr std::array high{1.0, 0.9, 0.9, 0.9, 0.9, 0.9};

    const PlateauSummary plateau = find_plateau({epochs, high, stuck}, options);

    EXPECT_EQ(plateau.epoch, 40.0);
    EXPECT_EQ(plateau.length, 30.0);
    EXPECT_TRUE(std::isnan(plateau.escape));
}

TEST(FindPlateau, MayBeginAtTheStart) {
    constexpr std::array from_saddle{0.01, 0.02, 0.05, 1.0, 0.5, 0.0};
    const PlateauSummary plateau = find_plateau({epochs, losses, from_saddle}, options);

    EXPECT_EQ(plateau.epoch, 0.0);
    EXPECT_EQ(plateau.length, 30.0);
    EXPECT_EQ(plateau.escape, 30.0);
}

TEST(FindPlateau, CountsItsLimitsIn) {
    constexpr std::array two_epochs{0.0, 1.0, 2.0};
    constexpr std::array at_the_loss{1.0, 0.5, 0.2};
    constexpr std::array at_the_norm{1.0, 0.1, 0.0};

    EXPECT_EQ(find_plateau({two_epochs, at_the_loss, at_the_norm}, options).length, 1.0);
    EXPECT_EQ(find_plateau({two_epochs, at_the_loss, at_the_norm}, {true, 0.09, 0.5}).length, 0.0);
    EXPECT_EQ(find_plateau({two_epochs, at_the_loss, at_the_norm}, {true, 0.1, 0.51}).length, 0.0);
}

TEST(FindPlateau, IsNotMadeByAGradientThatGrows) {
    constexpr double infinite = std::numeric_limits<double>::infinity();
    constexpr std::array rising{1.0, 5.0, 1e3, 1e6, 1e12, infinite};
    for (const double last : {1e9, infinite}) {
        const std::array growing{1.0, 3.0, 30.0, 1e3, 1e6, last};

        EXPECT_EQ(find_plateau({epochs, rising, growing}, options).length, 0.0);
    }
}

TEST(FindPlateau, OutlastsABlowUpThatFollows) {
    constexpr std::array later{1.0, 0.9, 0.9, 0.8, 1e6, 1e12};
    const std::array steep{1.0, 0.1, 0.01, 0.2, 1e9, std::numeric_limits<double>::infinity()};

    const PlateauSummary plateau = find_plateau({epochs, later, steep}, options);

    EXPECT_EQ(plateau.epoch, 20.0);
    EXPECT_EQ(plateau.length, 20.0);
    EXPECT_EQ(plateau.escape, 30.0);
}

TEST(FindPlateau, IsNowhereWhereTheGradientIsNoNumber) {
    constexpr double missing = std::numeric_limits<double>::quiet_NaN();
    constexpr std::array high{1.0, 0.9, 0.9, 0.9, 0.9, 0.9};
    constexpr std::array broken{missing, 1.0, 0.05, missing, 0.5, 0.5};

    EXPECT_EQ(flattest_record({epochs, high, broken}, options), 2U);
    EXPECT_EQ(find_plateau({epochs, high, broken}, options).escape, 30.0);
}

TEST(FindPlateau, IsLeftByADivergence) {
    constexpr std::array two_epochs{0.0, 10.0};
    constexpr std::array high{1.0, 0.9};
    constexpr std::array flat{1.0, 0.01};

    const PlateauSummary plateau = find_plateau({two_epochs, high, flat}, options, 14.0);

    EXPECT_EQ(plateau.epoch, 10.0);
    EXPECT_EQ(plateau.escape, 14.0);
    EXPECT_EQ(plateau.length, 4.0);
}

TEST(FindPlateau, FindsNoneInARunWithoutRecords) {
    EXPECT_EQ(find_plateau({}, options).length, 0.0);
}

}  // namespace
}  // namespace curldescent
