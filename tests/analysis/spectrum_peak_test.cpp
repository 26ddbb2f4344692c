#include "curldescent/analysis/spectrum_peak.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <vector>

#include "curldescent/model/random.hpp"

namespace curldescent {
namespace {

std::vector<double> wave(double period, double noise, int length) {
    RandomStream random({.seed = 1}, Stream::student_hidden);
    std::vector<double> series;
    for (int k = 0; k < length; ++k) {
        series.push_back(5.0 + std::sin(2.0 * std::numbers::pi * k / period) + noise * random.next_normal());
    }
    return series;
}

TEST(SpectrumPeak, FindsAPeriodBetweenTheLines) {
    for (const double period : {2.5, 7.3, 61.7}) {
        const SpectrumPeak peak = spectrum_peak(wave(period, 0.0, 1500));

        EXPECT_NEAR(peak.period / period, 1.0, 5e-3);  // a tenth of a line at the longest period
        EXPECT_GT(peak.share, 0.99);
    }
}

TEST(SpectrumPeak, HasTheShareThatIsNotNoise) {
    const SpectrumPeak peak = spectrum_peak(wave(16.0, 1.0, 4096));

    EXPECT_NEAR(peak.period, 16.0, 0.05);
    EXPECT_NEAR(peak.share, 1.0 / 3.0, 0.05);  // variance 1/2 of 3/2
}

TEST(SpectrumPeak, FindsAPeriodOfTwo) {
    std::vector<double> series;
    for (int k = 0; k < 256; ++k) series.push_back(k % 2);

    const SpectrumPeak peak = spectrum_peak(series);

    EXPECT_EQ(peak.period, 2.0);
    EXPECT_GT(peak.share, 0.9);
}

TEST(SpectrumPeak, IsMissingForASeriesThatOnlyFalls) {
    for (const double rate : {0.0, 1e-7, 1e-4, 1e-2, 1.0}) {
        std::vector<double> series;
        for (int k = 0; k < 4096; ++k) series.push_back(rate > 0.0 ? std::exp(-rate * k) : 1.0 - 1e-4 * k);

        EXPECT_TRUE(std::isnan(spectrum_peak(series).period)) << "rate " << rate;
        EXPECT_TRUE(std::isnan(spectrum_peak(series).share)) << "rate " << rate;
    }
}

TEST(SpectrumPeak, IsThatOfAWaveOnASteepRamp) {
    std::vector<double> series = wave(16.0, 0.0, 4096);
    for (std::size_t k = 0; k < series.size(); ++k) series[k] += 0.1 * static_cast<double>(k);

    EXPECT_NEAR(spectrum_peak(series).period, 16.0, 0.05);
    EXPECT_GT(spectrum_peak(series).share, 0.99);
}

TEST(SpectrumPeak, SharesNothingWithTrends) {
    std::vector<double> series;
    for (int k = 0; k < 1024; ++k) {
        const double turn = 2.0 * std::numbers::pi * k / 1024.0;
        series.push_back(std::sin(4.0 * turn) + 0.5 * std::cos(turn));
    }

    const SpectrumPeak peak = spectrum_peak(series);

    EXPECT_NEAR(peak.period, 256.0, 3.0);
    EXPECT_NEAR(peak.share, 1.0, 1e-3);
}

TEST(SpectrumPeak, IsMissingForShortAndForConstantSeries) {
    EXPECT_TRUE(std::isnan(spectrum_peak({}).period));
    EXPECT_TRUE(std::isnan(spectrum_peak(wave(4.0, 0.0, 31)).period));
    EXPECT_TRUE(std::isnan(spectrum_peak(std::vector<double>(64, 2.0)).share));
}

}  // namespace
}  // namespace curldescent
