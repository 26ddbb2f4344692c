#include "curldescent/analysis/lyapunov.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <Eigen/LU>
#include <cmath>
#include <numbers>

#include "support/known_maps.hpp"
#include "support/matrices.hpp"

namespace curldescent {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

std::vector<double> values_of(const LyapunovEstimate& estimate) {
    std::vector<double> values;
    for (const MeanEstimate& exponent : estimate.exponents) values.push_back(exponent.mean);
    return values;
}

/// S diag(blocks) S^-1 with a random S.
LinearMap similar_map(const Matrix& blocks, std::uint64_t seed) {
    RandomStream random({.seed = seed}, Stream::student_hidden);
    const Matrix S = random_tangents(random, blocks.rows(), blocks.rows());
    return {S * blocks * S.inverse()};
}

LyapunovEstimate measure_all(LinearMap map, std::int64_t steps) {
    RandomStream random({.seed = 5}, Stream::student_readout);
    const Index n = map.A.rows();
    return measure(map, random_tangents(random, n, n + 1), 500, steps);
}

TEST(Lyapunov, FindsBothExponentsOfHenonsMap) {
    const LyapunovEstimate estimate = measure_from_seed<HenonMap>(1, 200'000);

    ASSERT_EQ(estimate.exponents.size(), 2U);
    EXPECT_NEAR(estimate.exponents[0].mean, 0.41922, 3.0 * estimate.exponents[0].half_width);
    EXPECT_NEAR(estimate.exponents[1].mean, -1.62319, 3.0 * estimate.exponents[1].half_width);
    EXPECT_LT(estimate.exponents[0].half_width, 5e-3);
    // The determinant is -b everywhere: its logarithm is kept to rounding.
    EXPECT_NEAR(estimate.exponents[0].mean + estimate.exponents[1].mean, std::log(0.3), 1e-10);
    EXPECT_EQ(estimate.verdict, LyapunovVerdict::positive);
    EXPECT_NEAR(estimate.kaplan_yorke_dimension, 1.0 + 0.41922 / 1.62319, 5e-3);
}

TEST(Lyapunov, FindsTheExponentOfTheLogisticMap) {
    const LyapunovEstimate estimate = measure_from_seed<LogisticMap>(1, 200'000);

    EXPECT_NEAR(estimate.exponents[0].mean, std::numbers::ln2, 3.0 * estimate.exponents[0].half_width);
    EXPECT_LT(estimate.exponents[0].half_width, 2e-4);
    EXPECT_EQ(estimate.verdict, LyapunovVerdict::positive);
}

TEST(Lyapunov, FindsTheExponentsOfTheCatMap) {
    const double exact = std::log((3.0 + std::sqrt(5.0)) / 2.0);

    const LyapunovEstimate estimate = measure_from_seed<CatMap>(1, 4096);

    EXPECT_NEAR(estimate.exponents[0].mean, exact, 1e-10);
    EXPECT_NEAR(estimate.exponents[1].mean, -exact, 1e-10);
    EXPECT_NEAR(estimate.kaplan_yorke_dimension, 2.0, 1e-9);
}

TEST(Lyapunov, AreTheLogarithmsOfTheModuliOfALinearMap) {
    const LyapunovEstimate estimate =
        measure_all(similar_map(Vector{{1.2, 1.0, -0.9, 0.5, 1e-3}}.asDiagonal(), 1), 4096);

    const std::vector<double> exact{std::log(1.2), 0.0, std::log(0.9), std::log(0.5), std::log(1e-3)};
    EXPECT_THAT(values_of(estimate), testing::Pointwise(testing::DoubleNear(1e-9), exact));
}

TEST(Lyapunov, FindRepeatedModuli) {
    Matrix blocks = Matrix::Zero(6, 6);
    blocks.topLeftCorner(2, 2) << 0.6, -0.8, 0.8, 0.6;  // a rotation, modulus 1
    blocks.block(2, 2, 2, 2) = 0.5 * blocks.topLeftCorner(2, 2);
    blocks(4, 4) = 1.0;
    blocks(5, 5) = -0.5;

    const LyapunovEstimate estimate = measure_all(similar_map(blocks, 2), 16'384);

    const double half = std::log(0.5);
    // Where moduli repeat, tangents turn among each other: a bounded sum, hence an error of 1 / steps.
    EXPECT_THAT(values_of(estimate),
                testing::Pointwise(testing::DoubleNear(1e-3), std::vector{0.0, 0.0, 0.0, half, half, half}));
    EXPECT_EQ(estimate.verdict, LyapunovVerdict::zero);
}

TEST(Lyapunov, OfAJordanBlockIsZeroThoughTangentsGrowLikeTime) {
    const LyapunovEstimate estimate = measure_all({Matrix{{1.0, 1.0}, {0.0, 1.0}}}, 10'000);

    EXPECT_GT(estimate.exponents[0].mean, 0.0);
    EXPECT_LT(estimate.exponents[0].mean, std::log(1e4) / 1e4);
    EXPECT_EQ(estimate.verdict, LyapunovVerdict::zero);
}

TEST(Lyapunov, OfASingularMapAreMinusInfinity) {
    const LyapunovEstimate estimate = measure_all({Matrix{{0.5, 0.0}, {0.0, 0.0}}}, 1000);

    EXPECT_NEAR(estimate.exponents[0].mean, std::log(0.5), 1e-12);
    EXPECT_EQ(estimate.exponents[1].mean, -infinite);
}

TEST(Lyapunov, OfAMapThatOverflowsAreNotFinite) {
    const LyapunovEstimate estimate = measure_all({Matrix{{infinite}}}, 1000);

    EXPECT_FALSE(std::isfinite(estimate.exponents[0].mean));
    EXPECT_EQ(estimate.verdict, LyapunovVerdict::unsettled);
}

TEST(Lyapunov, AreUnmeasuredDuringTheTransient) {
    LyapunovAccumulator accumulator(1, 10, 4);
    Matrix tangents = Matrix::Ones(1, 2);
    accumulator.add(tangents);

    EXPECT_EQ(accumulator.estimate().verdict, LyapunovVerdict::unmeasured);
    EXPECT_TRUE(std::isnan(accumulator.estimate().exponents[0].mean));
}

TEST(LyapunovAccumulator, TakesLongerIntervalsWhereTangentsStayApart) {
    for (const auto& [slow, longest] : {std::pair{0.99, 64}, {0.1, 2}}) {
        LyapunovAccumulator accumulator(2, 1000, 64);
        Matrix tangents = Matrix::Ones(2, 3);
        tangents(0, 1) = 2.0;
        for (std::int64_t done = 0; done < 1000;) {
            const std::int64_t interval = accumulator.interval();
            for (int k = 0; k < interval; ++k) tangents.row(1) *= slow;
            accumulator.add(tangents);
            done += interval;
        }
        EXPECT_EQ(accumulator.interval(), longest) << "contraction " << slow;
    }
}

/// The number of orthonormalisations in 4096 measured steps without a transient, one of which stretches a tangent by a
/// lot.
int orthonormalisations(std::int64_t burst) {
    LyapunovAccumulator accumulator(1, 0, 64);
    Matrix tangents = Matrix::Ones(1, 2);
    int count = 0;
    for (std::int64_t done = 0; done < 4096; ++count) {
        const std::int64_t interval = accumulator.interval();
        if (done <= burst && burst < done + interval) tangents *= 1e6;
        accumulator.add(tangents);
        done += interval;
    }
    return count;
}

TEST(LyapunovAccumulator, TakesLongerIntervalsWhileItMeasures) {
    EXPECT_LT(orthonormalisations(-1), 4096 / 64 + 10);
}

TEST(LyapunovAccumulator, ComesBackToLongIntervalsAfterABurst) {
    EXPECT_LT(orthonormalisations(1000), orthonormalisations(-1) + 10);
}

TEST(Orthonormalise, KeepsTheSpanAndReturnsTheGrowth) {
    RandomStream random({.seed = 1}, Stream::student_hidden);
    Matrix tangents = random_tangents(random, 7, 4);
    const Matrix before = tangents;

    const Stretching stretching = orthonormalise(tangents);

    const Matrix Q = tangents.leftCols(3);
    EXPECT_LT(largest_difference(Q.transpose() * Q, Matrix::Identity(3, 3)), 1e-14);
    EXPECT_LT(largest_difference(Q * (Q.transpose() * before.leftCols(3)), before.leftCols(3)), 1e-14);
    EXPECT_NEAR(stretching.logarithms[0], std::log(before.col(0).norm()), 1e-14);
    EXPECT_NEAR(stretching.logarithms[3], std::log(before.col(3).norm()), 1e-14);
    EXPECT_NEAR(tangents.col(3).norm(), 1.0, 1e-14);
}

TEST(Verdict, NeedsMoreThanAPowerOfTime) {
    const LeadingGrowth growth{.rate = {1e-3, 1e-4}, .start_difference = 0.0, .second_half_growth = 5.0};
    EXPECT_EQ(verdict_of(growth, 10'000), LyapunovVerdict::positive);

    LeadingGrowth slow = growth;
    slow.second_half_growth = 2.7;  // between 2 ln 2 and 4 ln 2
    EXPECT_EQ(verdict_of(slow, 10'000), LyapunovVerdict::unsettled);
    LeadingGrowth linear = growth;
    linear.second_half_growth = 0.7;
    EXPECT_EQ(verdict_of(linear, 10'000), LyapunovVerdict::zero);
    LeadingGrowth uncertain = growth;
    uncertain.rate.half_width = 2e-3;
    uncertain.rate.has_plateau = true;
    EXPECT_EQ(verdict_of(uncertain, 10'000), LyapunovVerdict::zero);
    LeadingGrowth apart = growth;
    apart.start_difference = 5e-4;
    EXPECT_EQ(verdict_of(apart, 10'000), LyapunovVerdict::unsettled);
    const LeadingGrowth shrinking{.rate = {-1e-3, 1e-4}, .start_difference = 0.0, .second_half_growth = -5.0};
    EXPECT_EQ(verdict_of(shrinking, 10'000), LyapunovVerdict::negative);
    LeadingGrowth brief = growth;
    brief.rate.half_width = std::numeric_limits<double>::quiet_NaN();
    EXPECT_EQ(verdict_of(brief, 10), LyapunovVerdict::unsettled);
    EXPECT_EQ(verdict_of(growth, 0), LyapunovVerdict::unmeasured);
}

TEST(Verdict, IsUnsettledWhereAnIntervalAroundZeroHasNoPlateau) {
    LeadingGrowth growth{.rate = {1e-3, 2e-3, true}, .start_difference = 0.0, .second_half_growth = 5.0};
    EXPECT_EQ(verdict_of(growth, 10'000), LyapunovVerdict::zero);
    growth.rate.has_plateau = false;
    EXPECT_EQ(verdict_of(growth, 10'000), LyapunovVerdict::unsettled);
    growth.second_half_growth = 1.0;
    EXPECT_EQ(verdict_of(growth, 10'000), LyapunovVerdict::zero);
}

TEST(Verdict, IsUnsettledWhereHalvesDisagree) {
    LeadingGrowth growth{.rate = {1e-3, 1e-4, true}, .start_difference = 0.0, .second_half_growth = 10.0};
    for (const double sign : {1.0, -1.0}) {
        growth.half_difference = sign * 2.9e-4;
        EXPECT_EQ(verdict_of(growth, 100'000), LyapunovVerdict::unsettled);
        growth.half_difference = sign * 2.8e-4;
        EXPECT_EQ(verdict_of(growth, 100'000), LyapunovVerdict::positive);
    }
    growth.rate.half_width = 1e-6;  // of a sum that stays bounded: 4 ln 2 between the halves is no difference
    EXPECT_EQ(verdict_of(growth, 19'000), LyapunovVerdict::positive);
    EXPECT_EQ(verdict_of(growth, 20'000), LyapunovVerdict::unsettled);
}

/// Grows by e^0.01 a step in one half of the time and shrinks by as much in the other.
LyapunovEstimate measure_turning(double first) {
    LyapunovAccumulator accumulator(1, 0, 1);
    for (int step = 0; step < 2000; ++step) {
        Matrix tangents = Matrix::Constant(1, 2, std::exp(step < 1000 ? first : -first));
        accumulator.add(tangents);
    }
    return accumulator.estimate();
}

TEST(Verdict, OfATrainingThatTurnsIsUnsettled) {
    for (const double first : {0.01, -0.01}) {
        EXPECT_EQ(measure_turning(first).verdict, LyapunovVerdict::unsettled) << first;
    }
}

TEST(KaplanYorkeDimension, InterpolatesWhereTheSumChangesSign) {
    EXPECT_EQ(kaplan_yorke_dimension({0.5, 0.0, -1.0}), 2.5);
    EXPECT_EQ(kaplan_yorke_dimension({-1.0, 0.0, 0.5}), 2.5);
    EXPECT_EQ(kaplan_yorke_dimension({-0.1, -1.0}), 0.0);
    EXPECT_TRUE(std::isnan(kaplan_yorke_dimension({0.5, 0.0, -0.2})));
    EXPECT_TRUE(std::isnan(kaplan_yorke_dimension({0.0, 0.0})));
    EXPECT_TRUE(std::isnan(kaplan_yorke_dimension({})));
}

TEST(KaplanYorkeDimension, OfExponentsThatAddUpToZeroIsTheirNumber) {
    for (const double rounding : {-1e-16, 0.0, 1e-16}) {
        EXPECT_NEAR(kaplan_yorke_dimension({0.9624, -0.9624 + rounding}), 2.0, 1e-9);
        EXPECT_NEAR(kaplan_yorke_dimension({0.9624, -0.9624 + rounding, -1.0}), 2.0, 1e-9);
    }
}

/// Diagonal tangents that grow at these rates, in so many steps.
LyapunovEstimate measure_rates(const std::vector<double>& rates, int steps) {
    const auto count = static_cast<Index>(rates.size());
    LinearMap map{Matrix::Zero(count, count)};
    for (Index k = 0; k < count; ++k) map.A(k, k) = std::exp(rates[static_cast<std::size_t>(k)]);
    return measure_all(map, steps);
}

TEST(KaplanYorkeDimension, TakesExponentsThatAreNotToBeToldFromZeroForZero) {
    EXPECT_NEAR(measure_rates({0.1, 1e-5, -1e-5, -0.2}, 20'000).kaplan_yorke_dimension, 3.5, 1e-3);
}

TEST(KaplanYorkeDimension, IsMissingWhereNoExponentIsPositive) {
    EXPECT_TRUE(std::isnan(measure_rates({1e-5, -1e-5, -0.2}, 20'000).kaplan_yorke_dimension));
    EXPECT_TRUE(std::isnan(measure_rates({-0.1, -0.2}, 4000).kaplan_yorke_dimension));
}

}  // namespace
}  // namespace curldescent
