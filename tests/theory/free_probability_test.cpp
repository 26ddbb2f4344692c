#include "curldescent/theory/free_probability.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace curldescent {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr double published_digits = 5e-5;  // MODEL.md gives four
constexpr double accuracy = 1e-8;          // what is asked of the theory, relative to numbers above 1
constexpr double quadrature = 1e-6;        // of an integral over the density

/// Corners and inner points: few and many hidden units, no flips and all, both scales unlike.
std::vector<SpectrumParameters> many_parameters(const std::vector<double>& scales = {0.3, 1.0, 2.0}) {
    std::vector<SpectrumParameters> all;
    for (const double c : {1e-4, 0.03, 0.3, 0.7, 1.7, 3.0, 1e3}) {
        for (const double alpha_h : {0.0, 1e-6, 0.2, 0.5, 0.9, 1.0}) {
            for (const double alpha_r : {0.0, 1e-6, 0.3, 0.8, 1.0}) {
                for (const double s : scales) all.push_back({c, alpha_h, alpha_r, s, 1.0});
            }
        }
    }
    return all;
}

std::string text(const SpectrumParameters& parameters) {
    return "c = " + std::to_string(parameters.ratio) +
           ", alpha_h = " + std::to_string(parameters.hidden_flip_fraction) +
           ", alpha_r = " + std::to_string(parameters.readout_flip_fraction) +
           ", s = " + std::to_string(parameters.weight_variance);
}

/// x(z) as MODEL.md section 4 writes it, with the square root, which degenerates where no input is flipped.
double x_of_z(const SpectrumParameters& p, double z) {
    const double s = p.weight_variance;
    const double w = p.squared_readout_norm;
    const double alpha_r = p.readout_flip_fraction;
    const double delta = 1.0 - 2.0 * p.hidden_flip_fraction;
    const double readout = (1.0 - alpha_r) / p.ratio * s / (1.0 - s * z) - alpha_r / p.ratio * s / (1.0 + s * z);
    if (delta == 1.0) return readout + w + 1.0 / z;
    return readout + (std::sqrt(1.0 + 4.0 * w * z * (w * z + delta)) - 1.0) / (2.0 * z) + 1.0 / z;
}

/// The greatest x(z) at -limit < z < -1e-9, where x rises, then falls: by golden sections of log(-z).
double greatest_x(const SpectrumParameters& parameters, double limit) {
    const double golden = 1.0 / std::numbers::phi;
    double low = std::log(1e-9);
    double high = std::log(limit);
    const auto x = [&](double log_z) { return x_of_z(parameters, -std::exp(log_z)); };
    for (int section = 0; section < 120; ++section) {
        const double left = high - golden * (high - low);
        const double right = low + golden * (high - low);
        (x(left) < x(right) ? low : high) = x(left) < x(right) ? left : right;
    }
    return x(low);
}

/// The integral over a band by the midpoint rule in x = centre + half width cos(angle), which makes the edges smooth.
double midpoint_integral(const std::function<double(double)>& f, const Band& band, int points) {
    const double half_width = 0.5 * (band.upper - band.lower);
    double sum = 0.0;
    for (int k = 0; k < points; ++k) {
        const double angle = std::numbers::pi * (k + 0.5) / points;
        sum += f(0.5 * (band.lower + band.upper) + half_width * std::cos(angle)) * std::sin(angle);
    }
    return sum * half_width * std::numbers::pi / points;
}

/// The integral of density(x) f(x) over all bands, with points doubled until it stands still.
double integral(const SpectrumParameters& parameters, const std::function<double(double)>& f) {
    constexpr double still = 0.1 * quadrature;
    constexpr int most_points = 1 << 17;
    const auto integrand = [&](double x) { return density(parameters, x) * f(x); };
    double sum = 0.0;
    for (const Band& band : bands(parameters)) {
        int points = 32;
        double last = 0.0;
        double next = midpoint_integral(integrand, band, points);
        while (std::abs(next - last) > still * (1.0 + std::abs(next)) && points < most_points) {
            points *= 2;
            last = std::exchange(next, midpoint_integral(integrand, band, points));
        }
        sum += next;
    }
    return sum;
}

double atom_sum(const SpectrumParameters& parameters, const std::function<double(double)>& f) {
    double sum = 0.0;
    for (const auto& [position, mass] : atoms(parameters)) sum += mass * f(position);
    return sum;
}

