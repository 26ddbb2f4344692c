#include "curldescent/experiment/calibration.hpp"

#include <gtest/gtest.h>

#include "experiment/parsing.hpp"

namespace curldescent {
namespace {

constexpr double five_milliseconds = 5e-3;
const SuppliedData nothing_supplied;

Task first_task(const std::vector<std::string>& overrides) {
    return make_task(parsed("", overrides), 0);
}

Task shortened(const std::vector<std::string>& overrides) {
    return shortened(first_task(overrides), default_cost_model(), five_milliseconds, nothing_supplied);
}

TEST(Shortened, TakesOneEpochAndOneRecord) {
    const Task task = shortened({});

    EXPECT_EQ(task.settings.training.epochs, 1);
    EXPECT_EQ(task.settings.recording.records, 1);
    EXPECT_EQ(task.settings.network.inputs, 20);
    EXPECT_EQ(task.settings.network.hidden, 200);
    EXPECT_EQ(task.settings.training.samples, 250);
    EXPECT_EQ(task.rules().size(), 4U);
}

TEST(Shortened, TakesFewerSamplesBeforeItTakesASmallerNetwork) {
    const Task task = shortened({"training.samples=100000"});

    EXPECT_LT(task.settings.training.samples, 100000);
    EXPECT_GE(task.settings.training.samples, 20);
    EXPECT_EQ(task.settings.network.hidden, 200);
}

TEST(Shortened, FitsTheTimeWhateverTheSizes) {
    const std::vector<std::vector<std::string>> cases{
        {"network.hidden=1000000000"},
        {"network.inputs=1000000000", "network.activation=\"tanh\""},
        {"network.outputs=1000000", "plasticity.side=\"postsynaptic\"", "plasticity.readout_flips=1000000"},
        {"training.samples=1000000000", "training.batch=0"},
        {"training.samples=1000000", "training.batch=999999"},
        {"training.test_samples=1000000000"},
        {"network.teacher_hidden=1000000000"},
        {"network.hidden=1000000", "plasticity.readout_flip_fraction=0.3", "initialization.start=\"teacher\""}};
    for (const auto& overrides : cases) {
        const Task task = shortened(overrides);
        const auto& [network, initialization, plasticity, training, recording, analysis] = task.settings;
        EXPECT_LE(expected_seconds(default_cost_model(), task, nothing_supplied), five_milliseconds)
            << testing::PrintToString(overrides);
        EXPECT_LE(training.batch, training.samples);
        EXPECT_LE(plasticity.hidden_flips, hidden_sign_count(network, plasticity.side));
        EXPECT_LE(plasticity.readout_flips, readout_sign_count(network, plasticity.side));
        if (initialization.start == Start::teacher) {
            EXPECT_EQ(initialization.teacher_hidden, network.hidden);
        }
    }
}

TEST(TimeWorks, GivesSetUpEpochsAndRecordsOfTheTasks) {
    const std::vector<TimedWork> works = time_works(parsed(R"([sweep]
"network.activation" = ["linear", "tanh"])"),
                                                    nothing_supplied, 0.3);

    ASSERT_FALSE(works.empty());
    for (const TimedWork& work : works) {
        EXPECT_GT(work.seconds, 0.0);
        EXPECT_GT(work.weight, 0.0);
        EXPECT_LE(work.weight, 1.0);
        EXPECT_TRUE((work.features.values.array() >= 0.0).all());
    }
}

TEST(TimeWorks, TakesSuppliedDataAsTheyAre) {
    SuppliedData supplied;
    supplied.inputs = Matrix::Random(20, 250);
    supplied.targets = Matrix::Random(1, 250);

    EXPECT_FALSE(time_works(parsed("", {"training.test_samples=0"}), supplied, 0.1).empty());
}

TEST(Calibrate, GivesEveryFeatureATime) {
    const CostVector::Values values = calibrate(parsed(""), nothing_supplied).seconds.values;

    EXPECT_TRUE((values.array() >= 0.0).all() && values.allFinite());
    EXPECT_GT(values.sum(), 0.0);
}

TEST(CalibrateIfWorthwhile, SparesAShortExperimentTheMeasurement) {
    const CostModel model = calibrate_if_worthwhile(parsed("", {"training.epochs=1"}), nothing_supplied);

    EXPECT_EQ(model.seconds.values, default_cost_model().seconds.values);
}

}  // namespace
}  // namespace curldescent
