#include "curldescent/storage/schema.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "storage/small_experiment.hpp"

namespace curldescent {
namespace {

using testing::ElementsAre;

const Variable& find(const std::vector<Variable>& layout, const std::string& name) {
    const auto found = std::ranges::find(layout, name, &Variable::name);
    if (found == layout.end()) throw std::out_of_range(name);
    return *found;
}

Experiment experiment_with(const std::string& sweep) {
    return parse_experiment("[training]\nrecords = 5\n[sweep]\n" + sweep, "test.toml", {});
}

TEST(Extents, FollowFromTheExperiment) {
    const Extents extents = extents_of(small_experiment());
    EXPECT_EQ(extents.points, 6);
    EXPECT_EQ(extents.rules, 2);
    EXPECT_EQ(extents.replicates, 4);
    EXPECT_EQ(extents.records, 4);
}

TEST(Extents, HaveTheMostRecordsOfAnyPoint) {
    EXPECT_EQ(extents_of(experiment_with("training.epochs = [2, 1000]")).records, 6);
}

TEST(ScientificLayout, NamesNoVariableTwice) {
    std::set<std::pair<Group, std::string>> names;
    const auto layout = scientific_layout(small_experiment());
    ASSERT_GT(layout.size(), 30U);
    for (const Variable& variable : layout) {
        EXPECT_TRUE(names.emplace(variable.group, variable.name).second) << variable.name;
    }
}

TEST(ScientificLayout, DescribesEveryVariable) {
    for (const Variable& variable : scientific_layout(small_experiment())) {
        EXPECT_FALSE(variable.description.empty()) << variable.name;
        const bool number = variable.type == ValueType::real64;
        EXPECT_TRUE(!number || !variable.units.empty()) << variable.name;
    }
}

TEST(ScientificLayout, HoldsAnElementOfContentForEachPoint) {
    const auto layout = scientific_layout(small_experiment());
    EXPECT_THAT(std::get<std::vector<double>>(find(layout, "hidden_flip_fraction").content),
                ElementsAre(0.0, 0.5, 1.0, 0.0, 0.5, 1.0));
    EXPECT_THAT(std::get<std::vector<std::string>>(find(layout, "activation").content),
                ElementsAre("linear", "linear", "linear", "tanh", "tanh", "tanh"));
    EXPECT_THAT(std::get<std::vector<std::int64_t>>(find(layout, "axis_hidden_flip_fraction").content),
                ElementsAre(0, 1, 2, 0, 1, 2));
    EXPECT_THAT(std::get<std::vector<std::int64_t>>(find(layout, "hidden_flips").content),
                ElementsAre(0, 2, 5, 0, 2, 5));
}

TEST(ScientificLayout, KeepsTheRatioThatWasGiven) {
    const auto layout =
        scientific_layout(parse_experiment("[network]\ntotal_neurons = 220\nratio = 0.1\n", "test.toml", {}));
    EXPECT_THAT(std::get<std::vector<double>>(find(layout, "ratio").content), ElementsAre(0.1));
    EXPECT_THAT(std::get<std::vector<std::int64_t>>(find(layout, "inputs").content), ElementsAre(20));
    EXPECT_THAT(std::get<std::vector<std::int64_t>>(find(layout, "hidden").content), ElementsAre(199));
}

TEST(ScientificLayout, DerivesTheRatioFromTheSizes) {
    const auto layout = scientific_layout(small_experiment());
    EXPECT_THAT(std::get<std::vector<double>>(find(layout, "ratio").content), testing::Each(5.0 / 8.0));
}

TEST(ScientificLayout, FillsShortRowsOfEpochsWithNaN) {
    const auto layout = scientific_layout(experiment_with("training.epochs = [2, 1000]"));
    const auto& epochs = std::get<std::vector<double>>(find(layout, "epoch").content);
    ASSERT_EQ(epochs.size(), 12U);
    EXPECT_EQ(epochs[0], 0.0);
    EXPECT_EQ(epochs[1], 1.0);
    EXPECT_EQ(epochs[2], 2.0);
    EXPECT_TRUE(std::isnan(epochs[3]));
    EXPECT_EQ(epochs[11], 1000.0);
}

TEST(ScientificLayout, LabelsRunsByTheSweptKeysAndTheEpoch) {
    const auto layout = scientific_layout(small_experiment());
    EXPECT_EQ(find(layout, "final_test_loss").coordinates, "activation hidden_flip_fraction");
    EXPECT_EQ(find(layout, "test_loss").coordinates, "activation hidden_flip_fraction epoch");
}

TEST(ScientificLayout, HasSixStatisticsForALossAndItsLogarithm) {
    const auto layout = scientific_layout(small_experiment());
    for (const auto statistic : statistic_names) {
        const std::vector<Dimension> point_and_rule{Dimension::point, Dimension::rule};
        EXPECT_EQ(find(layout, "final_test_loss_" + std::string(statistic)).dimensions, point_and_rule);
        EXPECT_EQ(find(layout, "log10_final_test_loss_" + std::string(statistic)).dimensions, point_and_rule);
    }
}

bool has(const std::vector<Variable>& layout, const std::string& name) {
    return std::ranges::find(layout, name, &Variable::name) != layout.end();
}

TEST(ScientificLayout, HasTheMeasurementsThatAreAskedFor) {
    const auto plain = scientific_layout(small_experiment());
    const Experiment experiment = parse_experiment(
        "[analysis]\nloss_thresholds = [0.1, 0.01]\nalignment = true\ncurl_strength = true\nbaseline = "
        "\"gradient-descent\"\n",
        "test.toml", {});
    const auto measured = scientific_layout(experiment);

    EXPECT_THAT(std::get<std::vector<double>>(find(measured, "threshold").content), ElementsAre(0.1, 0.01));
    EXPECT_THAT(std::get<std::vector<std::string>>(find(measured, "stage").content),
                ElementsAre("start", "plateau", "end"));
    EXPECT_THAT(std::get<std::vector<std::string>>(find(measured, "train_loss_source").content),
                ElementsAre("streamed"));
    for (const std::string name :
         {"threshold", "stage", "train_loss_source", "epochs_to_test_loss", "epochs_to_test_loss_count",
          "best_train_loss", "gradient_norm", "alignment", "curl_strength", "final_test_loss_vs_baseline_ratio",
          "epochs_to_train_loss_vs_baseline_wilcoxon_p_holm"}) {
        EXPECT_TRUE(has(measured, name)) << name;
        EXPECT_FALSE(has(plain, name)) << name;
    }
    for (const std::string name : {"ascent_total", "plateau_epoch", "saddle_index"}) EXPECT_FALSE(has(measured, name));
}

TEST(ScientificLayout, GivesStatisticsTheExtraDimensionOfTheirVariable) {
    const Experiment experiment =
        parse_experiment("[analysis]\nloss_thresholds = [0.1]\nbaseline = \"curl-descent\"\n", "test.toml", {});
    const auto layout = scientific_layout(experiment);

    const std::vector<Dimension> expected{Dimension::point, Dimension::rule, Dimension::threshold};
    EXPECT_EQ(find(layout, "epochs_to_test_loss_median").dimensions, expected);
    EXPECT_EQ(find(layout, "epochs_to_test_loss_vs_baseline_wins").dimensions, expected);
    EXPECT_THAT(find(layout, "epochs_to_test_loss_vs_baseline_wins").description,
                testing::HasSubstr("against curl-descent"));
}

TEST(ScientificLayout, WorksForASinglePoint) {
    const Experiment single = parse_experiment("", "empty.toml", {});
    EXPECT_EQ(extents_of(single).points, 1);
    EXPECT_EQ(find(scientific_layout(single), "final_test_loss").coordinates, "");
}

}  // namespace
}  // namespace curldescent
