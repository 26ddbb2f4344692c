#include "curldescent/model/activation.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

#include "curldescent/model/network.hpp"
#include "support/matrices.hpp"

namespace curldescent {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr double rounding = 4.0 * std::numeric_limits<double>::epsilon();  // exp, log and one division
constexpr std::array all_activations{Activation::linear, Activation::tanh, Activation::relu, Activation::sigmoid};

double activated(Activation activation, double value) {
    Matrix single{{value}};
    apply_activation(activation, single);
    return single(0, 0);
}

double derivative_from(Activation activation, double h) {
    Matrix delta{{1.0}};
    multiply_by_derivative(activation, Matrix{{h}}, delta);
    return delta(0, 0);
}

TEST(Activation, IsFoundByTheNameUsersWrite) {
    EXPECT_EQ(from_string<Activation>("linear"), Activation::linear);
    EXPECT_EQ(from_string<Activation>("tanh"), Activation::tanh);
    EXPECT_EQ(from_string<Activation>("relu"), Activation::relu);
    EXPECT_EQ(from_string<Activation>("sigmoid"), Activation::sigmoid);
    EXPECT_EQ(from_string<Activation>("Tanh"), std::nullopt);
    EXPECT_EQ(to_string(Activation::sigmoid), "sigmoid");
}

TEST(Activation, LinearChangesNothing) {
    EXPECT_EQ(activated(Activation::linear, -2.5), -2.5);
    EXPECT_EQ(activated(Activation::linear, 1e300), 1e300);
}

TEST(Activation, ReluCutsOffNegativeValues) {
    EXPECT_EQ(activated(Activation::relu, -3.0), 0.0);
    EXPECT_EQ(activated(Activation::relu, 0.0), 0.0);
    EXPECT_EQ(activated(Activation::relu, 2.0), 2.0);
}

TEST(Activation, TanhAndSigmoidTakeTheirRationalValuesAtLogarithms) {
    EXPECT_NEAR(activated(Activation::tanh, std::log(2.0)), 0.6, rounding);
    EXPECT_NEAR(activated(Activation::tanh, -std::log(2.0)), -0.6, rounding);
    EXPECT_EQ(activated(Activation::sigmoid, 0.0), 0.5);
    EXPECT_NEAR(activated(Activation::sigmoid, std::log(3.0)), 0.75, rounding);
    EXPECT_NEAR(activated(Activation::sigmoid, -std::log(3.0)), 0.25, rounding);
}

TEST(Activation, TanhIsTheIdentityAtTinyArgumentsInEveryLaneOfAVector) {
    Matrix values = Matrix::Constant(3, 7, 1e-20);
    values.col(2).setConstant(-1e-9);
    values(2, 6) = -1e-300;
    const Matrix arguments = values;

    apply_activation(Activation::tanh, values);

    EXPECT_EQ(activated(Activation::tanh, 1e-20), 1e-20);
    EXPECT_EQ(largest_difference(values, arguments), 0.0);
}

TEST(Activation, KeepsRelativeAccuracyInTheTails) {
    EXPECT_NEAR(activated(Activation::tanh, 1e-5) / (1e-5 - 1e-15 / 3.0), 1.0, rounding);
    EXPECT_NEAR(activated(Activation::sigmoid, -40.0) / std::exp(-40.0), 1.0, rounding);
}

TEST(Activation, SaturatesWithoutOverflow) {
    EXPECT_EQ(activated(Activation::tanh, 1e3), 1.0);
    EXPECT_EQ(activated(Activation::tanh, -infinite), -1.0);
    EXPECT_EQ(activated(Activation::sigmoid, 1e3), 1.0);
    EXPECT_EQ(activated(Activation::sigmoid, -1e3), 0.0);
    EXPECT_EQ(activated(Activation::sigmoid, -infinite), 0.0);
}

TEST(Activation, LetsNoActivationHideANaN) {
    for (const Activation activation : all_activations) {
        Matrix values = Matrix::Constant(3, 7, std::numeric_limits<double>::quiet_NaN());

        apply_activation(activation, values);

        EXPECT_EQ(values.array().isNaN().count(), 21) << to_string(activation);
    }
}

TEST(Activation, AppliesToABlockAndLeavesTheRestAlone) {
    Matrix values = Matrix::Constant(2, 3, -1.0);

    apply_activation(Activation::relu, values.middleCols(1, 1));

    EXPECT_EQ(largest_difference(values, Matrix{{-1.0, 0.0, -1.0}, {-1.0, 0.0, -1.0}}), 0.0);
}

TEST(ActivationDerivative, FollowsFromTheActivationsAlone) {
    EXPECT_EQ(derivative_from(Activation::linear, 5.0), 1.0);
    EXPECT_EQ(derivative_from(Activation::tanh, 0.5), 0.75);
    EXPECT_EQ(derivative_from(Activation::relu, 5.0), 1.0);
    EXPECT_EQ(derivative_from(Activation::sigmoid, 0.75), 0.1875);
}

TEST(ActivationDerivative, OfReluIsZeroAtZero) {
    EXPECT_EQ(derivative_from(Activation::relu, 0.0), 0.0);
}

TEST(ActivationDerivative, MultipliesEntryByEntry) {
    Matrix delta{{2.0, 4.0}, {-8.0, 16.0}};

    multiply_by_derivative(Activation::tanh, Matrix{{0.0, 0.5}, {-0.5, 1.0}}, delta);

    EXPECT_EQ(largest_difference(delta, Matrix{{2.0, 3.0}, {-6.0, 0.0}}), 0.0);
}

TEST(ActivationDerivative, EqualsTheCentralDifferenceOfTheActivation) {
    constexpr double step = 1e-5;
    constexpr double tolerance = 1e-10;  // step^2 of the formula, epsilon / step of the subtraction

    for (const Activation activation : all_activations) {
        for (const double a : {-1.5, -0.3, 0.2, 2.0}) {
            const double difference = activated(activation, a + step) - activated(activation, a - step);

            EXPECT_NEAR(derivative_from(activation, activated(activation, a)), difference / (2.0 * step), tolerance)
                << to_string(activation) << " at " << a;
        }
    }
}

TEST(ActivationSecondDerivative, EqualsTheCentralDifferenceOfTheDerivative) {
    constexpr double step = 1e-5;
    constexpr double tolerance = 1e-10;  // as above
    const auto slope = [](Activation activation, double a) {
        return derivative_from(activation, activated(activation, a));
    };
    for (const Activation activation : all_activations) {
        for (const double a : {-1.5, -0.3, 0.2, 2.0}) {
            const double difference = slope(activation, a + step) - slope(activation, a - step);

            EXPECT_NEAR(second_derivative(activation, activated(activation, a)), difference / (2.0 * step), tolerance)
                << to_string(activation) << " at " << a;
        }
    }
}

}  // namespace
}  // namespace curldescent
