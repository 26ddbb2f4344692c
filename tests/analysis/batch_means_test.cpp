#include "curldescent/analysis/batch_means.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include "curldescent/model/random.hpp"

namespace curldescent {
namespace {

/// x_t = memory x_(t-1) + noise, whose mean is 0 and whose mean of n has variance 1 / ((1 - memory)^2 n).
std::vector<double> autoregression(std::uint64_t seed, double memory, int length) {
    RandomStream random({.seed = seed}, Stream::student_hidden);
    std::vector<double> series;
    double value = 0.0;
    for (int k = 0; k < 100 + length; ++k) {
        value = memory * value + random.next_normal();
        if (k >= 100) series.push_back(value);
    }
    return series;
}

/// g_(t+1) - g_t: numbers whose sum stays bounded.
std::vector<double> differences(std::uint64_t seed, int length) {
    std::vector<double> series = autoregression(seed, 0.5, length + 1);
    for (std::size_t k = 0; k + 1 < series.size(); ++k) series[k] = series[k + 1] - series[k];
    series.pop_back();
    return series;
}

constexpr int seeds = 400;

/// The share of seeds whose interval covers zero.
template <class Series>
double coverage(const Series& series_of) {
    int covered = 0;
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        const MeanEstimate estimate = batch_means(series_of(seed));
        covered += estimate.low() <= 0.0 && 0.0 <= estimate.high() ? 1 : 0;
    }
    return static_cast<double>(covered) / seeds;
}

// Of 400 seeds a true coverage of 95 % gives 92.8 to 97.2 % in 95 of 100 cases.
constexpr double least_coverage = 0.92;
constexpr double most_coverage = 0.985;

TEST(BatchMeans, CoverTheTruthInNineteenOfTwentyCases) {
    for (const double memory : {0.0, 0.5, 0.9, -0.5}) {
        const double share = coverage([&](std::uint64_t seed) { return autoregression(seed, memory, 4000); });
        EXPECT_GE(share, least_coverage) << "memory " << memory;
        EXPECT_LE(share, most_coverage) << "memory " << memory;
    }
}

/// The share of seeds whose series shows a plateau.
double plateaus(double memory, int length) {
    int found = 0;
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        found += batch_means(autoregression(seed, memory, length)).has_plateau ? 1 : 0;
    }
    return static_cast<double>(found) / seeds;
}

TEST(BatchMeans, SeeThatASeriesIsTooShortForItsCorrelations) {
    for (const double memory : {0.0, 0.5, 0.9, -0.5}) EXPECT_GT(plateaus(memory, 4000), 0.9) << "memory " << memory;
    EXPECT_LT(plateaus(0.99, 4000), 0.1);
    EXPECT_LT(plateaus(0.999, 4000), 0.05);
    EXPECT_FALSE(batch_means(std::vector<double>(63, 1.0)).has_plateau);
    EXPECT_TRUE(batch_means(std::vector<double>(64, 1.0)).has_plateau);
}

TEST(BatchMeans, CoverTheTruthWhereCorrelationsAreAsLongAsTheSeries) {
    const double share = coverage([](std::uint64_t seed) { return autoregression(seed, 0.999, 4000); });

    EXPECT_GE(share, 0.85);  // two thousand numbers are worth one
}

TEST(BatchMeans, CoverTheTruthOfABoundedSum) {
    const double share = coverage([&](std::uint64_t seed) { return differences(seed, 4000); });

    EXPECT_GE(share, 0.90);
    EXPECT_LE(share, 0.99);
}

TEST(BatchMeans, AreNarrowWhereTheSumIsBounded) {
    const double bounded = batch_means(differences(1, 4000)).half_width;
    const double independent = batch_means(autoregression(1, 0.0, 4000)).half_width;

    EXPECT_LT(bounded, 0.1 * independent);
}

TEST(BatchMeans, HaveTheWidthOfIndependentNumbers) {
    const MeanEstimate estimate = batch_means(autoregression(3, 0.0, 100'000));

    EXPECT_NEAR(estimate.half_width, 1.96 / std::sqrt(100'000.0), 0.4 * 1.96 / std::sqrt(100'000.0));
}

TEST(BatchMeans, OfConstantNumbersHaveNoWidth) {
    const MeanEstimate estimate = batch_means(std::vector<double>(64, 0.25));

    EXPECT_EQ(estimate.mean, 0.25);
    EXPECT_EQ(estimate.half_width, 0.0);
}

TEST(BatchMeans, GiveAShortSeriesNoInterval) {
    EXPECT_TRUE(std::isnan(batch_means({}).mean));
    const MeanEstimate few = batch_means(std::vector<double>(least_batches - 1, 1.0));
    EXPECT_EQ(few.mean, 1.0);
    EXPECT_TRUE(std::isnan(few.half_width));
    EXPECT_FALSE(std::isnan(batch_means(std::vector<double>(least_batches, 1.0)).half_width));
}

TEST(BatchMeans, GiveAnInfiniteMeanNoInterval) {
    std::vector<double> series(64, 0.0);
    series[7] = -INFINITY;

    EXPECT_EQ(batch_means(series).mean, -INFINITY);
    EXPECT_TRUE(std::isnan(batch_means(series).half_width));
}

}  // namespace
}  // namespace curldescent
