#include <gtest/gtest.h>

#include "curldescent/experiment/experiment.hpp"
#include "experiment/parsing.hpp"

namespace curldescent {
namespace {

Settings settings_of(std::string_view text) {
    return parsed(text).settings;
}

TEST(KeyTable, TakesTheSettingsOfTheEnsemble) {
    const Settings settings = settings_of(R"([experiment]
name = "small"
seed = 2
replicates = 3
rules = ["curl-descent", "gradient-descent"]
[data]
file = "mine.h5")");

    EXPECT_EQ(settings.name, "small");
    EXPECT_EQ(settings.seed, 2);
    EXPECT_EQ(settings.replicates, 3);
    EXPECT_THAT(settings.rules, testing::ElementsAre(Rule::curl_descent, Rule::gradient_descent));
    EXPECT_EQ(settings.data_file, "mine.h5");
}

TEST(KeyTable, TakesTheNetwork) {
    const Settings settings = settings_of(R"([network]
inputs = 3
hidden = 4
teacher_hidden = 5
outputs = 6
activation = "tanh"
output_activation = "relu")");

    EXPECT_EQ(settings.inputs, 3);
    EXPECT_EQ(settings.hidden, 4);
    EXPECT_EQ(settings.teacher_hidden, 5);
    EXPECT_EQ(settings.run.network.outputs, 6);
    EXPECT_EQ(settings.run.network.activation, Activation::tanh);
    EXPECT_EQ(settings.output_activation, Activation::relu);
}

TEST(KeyTable, TakesTheNetworkByItsRatio) {
    const Settings settings = settings_of("[network]\ntotal_neurons = 30\nratio = 0.5");

    EXPECT_EQ(settings.total_neurons, 30);
    EXPECT_EQ(settings.ratio, 0.5);
}

TEST(KeyTable, TakesTheInitialization) {
    const Initialization initialization = settings_of(R"([initialization]
distribution = "normal"
student_scale = 2.0
teacher_scale = 3.0
start = "teacher"
offset = 4.0
offset_layer = "hidden"
rescale_teacher = true)")
                                              .run.initialization;

    EXPECT_EQ(initialization.distribution, Distribution::normal);
    EXPECT_EQ(initialization.student_scale, 2.0);
    EXPECT_EQ(initialization.teacher_scale, 3.0);
    EXPECT_EQ(initialization.start, Start::teacher);
    EXPECT_EQ(initialization.offset, 4.0);
    EXPECT_EQ(initialization.offset_layer, Layer::hidden);
    EXPECT_TRUE(initialization.rescale_teacher);
}

TEST(KeyTable, TakesThePlasticity) {
    const Settings settings = settings_of(R"([plasticity]
hidden_flip_fraction = 0.25
readout_flips = 1
flipped_strength = 0.5
side = "postsynaptic"
norm_constraint = false
feedback_scale = 3.0
output_delta = "gradient")");

    EXPECT_EQ(settings.hidden_flip_fraction, 0.25);
    EXPECT_EQ(settings.readout_flips, 1);
    EXPECT_EQ(settings.run.plasticity.flipped_strength, 0.5);
    EXPECT_EQ(settings.run.plasticity.side, FlipSide::postsynaptic);
    EXPECT_FALSE(settings.run.plasticity.norm_constraint);
    EXPECT_EQ(settings.run.plasticity.feedback_scale, 3.0);
    EXPECT_EQ(settings.run.plasticity.output_delta, OutputDelta::gradient);
}

TEST(KeyTable, TakesFlipsByNumberOrFraction) {
    const Settings settings = settings_of("[plasticity]\nhidden_flips = 3\nreadout_flip_fraction = 0.75");

    EXPECT_EQ(settings.hidden_flips, 3);
    EXPECT_EQ(settings.readout_flip_fraction, 0.75);
}

TEST(KeyTable, TakesTheTraining) {
    const RunSettings run = settings_of(R"([training]
samples = 40
test_samples = 30
batch = 20
epochs = 10
learning_rate = 0.5
shuffle = false
records = 5
record_spacing = "linear")")
                                .run;

    EXPECT_EQ(run.training.samples, 40);
    EXPECT_EQ(run.training.test_samples, 30);
    EXPECT_EQ(run.training.batch, 20);
    EXPECT_EQ(run.training.epochs, 10);
    EXPECT_EQ(run.training.learning_rate, 0.5);
    EXPECT_FALSE(run.training.shuffle);
    EXPECT_EQ(run.recording.records, 5);
    EXPECT_EQ(run.recording.spacing, RecordSpacing::linear);
}

TEST(KeyTable, TakesHowARunIsComputedAndWhenItEnds) {
    const Training training = settings_of(R"([training]
stop_converged = false
stop_diverged = false
core = "plain"
width_reduction = false)")
                                  .run.training;

    EXPECT_FALSE(training.stop_converged);
    EXPECT_FALSE(training.stop_diverged);
    EXPECT_EQ(training.core, CoreKind::plain);
    EXPECT_FALSE(training.width_reduction);
}

TEST(KeyTable, TakesTheMeasurementsOfLearning) {
    const Analysis analysis = settings_of(R"([analysis]
loss_thresholds = [1, 0.5]
ascent = true
alignment = true
plateau = true
plateau_gradient = 0.2
plateau_loss = 0.3
curl_strength = true
curl_probes = 8
saddle_index = true
baseline = "curl-descent")")
                                  .run.analysis;

    EXPECT_THAT(analysis.loss_thresholds.span(), testing::ElementsAre(1.0, 0.5));
    EXPECT_TRUE(analysis.ascent);
    EXPECT_TRUE(analysis.alignment);
    EXPECT_TRUE(analysis.plateau.measured);
    EXPECT_EQ(analysis.plateau.gradient, 0.2);
    EXPECT_EQ(analysis.plateau.loss, 0.3);
    EXPECT_TRUE(analysis.curl.measured);
    EXPECT_EQ(analysis.curl.probes, 8);
    EXPECT_TRUE(analysis.saddle_index);
    EXPECT_EQ(analysis.baseline, Rule::curl_descent);
}

TEST(KeyTable, NeedsNoGradientForTheCurlAlone) {
    const Analysis analysis = settings_of("[analysis]\ncurl_strength = true").run.analysis;

    EXPECT_FALSE(analysis.needs_gradient());
    EXPECT_TRUE(analysis.needs_jacobian());
}

TEST(KeyTable, MeasuresNothingMoreByDefault) {
    const Analysis analysis = settings_of("").run.analysis;

    EXPECT_FALSE(analysis.sees_every_epoch());
    EXPECT_FALSE(analysis.needs_gradient());
    EXPECT_FALSE(analysis.needs_jacobian());
    EXPECT_EQ(analysis.baseline, std::nullopt);
}

TEST(KeyTable, StopsEarlyAndComputesFastByDefault) {
    const Training training = settings_of("").run.training;

    EXPECT_TRUE(training.stop_converged);
    EXPECT_TRUE(training.stop_diverged);
    EXPECT_EQ(training.core, CoreKind::fast);
    EXPECT_TRUE(training.width_reduction);
}

}  // namespace
}  // namespace curldescent
