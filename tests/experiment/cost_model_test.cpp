#include "curldescent/experiment/cost_model.hpp"

#include <gtest/gtest.h>

#include "experiment/parsing.hpp"

namespace curldescent {
namespace {

using enum CostFeature;

/// What the first task of the default experiment is expected to take under these overrides, by the default model.
double seconds(const std::vector<std::string>& overrides) {
    return expected_seconds(default_cost_model(), make_task(parsed("", overrides), 0), {});
}

/// A model whose coefficients are all 1 s.
CostModel unit_model() {
    CostModel model;
    model.seconds.values.setOnes();
    return model;
}

CostVector amounts(CostFeature first, double amount, CostFeature second, double other) {
    CostVector features;
    features[first] = amount;
    features[second] = other;
    return features;
}

TEST(ExpectedSeconds, GrowWithEverythingThatTakesTime) {
    const double usual = seconds({});

    EXPECT_GT(usual, 0.0);
    EXPECT_GT(seconds({"training.epochs=1001"}), usual);
    EXPECT_GT(seconds({"training.samples=260"}), usual);
    EXPECT_GT(seconds({"training.test_samples=1000"}), usual);
    EXPECT_GT(seconds({"training.batch=5"}), usual);
    EXPECT_GT(seconds({"training.records=200"}), usual);
    EXPECT_GT(seconds({"training.width_reduction=false"}), usual);
    EXPECT_GT(seconds({"network.inputs=30"}), usual);
    EXPECT_GT(seconds({"network.hidden=300"}), usual);
    EXPECT_GT(seconds({"network.outputs=2"}), usual);
    EXPECT_GT(seconds({"network.activation=\"tanh\""}), usual);
    EXPECT_LT(seconds({"experiment.rules=[\"curl-descent\"]"}), usual);
}

TEST(ExpectedSeconds, AreTheFeaturesTimesTheirCoefficients) {
    const Task task = make_task(parsed(""), 0);
    CostModel model;
    model.seconds[epoch] = 0.5;
    model.seconds[record] = 2.0;
    const CostVector features = cost_features(task.settings, task.rules(), {});

    EXPECT_DOUBLE_EQ(expected_seconds(model, task, {}), 0.5 * features[epoch] + 2.0 * features[record]);
}

TEST(DefaultCostModel, HasATimeForEveryFeature) {
    const CostVector::Values values = default_cost_model().seconds.values;

    EXPECT_TRUE((values.array() > 0.0).all());
    EXPECT_TRUE((values.array() < 1e-3).all());  // of a second
}

TEST(FitCostModel, FindsTheCoefficientsThatMadeTheTimes) {
    std::vector<TimedWork> works;
    for (const double amount : {1.0, 10.0, 100.0, 1000.0}) {
        const CostVector features = amounts(epoch, amount, record, 50.0);
        works.push_back({features, 3.0 * amount + 0.5 * 50.0});
        works.push_back(works.back());
    }
    const CostModel model = fit_cost_model(works, unit_model());

    EXPECT_NEAR(model.seconds[epoch], 3.0, 0.05);
    EXPECT_NEAR(model.seconds[record], 0.5, 0.02);
}

TEST(FitCostModel, ScalesWhatTheTimesDoNotDetermine) {
    const std::vector<TimedWork> works{{amounts(epoch, 2.0, record, 2.0), 12.0},
                                       {amounts(epoch, 1.0, record, 3.0), 12.0}};
    const CostModel model = fit_cost_model(works, unit_model());

    EXPECT_NEAR(model.seconds[task], 3.0, 1e-9);  // this core is three times slower than the prior's
    EXPECT_NEAR(model.seconds[epoch], 3.0, 1e-9);
}

TEST(FitCostModel, GivesNoFeatureANegativeTime) {
    const std::vector<TimedWork> works{{amounts(epoch, 1.0, record, 0.0), 1.0},
                                       {amounts(epoch, 1.0, record, 1.0), 0.1},
                                       {amounts(epoch, 1.0, record, 1.0), 0.1}};
    const CostModel model = fit_cost_model(works, unit_model());

    EXPECT_TRUE((model.seconds.values.array() >= 0.0).all());
    EXPECT_EQ(model.seconds[record], 0.0);
}

TEST(FitCostModel, TrustsWorksByTheirWeight) {
    const CostVector features = amounts(epoch, 1.0, record, 0.0);
    const std::vector<TimedWork> works{{features, 2.0, 1.0}, {features, 8.0, 0.01}, {features, 2.0, 1.0}};

    EXPECT_NEAR(fit_cost_model(works, unit_model()).seconds[epoch], 2.0, 0.01);
}

TEST(FitCostModel, IsThePriorWithoutTimes) {
    EXPECT_EQ(fit_cost_model({}, unit_model()).seconds.values, unit_model().seconds.values);
}

}  // namespace
}  // namespace curldescent
