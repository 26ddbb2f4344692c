#include "curldescent/model/lane_functions.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <iomanip>
#include <iostream>
#include <limits>
#include <random>
#include <sstream>
#include <string>
#include <vector>

namespace curldescent {
namespace {

using Values = std::vector<double>;
using Some = std::array<double, lane_count>;

constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double most_ulps = 2.0;  // of the documentation

/// A function on lanes, and the same one in long double, whose own error is some 2^-11 ulp of a double.
struct Function {
    const char* name;
    Lanes (*in_lanes)(const Lanes&);
    long double (*exact)(long double);
};

const Function hyperbolic{"tanh", tanh, std::tanh};
const Function logistic{"sigmoid", sigmoid, [](long double x) { return 1.0L / (1.0L + std::exp(-x)); }};
const std::array both{hyperbolic, logistic};

Some evaluate(const Function& function, const Some& x) {
    alignas(Lanes) Some result{};
    store(function.in_lanes(Lanes::load_unaligned(x.data())), result.data());
    return result;
}

double evaluate(const Function& function, double x) {
    Some all{};
    all.fill(x);
    return evaluate(function, all)[0];
}

/// |actual - exact| in units of the distance between doubles at `exact`.
double ulps(double actual, long double exact) {
    int exponent = 0;
    std::frexp(exact, &exponent);
    const long double ulp = std::ldexp(1.0L, std::max(exponent - 53, -1074));
    return static_cast<double>(std::fabs(static_cast<long double>(actual) - exact) / ulp);
}

struct Worst {
    double ulps = 0.0;
    double x = 0.0;
};

Worst worst_of(const Function& function, const Values& xs) {
    Worst worst;
    Some x{};
    for (std::size_t first = 0; first < xs.size(); first += x.size()) {
        for (std::size_t k = 0; k < x.size(); ++k) x[k] = xs[std::min(first + k, xs.size() - 1)];
        const Some result = evaluate(function, x);
        for (std::size_t k = 0; k < x.size(); ++k) {
            const double error = ulps(result[k], function.exact(x[k]));
            if (!(error <= worst.ulps)) worst = {error, x[k]};
        }
    }
    return worst;
}

Values evenly_spaced(double from, double to, std::size_t count) {
    Values xs(count);
    const double step = (to - from) / static_cast<double>(count - 1);
    for (std::size_t k = 0; k < count; ++k) xs[k] = from + step * static_cast<double>(k);
    return xs;
}

Values random_values(double from, double to, std::size_t count) {
    std::mt19937_64 generator(1);
    Values xs(count);
    for (double& x : xs) x = from + (to - from) * 0x1p-53 * static_cast<double>(generator() >> 11);
    return xs;
}

/// Of both signs, their logarithms evenly distributed.
Values random_magnitudes(double from, double to, std::size_t count) {
    Values xs = random_values(std::log(from), std::log(to), count);
    for (std::size_t k = 0; k < count; ++k) xs[k] = (k % 2 == 0 ? 1.0 : -1.0) * std::exp(xs[k]);
    return xs;
}

std::string short_text(double value) {
    std::ostringstream text;
    text << std::setprecision(3) << value;
    return text.str();
}

class LaneFunction : public testing::TestWithParam<Function> {
  protected:
    static void expect_two_ulps(const std::string& range, const Values& xs) {
        const Worst worst = worst_of(GetParam(), xs);
        EXPECT_LE(worst.ulps, most_ulps) << "at " << std::setprecision(17) << worst.x;
        RecordProperty("largest_ulps", short_text(worst.ulps));
        std::cout << GetParam().name << ", " << range << ": " << short_text(worst.ulps) << " ulp at most, at "
                  << short_text(worst.x) << '\n';
    }
};

TEST_P(LaneFunction, IsWithinTwoUlpsOnADenseSweep) {
    expect_two_ulps("-40 to 40, evenly", evenly_spaced(-40.0, 40.0, 1'000'001));
}

TEST_P(LaneFunction, IsWithinTwoUlpsAtRandomPlaces) {
    expect_two_ulps("-40 to 40, at random", random_values(-40.0, 40.0, 1'000'000));
}

TEST_P(LaneFunction, IsWithinTwoUlpsWhereItBends) {
    expect_two_ulps("-2 to 2, at random", random_values(-2.0, 2.0, 500'000));
}

TEST_P(LaneFunction, IsWithinTwoUlpsNearZero) {
    expect_two_ulps("1e-300 to 1", random_magnitudes(1e-300, 1.0, 500'000));
}

TEST_P(LaneFunction, IsWithinTwoUlpsBelowOneThousandth) {
    expect_two_ulps("1e-12 to 1e-3", random_magnitudes(1e-12, 1e-3, 500'000));
}

TEST_P(LaneFunction, IsWithinTwoUlpsFarOut) {
    // At -708 the sigmoid is 3.3e-308: all results are normal numbers.
    expect_two_ulps("-708 to 708", evenly_spaced(-708.0, 708.0, 200'001));
}

TEST_P(LaneFunction, KeepsNaN) {
    EXPECT_TRUE(std::isnan(evaluate(GetParam(), nan)));
    EXPECT_TRUE(std::isnan(evaluate(GetParam(), -nan)));
}

TEST_P(LaneFunction, GivesAValueTheSameResultInEveryLaneAndCompany) {
    const Values values{0.0,  -0.0,  1e-300, -1e-8, 0.3,  -0.7,     1.0,       -5.5,
                        19.0, -20.5, 300.0,  -707., 1e10, infinite, -infinite, nan};

    for (const double value : values) {
        const auto alone = std::bit_cast<std::uint64_t>(evaluate(GetParam(), value));
        for (const double neighbour : values) {
            for (std::size_t lane = 0; lane < lane_count; ++lane) {
                Some x{};
                x.fill(neighbour);
                x[lane] = value;
                EXPECT_EQ(std::bit_cast<std::uint64_t>(evaluate(GetParam(), x)[lane]), alone)
                    << value << " beside " << neighbour << " in lane " << lane;
            }
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Activations, LaneFunction, testing::ValuesIn(both),
                         [](const testing::TestParamInfo<Function>& tested) { return std::string(tested.param.name); });

TEST(LaneTanh, IsZeroAtZeroWithItsSign) {
    EXPECT_EQ(evaluate(hyperbolic, 0.0), 0.0);
    EXPECT_FALSE(std::signbit(evaluate(hyperbolic, 0.0)));
    EXPECT_EQ(evaluate(hyperbolic, -0.0), 0.0);
    EXPECT_TRUE(std::signbit(evaluate(hyperbolic, -0.0)));
}

TEST(LaneTanh, IsOddToTheLastBit) {
    for (const double x : random_magnitudes(1e-20, 40.0, 10'000)) {
        ASSERT_EQ(evaluate(hyperbolic, -x), -evaluate(hyperbolic, x)) << x;
    }
}

TEST(LaneTanh, IsOneFarOut) {
    for (const double x : {20.0, 40.0, 1e10, 1e308, infinite}) {
        EXPECT_EQ(evaluate(hyperbolic, x), 1.0) << x;
        EXPECT_EQ(evaluate(hyperbolic, -x), -1.0) << x;
    }
}

TEST(LaneTanh, NeverLeavesItsRange) {
    for (const double x : random_values(0.0, 40.0, 100'000)) ASSERT_LE(evaluate(hyperbolic, x), 1.0) << x;
}

TEST(LaneSigmoid, IsOneHalfAtZeroOfEitherSign) {
    EXPECT_EQ(evaluate(logistic, 0.0), 0.5);
    EXPECT_EQ(evaluate(logistic, -0.0), 0.5);
}

TEST(LaneSigmoid, IsZeroOrOneFarOut) {
    for (const double x : {750.0, 1e10, 1e308, infinite}) {
        EXPECT_EQ(evaluate(logistic, x), 1.0) << x;
        EXPECT_EQ(evaluate(logistic, -x), 0.0) << x;
    }
}

TEST(LaneSigmoid, NeverLeavesItsRange) {
    for (const double x : random_values(-40.0, 40.0, 100'000)) {
        ASSERT_GT(evaluate(logistic, x), 0.0) << x;
        ASSERT_LE(evaluate(logistic, x), 1.0) << x;
    }
}

TEST(SplitExponential, IsAPowerOfTwoAndARest) {
    for (const double y : {-708.0, -100.3, -1.0, -1e-10, 0.0, 1e-10, 0.3, 1.0, 50.5, 708.0}) {
        const auto [power, rest] = split_exponential(Lanes(y));
        alignas(Lanes) Some powers{};
        alignas(Lanes) Some rests{};
        store(power, powers.data());
        store(rest, rests.data());

        int exponent = 0;
        EXPECT_EQ(std::frexp(powers[0], &exponent), 0.5) << y;
        EXPECT_LT(std::abs(rests[0]), 0.42) << y;  // e^(ln 2 / 2) - 1
        const long double product = static_cast<long double>(powers[0]) * (1.0L + static_cast<long double>(rests[0]));
        EXPECT_LE(ulps(static_cast<double>(product), std::exp(static_cast<long double>(y))), 1.0) << y;
    }
}

TEST(SplitExponential, KeepsTheDigitsOfASmallRest) {
    for (const double y : random_magnitudes(1e-300, 0.3, 100'000)) {
        alignas(Lanes) Some rest{};
        store(split_exponential(Lanes(y)).rest, rest.data());
        ASSERT_LE(ulps(rest[0], std::expm1(static_cast<long double>(y))), 1.0) << y;
    }
}

TEST(Ulps, CountDistancesBetweenDoubles) {
    EXPECT_EQ(ulps(1.0, 1.0L), 0.0);
    EXPECT_EQ(ulps(1.0 + 0x1p-52, 1.0L), 1.0);
    EXPECT_EQ(ulps(1.0, 1.0L - 0x1p-54L), 0.5);
    EXPECT_EQ(ulps(0.0, 0x3p-1074L), 3.0);
    EXPECT_TRUE(std::isnan(ulps(nan, 1.0L)));
}

TEST(Ulps, ShowThatTheTextbookTanhIsWrongNearZero) {
    const Function textbook{"textbook",
                            [](const Lanes& x) {
                                alignas(Lanes) Some values{};
                                store(x, values.data());
                                for (double& value : values) {
                                    value = (std::exp(2.0 * value) - 1.0) / (std::exp(2.0 * value) + 1.0);
                                }
                                return load(values.data());
                            },
                            std::tanh};

    EXPECT_GT(worst_of(textbook, random_magnitudes(1e-12, 1e-3, 10'000)).ulps, 1000.0);
    EXPECT_FALSE(worst_of(textbook, {0.5, nan}).ulps <= most_ulps);
}

}  // namespace
}  // namespace curldescent