TEST(LowerEdge, HasTheKnownValues) {
    EXPECT_NEAR(lower_edge({0.3, 0.5, 0.0}), 0.0549, published_digits);
    EXPECT_NEAR(lower_edge({1.0, 0.5, 0.0}), -0.9303, published_digits);
    EXPECT_NEAR(lower_edge({0.1, 0.0, 0.3}), -1.2301, published_digits);
    EXPECT_NEAR(lower_edge({1.0, 0.0, 0.1}), -0.2186, published_digits);
    EXPECT_NEAR(lower_edge({0.1, 0.2, 0.2}), 0.3059, published_digits);
}

TEST(LowerEdge, WithoutFlipsIsThatOfMarchenkoAndPasturAboveTheReadoutNorm) {
    for (const double c : {1e-4, 0.01, 0.25, 0.999}) {
        const double edge = 3.0 + 2.0 * std::pow(1.0 / std::sqrt(c) - 1.0, 2);
        EXPECT_NEAR(lower_edge({c, 0.0, 0.0, 2.0, 3.0}) / edge, 1.0, accuracy) << c;
    }
}

TEST(LowerEdge, WithAllHiddenFlipsIsThatOfMarchenkoAndPasturBelowMinusTheReadoutNorm) {
    for (const double c : {1e-4, 0.01, 0.25, 0.999}) {
        const double edge = -3.0 + 2.0 * std::pow(1.0 / std::sqrt(c) - 1.0, 2);
        EXPECT_NEAR(lower_edge({c, 1.0, 0.0, 2.0, 3.0}) / edge, 1.0, accuracy) << c;
    }
}

TEST(LowerEdge, WithAllReadoutFlipsIsThatOfTheMirroredMarchenkoAndPastur) {
    for (const double c : {1e-4, 0.25, 1.0, 1e3}) {
        const double edge = 3.0 - 2.0 * std::pow(1.0 / std::sqrt(c) + 1.0, 2);
        EXPECT_NEAR(lower_edge({c, 0.0, 1.0, 2.0, 3.0}) / edge, 1.0, accuracy) << c;
    }
}

TEST(LowerEdge, IsTheLowestAtomWhereThatIsLower) {
    EXPECT_EQ(lower_edge({4.0, 0.0, 0.0, 1.0, 2.0}), 2.0);
    EXPECT_EQ(lower_edge({4.0, 0.5, 0.0, 1.0, 2.0}), -2.0);
    EXPECT_EQ(lower_edge({100.0, 1.0, 0.0, 4.0, 1.0}), -1.0);  // its only band is positive
    EXPECT_GT(bands({100.0, 1.0, 0.0, 4.0, 1.0}).front().lower, 2.0);
}

TEST(LowerEdge, IsTheGreatestValueOfTheModelsFormula) {
    for (const SpectrumParameters& parameters : many_parameters()) {
        const double limit = parameters.readout_flip_fraction > 0.0 ? 1.0 / parameters.weight_variance : 1e9;
        const double edge = lower_edge(parameters);
        EXPECT_NEAR(edge, greatest_x(parameters, limit), accuracy * (1.0 + std::abs(edge))) << text(parameters);
    }
}

TEST(LowerEdge, MovesByTheSquareRootOfTheSmallestShareOfFlips) {
    const double limit = lower_edge({1.0, 1e-300, 0.0});  // the outlier of a single flip
    EXPECT_NEAR(limit, -1.0 + 2.0 / 3.0, accuracy);
    const double shift = limit - lower_edge({1.0, 1e-10, 0.0});
    EXPECT_NEAR(shift / (limit - lower_edge({1.0, 1e-8, 0.0})), 0.1, 1e-3);
}

TEST(LowerEdge, ScalesWithTheMatrix) {
    for (const SpectrumParameters& parameters : many_parameters()) {
        SpectrumParameters scaled = parameters;
        scaled.weight_variance *= 1e-3;
        scaled.squared_readout_norm *= 1e-3;
        const double edge = lower_edge(parameters);
        EXPECT_NEAR(1e3 * lower_edge(scaled), edge, accuracy * (1.0 + std::abs(edge))) << text(parameters);
    }
}

