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
    std::set<std::string> names;
    const auto layout = scientific_layout(small_experiment());
    ASSERT_GT(layout.size(), 30U);
    for (const Variable& variable : layout) EXPECT_TRUE(names.insert(variable.name).second) << variable.name;
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

TEST(ScientificLayout, WorksForASinglePoint) {
    const Experiment single = parse_experiment("", "empty.toml", {});
    EXPECT_EQ(extents_of(single).points, 1);
    EXPECT_EQ(find(scientific_layout(single), "final_test_loss").coordinates, "");
}

}  // namespace
}  // namespace curldescent
