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

    EXPECT_NEAR(peak.period, 2.0, 0.02);
    EXPECT_GT(peak.share, 0.9);
}

TEST(SpectrumPeak, IsMissingForShortAndForConstantSeries) {
    EXPECT_TRUE(std::isnan(spectrum_peak({}).period));
    EXPECT_TRUE(std::isnan(spectrum_peak(wave(4.0, 0.0, 31)).period));
    EXPECT_TRUE(std::isnan(spectrum_peak(std::vector<double>(64, 2.0)).share));
}

}  // namespace
}  // namespace curldescent
