#include "curldescent/model/random.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <set>
#include <vector>

namespace curldescent {
namespace {

using testing::ElementsAre;
using Bits = std::uint64_t;

// "By Python" below: a pure-Python Philox4x64-10 that repeats the known answers of Random123 for all zeros
// and all ones and agrees with numpy.random.Philox, with the conversions written from their definitions.

constexpr StreamKey key{.seed = 7, .point = 2, .replicate = 3};
constexpr std::size_t many = 100'000;
constexpr double deviations = 4.0;  // allowed of a statistic from its expectation; the streams are fixed

RandomStream some_stream() {
    return {key, Stream::train_inputs, 5};
}

template <class Draw>
auto drawn(std::size_t count, Draw draw) {
    std::vector<decltype(draw())> values(count);
    std::generate(values.begin(), values.end(), draw);
    return values;
}

std::vector<Bits> first_bits(RandomStream stream, std::size_t count) {
    return drawn(count, [&] { return stream.next_bits(); });
}

double mean_of(const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double variance_of(const std::vector<double>& values) {
    const double mean = mean_of(values);
    std::vector<double> squares;
    for (const double value : values) squares.push_back((value - mean) * (value - mean));
    return mean_of(squares);
}

/// The chi-square statistic of `count` values of `draw` in {0, ..., classes - 1} against equal frequencies.
template <class Draw>
double chi_square(std::size_t classes, std::size_t count, Draw draw) {
    std::vector<double> counts(classes, 0.0);
    for (const std::size_t value : drawn(count, draw)) counts.at(value) += 1.0;
    const double expected = static_cast<double>(count) / static_cast<double>(classes);
    return std::accumulate(counts.begin(), counts.end(), 0.0, [expected](double sum, double observed) {
        return sum + (observed - expected) * (observed - expected) / expected;
    });
}

TEST(RandomStream, RepeatsThePublishedPhiloxAnswerForZeros) {
    const std::vector<Bits> bits = first_bits({StreamKey{}, Stream::teacher_hidden}, 4);

    EXPECT_THAT(bits, ElementsAre(0x16554d9eca36314c, 0xdb20fe9d672d0fdc, 0xd7e772cee186176b, 0x7e68b68aec7ba23b));
}

TEST(RandomStream, ContinuesWithTheNextBlock) {
    const std::vector<Bits> bits = first_bits({StreamKey{}, Stream::teacher_hidden}, 8);

    // Counter (1, 0, 0, 0), by Python.
    const std::vector<Bits> second(bits.begin() + 4, bits.end());
    EXPECT_THAT(second, ElementsAre(0x02f4ba6408e4d89b, 0x3dd62b0b9ca8c5b2, 0x1c8667a55d902e79, 0x907d7a052fd5b4dc));
}

TEST(RandomStream, UsesAll64BitsOfEveryPartOfItsKey) {
    constexpr Bits ones = std::numeric_limits<Bits>::max();
    const StreamKey all_ones{.seed = ones, .point = ones, .replicate = ones};

    const std::vector<Bits> bits = first_bits({all_ones, static_cast<Stream>(ones), ones}, 4);

    // Counter (0, ones, ones, ones), key (ones, ones), by Python.
    EXPECT_THAT(bits, ElementsAre(0xaefc6005647a0716, 0xe6757b183bccf3be, 0xdf79a3af3980e3aa, 0xf5bab204669b81c1));
}

TEST(RandomStream, CountsPointReplicateAndEpochInThisOrder) {
    // Counter (0, 2, 3, 5), key (7, 4), by Python.
    EXPECT_THAT(first_bits(some_stream(), 2), ElementsAre(0xe3c50864ac256ec6, 0x41f2d76293a03c2d));
}

TEST(RandomStream, KeepsTheNumberOfEveryStream) {
    EXPECT_EQ(static_cast<int>(Stream::teacher_hidden), 0);
    EXPECT_EQ(static_cast<int>(Stream::teacher_readout), 1);
    EXPECT_EQ(static_cast<int>(Stream::student_hidden), 2);
    EXPECT_EQ(static_cast<int>(Stream::student_readout), 3);
    EXPECT_EQ(static_cast<int>(Stream::train_inputs), 4);
    EXPECT_EQ(static_cast<int>(Stream::test_inputs), 5);
    EXPECT_EQ(static_cast<int>(Stream::feedback), 6);
    EXPECT_EQ(static_cast<int>(Stream::shuffle), 7);
}

TEST(RandomStream, RepeatsItselfForTheSameKey) {
    EXPECT_EQ(first_bits(some_stream(), 1000), first_bits(some_stream(), 1000));
}

TEST(RandomStream, DiffersWhereAnyPartOfItsKeyDiffers) {
    const std::vector<RandomStream> streams{
        {{.seed = 1, .point = 1, .replicate = 1}, Stream::feedback, 1},
        {{.seed = 2, .point = 1, .replicate = 1}, Stream::feedback, 1},
        {{.seed = 1, .point = 2, .replicate = 1}, Stream::feedback, 1},
        {{.seed = 1, .point = 1, .replicate = 2}, Stream::feedback, 1},
        {{.seed = 1, .point = 1, .replicate = 1}, Stream::shuffle, 1},
        {{.seed = 1, .point = 1, .replicate = 1}, Stream::feedback, 2},
    };

    std::set<Bits> all_bits;
    for (const RandomStream& stream : streams) {
        const std::vector<Bits> bits = first_bits(stream, 1000);
        all_bits.insert(bits.begin(), bits.end());
    }

    EXPECT_EQ(all_bits.size(), 6000U);
}

TEST(RandomStream, RepeatsItsUniformNumbers) {
    RandomStream stream = some_stream();

    const std::vector<double> uniforms = drawn(4, [&] { return stream.next_uniform(); });

    // By Python, exactly.
    EXPECT_THAT(uniforms,
                ElementsAre(0x1.c78a10c9584adp-1, 0x1.07cb5d8a4e80ep-2, 0x1.a5d646a80686p-5, 0x1.a686b7439a5a8p-4));
}

TEST(RandomStream, SpreadsUniformNumbersEvenlyOverTheUnitInterval) {
    RandomStream stream = some_stream();

    const std::vector<double> uniforms = drawn(many, [&] { return stream.next_uniform(); });

    const auto [least, largest] = std::minmax_element(uniforms.begin(), uniforms.end());
    EXPECT_GE(*least, 0.0);
    EXPECT_LT(*least, 1e-4);
    EXPECT_LT(*largest, 1.0);
    EXPECT_GT(*largest, 1.0 - 1e-4);
    const double root = std::sqrt(static_cast<double>(many));
    EXPECT_NEAR(mean_of(uniforms), 0.5, deviations * std::sqrt(1.0 / 12.0) / root);
    EXPECT_NEAR(variance_of(uniforms), 1.0 / 12.0, deviations * std::sqrt(1.0 / 180.0) / root);
}

TEST(RandomStream, RepeatsItsNormalNumbers) {
    constexpr double tolerance = 1e-14;  // sin, cos and log differ by rounding between libraries
    RandomStream stream = some_stream();

    const std::vector<double> normals = drawn(4, [&] { return stream.next_normal(); });

    // By Python.
    EXPECT_NEAR(normals[0], -1.0520255896720747, tolerance);
    EXPECT_NEAR(normals[1], 1.2672197031407015, tolerance);
    EXPECT_NEAR(normals[2], 0.677647240181188, tolerance);
    EXPECT_NEAR(normals[3], 2.0208472177504717, tolerance);
}

TEST(RandomStream, MakesTwoNormalNumbersOutOfTwoWords) {
    RandomStream stream = some_stream();

    stream.next_normal();
    stream.next_normal();

    EXPECT_EQ(stream.next_bits(), first_bits(some_stream(), 3).back());
}

TEST(RandomStream, GivesNormalNumbersTheMomentsOfTheStandardNormal) {
    RandomStream stream = some_stream();

    const std::vector<double> normals = drawn(many, [&] { return stream.next_normal(); });

    const double root = std::sqrt(static_cast<double>(many));
    EXPECT_NEAR(mean_of(normals), 0.0, deviations / root);
    EXPECT_NEAR(variance_of(normals), 1.0, deviations * std::sqrt(2.0) / root);
    std::vector<double> fourth_powers;
    for (const double x : normals) fourth_powers.push_back(x * x * x * x);
    EXPECT_NEAR(mean_of(fourth_powers), 3.0, deviations * std::sqrt(96.0) / root);
}

TEST(RandomStream, GivesUncorrelatedNeighboursAmongNormalNumbers) {
    RandomStream stream = some_stream();

    const std::vector<double> products = drawn(many, [&] { return stream.next_normal() * stream.next_normal(); });

    EXPECT_NEAR(mean_of(products), 0.0, deviations / std::sqrt(static_cast<double>(many)));
}

TEST(RandomStream, RepeatsItsNumbersBelowABound) {
    RandomStream small = some_stream();
    RandomStream large = some_stream();  // rejects one of its first six tries

    const auto below_ten = drawn(8, [&] { return small.next_below(10); });
    const auto below_three_billion = drawn(5, [&] { return large.next_below(3'000'000'000); });

    // By Python, exactly.
    EXPECT_THAT(below_ten, ElementsAre(6, 8, 5, 2, 2, 0, 2, 1));
    EXPECT_THAT(below_three_billion, ElementsAre(2017338533, 2669175694, 772835144, 752388982, 154481328));
}

TEST(RandomStream, ReachesEveryNumberBelowABoundEquallyOften) {
    constexpr double critical_value = 27.9;  // of chi-square, 9 degrees of freedom, p = 0.001
    RandomStream stream = some_stream();

    EXPECT_LT(chi_square(10, many, [&] { return stream.next_below(10); }), critical_value);
}

TEST(RandomStream, HasNoBiasWhereTheBoundDoesNotDivideItsRange) {
    // Without rejection x -> x * 3/4 would send two of every four words to the multiples of 3.
    constexpr std::uint32_t bound = 3U << 30U;
    constexpr double critical_value = 13.9;  // of chi-square, 2 degrees of freedom, p = 0.001
    RandomStream stream = some_stream();

    EXPECT_LT(chi_square(3, many, [&] { return stream.next_below(bound) % 3; }), critical_value);
}

TEST(RandomStream, KnowsOnlyZeroBelowOne) {
    RandomStream stream = some_stream();

    EXPECT_EQ(drawn(100, [&] { return stream.next_below(1); }), std::vector<std::uint32_t>(100, 0));
}

TEST(RandomStream, StaysBelowTheLargestBound) {
    constexpr std::uint32_t largest = std::numeric_limits<std::uint32_t>::max();
    RandomStream stream = some_stream();

    const auto values = drawn(many, [&] { return stream.next_below(largest); });

    EXPECT_LT(*std::max_element(values.begin(), values.end()), largest);
    EXPECT_GT(*std::max_element(values.begin(), values.end()), largest - largest / 1000);
}

}  // namespace
}  // namespace curldescent
