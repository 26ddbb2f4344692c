#include "curldescent/experiment/sweep.hpp"

#include <gtest/gtest.h>

#include "experiment/parsing.hpp"

namespace curldescent {
namespace {

using testing::ElementsAre;

using Indices = std::vector<std::int64_t>;

/// Batches of 2, 3 and 4 samples, crossed with two activations.
Sweep batches_by_activations() {
    const SweptKey batches{find_key("training.batch"), {std::int64_t{2}, std::int64_t{3}, std::int64_t{4}}};
    const SweptKey activations{find_key("network.activation"), {std::string("tanh"), std::string("relu")}};
    return {.axes = {{{batches}}, {{activations}}}};
}

TEST(Sweep, WithoutAxesIsASinglePoint) {
    const Sweep none;
    Settings settings;
    settings.run.training.epochs = 7;

    EXPECT_EQ(none.points(), 1);
    EXPECT_TRUE(none.axis_indices(0).empty());
    EXPECT_EQ(none.at(settings, 0).run.training.epochs, 7);
}

TEST(Sweep, CrossesItsAxes) {
    EXPECT_EQ(batches_by_activations().points(), 6);
}

TEST(Sweep, VariesTheLastAxisFastest) {
    const Sweep sweep = batches_by_activations();

    EXPECT_EQ(sweep.axis_indices(0), (Indices{0, 0}));
    EXPECT_EQ(sweep.axis_indices(1), (Indices{0, 1}));
    EXPECT_EQ(sweep.axis_indices(2), (Indices{1, 0}));
    EXPECT_EQ(sweep.axis_indices(5), (Indices{2, 1}));
}

TEST(Sweep, SetsItsKeysInAPointAndLeavesTheOthers) {
    Settings base;
    base.run.training.epochs = 7;

    const Settings settings = batches_by_activations().at(base, 3);

    EXPECT_EQ(settings.run.training.batch, 3);
    EXPECT_EQ(settings.run.network.activation, Activation::relu);
    EXPECT_EQ(settings.run.training.epochs, 7);
    EXPECT_EQ(base.run.training.batch, Settings().run.training.batch);
}

TEST(Sweep, MovesTheKeysOfOneAxisTogether) {
    const SweptKey samples{find_key("training.samples"), {std::int64_t{20}, std::int64_t{30}}};
    const SweptKey epochs{find_key("training.epochs"), {std::int64_t{5}, std::int64_t{6}}};
    const Sweep zipped{.axes = {{{samples, epochs}}}};

    EXPECT_EQ(zipped.points(), 2);
    EXPECT_EQ(zipped.at({}, 1).run.training.samples, 30);
    EXPECT_EQ(zipped.at({}, 1).run.training.epochs, 6);
}

TEST(Linspace, EndsExactlyAtBothBounds) {
    EXPECT_THAT(linspace(1.0, 0.0, 5), ElementsAre(1.0, 0.75, 0.5, 0.25, 0.0));
    EXPECT_EQ(linspace(0.1, 0.7, 20).front(), 0.1);
    EXPECT_EQ(linspace(0.0, 1.0, 50).back(), 1.0);  // 49 * (1 / 49) is 0.9999999999999999
}

TEST(Linspace, OfOneValueIsTheFirstBound) {
    EXPECT_THAT(linspace(0.1, 0.7, 1), ElementsAre(0.1));
}

// EXPECT_DOUBLE_EQ allows 4 units in the last place; NumPy's own values differ by 1 between machines.

TEST(Linspace, GivesTheValuesOfNumpy) {
    const std::vector<double> fractions = linspace(0.0, 1.0, 21);
    const std::vector<double> ratios = linspace(0.1, 0.7, 20);

    ASSERT_EQ(fractions.size(), 21U);
    EXPECT_DOUBLE_EQ(fractions[3], 0.15000000000000002);
    EXPECT_DOUBLE_EQ(fractions[7], 0.35000000000000003);
    EXPECT_DOUBLE_EQ(fractions[17], 0.8500000000000001);
    ASSERT_EQ(ratios.size(), 20U);
    EXPECT_DOUBLE_EQ(ratios[1], 0.13157894736842107);
    EXPECT_DOUBLE_EQ(ratios[13], 0.5105263157894737);
}

TEST(Logspace, GivesTheValuesOfNumpy) {
    const std::vector<double> ratios = logspace(-1.0, 2.0, 20);

    ASSERT_EQ(ratios.size(), 20U);
    EXPECT_DOUBLE_EQ(ratios[0], 0.1);
    EXPECT_DOUBLE_EQ(ratios[1], 0.14384498882876628);
    EXPECT_DOUBLE_EQ(ratios[10], 3.79269019073225);
    EXPECT_DOUBLE_EQ(ratios[19], 100.0);
}

}  // namespace
}  // namespace curldescent