TEST(LowerEdge, IsFiniteAtTheEndsOfWhatIsAllowed) {
    for (const double c : {allowed_scales.least, allowed_scales.greatest}) {
        for (const double s : {allowed_scales.least, allowed_scales.greatest}) {
            for (const double w : {allowed_scales.least, allowed_scales.greatest}) {
                for (const double alpha : {0.0, 1e-300, 0.5, 1.0}) {
                    EXPECT_TRUE(std::isfinite(lower_edge({c, alpha, 0.5, s, w}))) << c << ' ' << s << ' ' << w;
                    EXPECT_TRUE(std::isfinite(lower_edge({c, 0.5, alpha, s, w}))) << c << ' ' << s << ' ' << w;
                }
            }
        }
    }
}

TEST(Bands, AreOneOfMarchenkoAndPasturWithoutFlips) {
    const std::vector<Band> found = bands({0.25, 0.0, 0.0, 1.0, 2.0});

    ASSERT_EQ(found.size(), 1U);
    EXPECT_NEAR(found[0].lower, 2.0 + 1.0, accuracy);
    EXPECT_NEAR(found[0].upper, 2.0 + 9.0, accuracy);
}

TEST(Bands, AreFourWhereFewUnitsOfBothSignsMeetInputsOfBothSigns) {
    EXPECT_EQ(bands({8.0, 0.4, 0.1}).size(), 4U);
}

TEST(Bands, AscendWithGapsBetween) {
    for (const SpectrumParameters& parameters : many_parameters()) {
        double last = -std::numeric_limits<double>::infinity();
        for (const auto& [lower, upper] : bands(parameters)) {
            EXPECT_LT(last, lower) << text(parameters);
            EXPECT_LE(lower, upper) << text(parameters);
            last = upper;
        }
    }
}

TEST(Bands, OfReadoutFlipsMirrorThoseOfTheOtherSigns) {
    const std::vector<Band> found = bands({1.5, 0.4, 0.1, 1.0, 2.0});
    const std::vector<Band> mirrored = bands({1.5, 0.6, 0.9, 1.0, 2.0});

    ASSERT_EQ(found.size(), mirrored.size());
    for (std::size_t k = 0; k < found.size(); ++k) {
        EXPECT_NEAR(found[k].lower, -mirrored[found.size() - 1 - k].upper, accuracy);
        EXPECT_NEAR(found[k].upper, -mirrored[found.size() - 1 - k].lower, accuracy);
    }
}

TEST(Atoms, AreTheSignsThatTooFewHiddenUnitsLeave) {
    const std::vector<Atom> found = atoms({4.0, 0.4, 0.3, 1.0, 2.0});

    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].position, -2.0);
    EXPECT_NEAR(found[0].mass, 0.4 - 0.25, accuracy);
    EXPECT_EQ(found[1].position, 2.0);
    EXPECT_NEAR(found[1].mass, 0.6 - 0.25, accuracy);
}

TEST(Atoms, AreAbsentWithEnoughHiddenUnits) {
    EXPECT_TRUE(atoms({1.0, 0.0, 0.5}).empty());
    EXPECT_TRUE(atoms({1.0, 1.0, 0.5}).empty());
    EXPECT_TRUE(atoms({1.0 / 0.9, 0.9, 0.0}).empty());  // the masses are zero but for rounding
}

TEST(Density, IsThatOfMarchenkoAndPasturWithoutFlips) {
    const SpectrumParameters parameters{0.25, 0.0, 0.0, 1.0, 2.0};
    for (const double x : {3.0 + 1e-6, 3.1, 5.0, 10.9, 11.0 - 1e-6}) {
        const double expected = std::sqrt((x - 3.0) * (11.0 - x)) / (2.0 * std::numbers::pi * (x - 2.0));
        EXPECT_NEAR(density(parameters, x), expected, accuracy) << x;
    }
}

TEST(Density, IsZeroOnEdgesAndOutside) {
    const SpectrumParameters parameters{8.0, 0.4, 0.1};
    for (const auto& [lower, upper] : bands(parameters)) {
        for (const double x : {lower - 1e-3, lower, upper, upper + 1e-3}) EXPECT_EQ(density(parameters, x), 0.0) << x;
        EXPECT_GT(density(parameters, 0.5 * (lower + upper)), 0.0);
    }
    for (const Atom& atom : atoms(parameters)) EXPECT_EQ(density(parameters, atom.position), 0.0);
}

