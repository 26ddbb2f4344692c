#include "curldescent/ensemble/comparison.hpp"

#include <gtest/gtest.h>
#include <toml++/toml.h>

#include <array>
#include <cmath>
#include <limits>
#include <string>

namespace curldescent {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr double missing = std::numeric_limits<double>::quiet_NaN();

Comparison compared(std::span<const double> rule, std::span<const double> baseline, Comparable comparable) {
    return compare_pairs(rule, baseline, comparable, {{}, Stream::bootstrap});
}

TEST(ComparePairs, CountsEveryPairOnce) {
    const std::array rule{1.0, 5.0, 2.0, infinite, infinite, missing, 3.0};
    const std::array baseline{2.0, 4.0, 2.0, 9.0, infinite, 1.0, infinite};

    const Comparison result = compared(rule, baseline, Comparable::duration);

    EXPECT_EQ(result.pairs, 6.0);
    EXPECT_EQ(result.wins, 2.0);
    EXPECT_EQ(result.losses, 2.0);
    EXPECT_EQ(result.ties, 2.0);
    EXPECT_EQ(result.unfinished, 2.0);
    EXPECT_EQ(result.baseline_unfinished, 2.0);
    EXPECT_EQ(result.t_pairs, 3.0);
    EXPECT_EQ(result.t_p, paired_t_test(std::array{-1.0, 1.0, 0.0}));
    EXPECT_EQ(result.wilcoxon_p, wilcoxon_test(std::array{-1.0, 1.0, 0.0, infinite, 0.0, -infinite}));
}

TEST(ComparePairs, TestsTheLogarithmsOfLevels) {
    const std::array rule{1e-3, 1e-4, 0.0};
    const std::array baseline{1e-2, 1e-2, 1e-2};

    const Comparison result = compared(rule, baseline, Comparable::level);

    EXPECT_EQ(result.t_pairs, 2.0);  // 0 has no logarithm
    EXPECT_NEAR(result.t_p, paired_t_test(std::array{-1.0, -2.0}), 1e-12);
    EXPECT_EQ(result.wilcoxon_p, wilcoxon_test(std::array{-1.0, -2.0, -infinite}));
    EXPECT_EQ(result.wins, 3.0);
}

TEST(ComparePairs, RanksLevelsByTheirRatios) {
    // The largest ratio, a gain, is of the smallest values: of the values themselves it would rank lowest.
    const std::array rule{1e-9, 0.2, 4.0};
    const std::array baseline{1e-6, 0.1, 1.0};

    const Comparison result = compared(rule, baseline, Comparable::level);

    EXPECT_EQ(result.wilcoxon_p, wilcoxon_test(std::array{-3.0, 1.0, 2.0}));
    EXPECT_NE(result.wilcoxon_p, wilcoxon_test(std::array{-1.0, 2.0, 3.0}));
}

TEST(ComparePairs, TakesEqualLevelsForTiesWhateverTheirSize) {
    const Comparison result =
        compared(std::array{0.0, infinite, 1.0, 2.0}, std::array{0.0, infinite, 10.0, 10.0}, Comparable::level);

    EXPECT_EQ(result.ties, 2.0);
    EXPECT_EQ(result.t_pairs, 2.0);
    EXPECT_EQ(result.wilcoxon_p, wilcoxon_test(std::array{0.0, 0.0, -1.0, -0.7}));
}

TEST(ComparePairs, HasNothingToSayWithoutPairs) {
    const Comparison result = compared(std::array{missing}, std::array{1.0}, Comparable::level);

    EXPECT_EQ(result.pairs, 0.0);
    EXPECT_TRUE(std::isnan(result.ratio.ratio));
    EXPECT_TRUE(std::isnan(result.t_p));
    EXPECT_TRUE(std::isnan(result.wilcoxon_p));
}

TEST(CorrectOverPoints, CorrectsEachColumnByItself) {
    std::vector<Comparison> comparisons(4);  // two points of two columns
    const std::array p_values{0.01, 0.5, 0.04, 0.001};
    for (std::size_t k = 0; k < 4; ++k) comparisons[k].t_p = comparisons[k].wilcoxon_p = p_values.at(k);

    correct_over_points(comparisons, 2);

    const std::array expected{0.02, 0.5, 0.04, 0.002};
    for (std::size_t k = 0; k < 4; ++k) {
        EXPECT_DOUBLE_EQ(comparisons[k].t_p_holm, expected.at(k));
        EXPECT_DOUBLE_EQ(comparisons[k].wilcoxon_p_holm, expected.at(k));
    }
}

std::vector<double> numbers(const toml::table& table, std::string_view name) {
    std::vector<double> values;
    for (const toml::node& node : *table[name].as_array()) values.push_back(*node.value<double>());
    return values;
}

TEST(ComparePairs, GivesThePValuesOfSciPy) {
    const toml::table file = toml::parse_file(std::string(TESTS_FOLDER) + "/fixtures/paired_tests.toml");
    const toml::array& cases = *file["case"].as_array();
    ASSERT_EQ(cases.size(), 50U);
    constexpr double tolerance = 1e-11;  // of two libraries' distribution functions
    for (const toml::node& node : cases) {
        const toml::table& table = *node.as_table();
        const bool level = *table["level"].value<bool>();
        const Comparison result =
            compared(numbers(table, "x"), numbers(table, "y"), level ? Comparable::level : Comparable::duration);
        EXPECT_NEAR(result.t_p / *table["t_p"].value<double>(), 1.0, tolerance);
        EXPECT_NEAR(result.wilcoxon_p / *table["wilcoxon_p"].value<double>(), 1.0, tolerance);
    }
}

}  // namespace
}  // namespace curldescent