TEST(Density, IntegratesToOneLessTheAtoms) {
    const auto one = [](double) { return 1.0; };
    for (const SpectrumParameters& parameters : many_parameters({0.7})) {
        EXPECT_NEAR(integral(parameters, one) + atom_sum(parameters, one), 1.0, quadrature) << text(parameters);
    }
}

TEST(Density, HasTheMeanAndTheVarianceOfTheMatrix) {
    for (const SpectrumParameters& p : many_parameters({0.7})) {
        if (p.ratio < 0.01) continue;
        const double mean = p.squared_readout_norm * (1.0 - 2.0 * p.hidden_flip_fraction) +
                            p.weight_variance * (1.0 - 2.0 * p.readout_flip_fraction) / p.ratio;
        const double variance = 4.0 * p.hidden_flip_fraction * (1.0 - p.hidden_flip_fraction) +
                                p.weight_variance * p.weight_variance / p.ratio;
        const auto square = [mean](double x) { return (x - mean) * (x - mean); };
        const double scale = 1.0 + mean * mean + variance;
        const auto identity = [](double x) { return x; };
        EXPECT_NEAR(integral(p, identity) + atom_sum(p, identity), mean, quadrature * scale) << text(p);
        EXPECT_NEAR(integral(p, square) + atom_sum(p, square), variance, quadrature * scale) << text(p);
    }
}

TEST(Density, HasTheStieltjesTransformOfTheModelsFormula) {
    for (const SpectrumParameters& parameters : many_parameters({0.7})) {
        const double z = -0.1 * parameters.ratio / (1.0 + parameters.ratio);  // its x(z) is below the spectrum
        const double x = x_of_z(parameters, z);
        ASSERT_LT(x, lower_edge(parameters)) << text(parameters);
        const auto resolvent = [x](double eigenvalue) { return 1.0 / (x - eigenvalue); };
        EXPECT_NEAR(integral(parameters, resolvent) + atom_sum(parameters, resolvent), z, quadrature)
            << text(parameters);
    }
}

/// The message of the exception that these parameters cause, or an empty one.
std::string complaint_about(const SpectrumParameters& parameters) {
    try {
        validate(parameters);
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
    return {};
}

TEST(SpectrumParameters, AreRefusedOutOfRange) {
    EXPECT_THAT(complaint_about({.ratio = 0.0}), AllOf(HasSubstr("ratio = 0 "), HasSubstr("allowed: 1e-12 to 1e+12")));
    EXPECT_THAT(complaint_about({.ratio = -1.0}), HasSubstr("ratio = -1"));
    EXPECT_THAT(complaint_about({.ratio = std::nan("")}), HasSubstr("ratio = nan"));
    EXPECT_THAT(complaint_about({.hidden_flip_fraction = 1.5}),
                AllOf(HasSubstr("hidden_flip_fraction = 1.5"), HasSubstr("allowed: 0 to 1")));
    EXPECT_THAT(complaint_about({.readout_flip_fraction = -0.1}), HasSubstr("readout_flip_fraction = -0.1"));
    EXPECT_THAT(complaint_about({.weight_variance = 0.0}), HasSubstr("weight_variance = 0"));
    EXPECT_THAT(complaint_about({.squared_readout_norm = 1e13}), HasSubstr("squared_readout_norm = 1e+13"));
}

TEST(SpectrumParameters, AreAcceptedAtTheEndsOfWhatIsAllowed) {
    EXPECT_EQ(complaint_about({1e-12, 0.0, 0.0, 1e-12, 1e-12}), "");
    EXPECT_EQ(complaint_about({1e12, 1.0, 1.0, 1e12, 1e12}), "");
}

TEST(SpectrumParameters, AreCheckedByEveryFunction) {
    const SpectrumParameters impossible{.ratio = -1.0};
    EXPECT_THROW(bands(impossible), std::invalid_argument);
    EXPECT_THROW(atoms(impossible), std::invalid_argument);
    EXPECT_THROW(lower_edge(impossible), std::invalid_argument);
    EXPECT_THROW(density(impossible, 0.0), std::invalid_argument);
}

}  // namespace
}  // namespace curldescent
