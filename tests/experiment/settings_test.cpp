#include "curldescent/experiment/settings.hpp"

#include <gtest/gtest.h>

#include <utility>

#include "curldescent/experiment/sweep.hpp"
#include "experiment/parsing.hpp"

namespace curldescent {
namespace {

using Sizes = std::pair<Index, Index>;  // M, N

Sizes sizes_of(std::int64_t total_neurons, double ratio) {
    Settings settings;
    settings.total_neurons = total_neurons;
    settings.ratio = ratio;
    const RunSettings run = resolve(settings);
    return {run.network.inputs, run.network.hidden};
}

std::string resolve_error(const Settings& settings) {
    return input_error([&] { resolve(settings); });
}

/// M = 2, N = 4, O = 3.
Settings small_network() {
    Settings settings;
    settings.inputs = 2;
    settings.hidden = 4;
    settings.run.network.outputs = 3;
    return settings;
}

TEST(Resolve, WantsAPlateauForASaddleIndex) {
    Settings settings;
    settings.run.analysis.saddle_index = true;
    EXPECT_THAT(resolve_error(settings), names("analysis.saddle_index = true", "analysis.plateau = true"));
    settings.run.analysis.plateau.measured = true;
    EXPECT_EQ(resolve_error(settings), "");
}

TEST(Resolve, WantsTheBaselineAmongTheRulesAndAnotherOne) {
    Settings settings;
    settings.run.analysis.baseline = Rule::gradient_descent;
    EXPECT_EQ(resolve_error(settings), "");
    settings.rules = {Rule::curl_descent, Rule::feedback_alignment};
    EXPECT_THAT(resolve_error(settings), names("analysis.baseline = \"gradient-descent\"", "name it there"));
    settings.rules = {Rule::gradient_descent};
    EXPECT_THAT(resolve_error(settings), names("at least one other rule"));
}

/// Regimes told apart by so many losses, in linearly spaced records.
Settings regimes(std::int64_t loss_epochs) {
    Settings settings;
    settings.run.recording.spacing = RecordSpacing::linear;
    settings.run.analysis.regime.classify = true;
    settings.run.analysis.order_parameter_epochs = 50;
    settings.run.analysis.loss_epochs = loss_epochs;
    return settings;
}

TEST(Resolve, WantsAHundredLossesForARegime) {
    EXPECT_EQ(resolve_error(regimes(100)), "");
    EXPECT_THAT(resolve_error(regimes(99)), names("analysis.loss_epochs (now 99)", "100 or more"));
}

/// An order parameter over the last `count` of 100 records and the start.
Settings order_parameter_of(std::int64_t count) {
    Settings settings;
    settings.run.recording = {.records = 100, .spacing = RecordSpacing::linear};
    settings.run.analysis.order_parameter_epochs = count;
    return settings;
}

TEST(Resolve, WantsAsManyRecordsAsTheOrderParameterIsTakenOver) {
    for (const std::int64_t count : {0, 2, 101}) EXPECT_EQ(resolve_error(order_parameter_of(count)), "");
    EXPECT_THAT(resolve_error(order_parameter_of(102)),
                names("analysis.order_parameter_epochs = 102", "2 to 101", "training.records"));
    EXPECT_THAT(resolve_error(order_parameter_of(1)), names("analysis.order_parameter_epochs = 1", "2 to 101"));
}

TEST(Resolve, WantsLinearRecordsForARegime) {
    Settings settings = regimes(100);
    settings.run.recording.spacing = RecordSpacing::log;
    EXPECT_THAT(resolve_error(settings), names("analysis.regime", "training.record_spacing", "\"linear\""));
    settings.run.analysis.regime.classify = false;
    EXPECT_EQ(resolve_error(settings), "");
}

TEST(Resolve, FillsInWhatIsNotGiven) {
    const RunSettings run = resolve(Settings());

    EXPECT_EQ(run.network.inputs, 20);
    EXPECT_EQ(run.network.hidden, 200);
    EXPECT_EQ(run.initialization.teacher_hidden, 200);
    EXPECT_EQ(run.plasticity.hidden_flips, 0);
    EXPECT_EQ(run.plasticity.readout_flips, 0);
    EXPECT_EQ(run.network.output_activation, Activation::linear);
}

TEST(Resolve, GivesTheTeacherTheWidthOfTheStudentUnlessSet) {
    Settings settings = small_network();
    EXPECT_EQ(resolve(settings).initialization.teacher_hidden, 4);

    settings.teacher_hidden = 9;
    EXPECT_EQ(resolve(settings).initialization.teacher_hidden, 9);
}

TEST(Resolve, PassesTheOutputThroughTheActivationUnlessSet) {
    Settings settings;
    settings.run.network.activation = Activation::tanh;
    EXPECT_EQ(resolve(settings).network.output_activation, Activation::tanh);

    settings.output_activation = Activation::linear;
    EXPECT_EQ(resolve(settings).network.output_activation, Activation::linear);
}

TEST(Resolve, DividesNeuronsByTheirRatioTruncated) {
    EXPECT_EQ(sizes_of(220, 1.0), Sizes(110, 110));
    EXPECT_EQ(sizes_of(220, 10.0), Sizes(199, 20));
    EXPECT_EQ(sizes_of(220, 0.1), Sizes(20, 199));  // 220 / 1.1 is 199.99999999999997
}

TEST(Resolve, GivesThePublishedGridOfSizes) {
    const std::vector<Sizes> published{{20, 199}, {27, 192}, {37, 182}, {50, 169}, {65, 154}, {83, 136}, {103, 116},
                                       {123, 96}, {142, 77}, {159, 60}, {174, 45}, {185, 34}, {195, 24}, {202, 17},
                                       {207, 12}, {210, 9},  {213, 6},  {215, 4},  {216, 3},  {217, 2}};

    std::vector<Sizes> sizes;
    for (const double ratio : logspace(-1.0, 2.0, 20)) sizes.push_back(sizes_of(220, ratio));

    EXPECT_EQ(sizes, published);
}

TEST(Resolve, RefusesARatioThatLeavesALayerEmpty) {
    EXPECT_EQ(sizes_of(2, 1.0), Sizes(1, 1));
    EXPECT_THAT(
        input_error([] { sizes_of(220, 1000.0); }),
        names("network.total_neurons = 220", "network.ratio = 1000 ", "219 inputs and 0 hidden units", "at least 1"));
    EXPECT_THAT(input_error([] { sizes_of(220, 1e-300); }), names("0 inputs and 220 hidden units"));
}

TEST(Resolve, RefusesSizesGivenInAMixedWay) {
    Settings with_inputs;
    with_inputs.inputs = 20;
    with_inputs.total_neurons = 220;
    with_inputs.ratio = 0.1;
    Settings ratio_alone;
    ratio_alone.ratio = 0.1;
    Settings total_alone;
    total_alone.total_neurons = 220;
    Settings hidden_and_ratio;
    hidden_and_ratio.hidden = 20;
    hidden_and_ratio.ratio = 0.1;

    for (const Settings& settings : {with_inputs, ratio_alone, total_alone, hidden_and_ratio}) {
        EXPECT_THAT(resolve_error(settings),
                    names("network.inputs and network.hidden", "network.total_neurons and network.ratio"));
    }
}

TEST(Resolve, CountsFlipsAsFractionTimesNeuronsTruncated) {
    Settings settings;
    settings.inputs = 100;
    settings.hidden = 10;
    settings.hidden_flip_fraction = 0.29;  // 0.29 * 100 is 28.999999999999996
    settings.readout_flip_fraction = 0.55;

    const Plasticity plasticity = resolve(settings).plasticity;

    EXPECT_EQ(plasticity.hidden_flips, 28);
    EXPECT_EQ(plasticity.readout_flips, 5);
}

TEST(Resolve, GivesThePublishedGridOfFlips) {
    Settings settings;
    std::vector<Index> flips;
    for (const double fraction : linspace(0.0, 1.0, 21)) {
        settings.hidden_flip_fraction = fraction;
        flips.push_back(resolve(settings).plasticity.hidden_flips);
    }

    EXPECT_THAT(flips, testing::ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20));
}

TEST(Resolve, FlipsInputsAndHiddenUnitsOnThePresynapticSide) {
    Settings settings = small_network();
    settings.hidden_flip_fraction = 1.0;
    settings.readout_flip_fraction = 1.0;

    EXPECT_EQ(resolve(settings).plasticity.hidden_flips, 2);
    EXPECT_EQ(resolve(settings).plasticity.readout_flips, 4);
}

TEST(Resolve, FlipsHiddenUnitsAndOutputsOnThePostsynapticSide) {
    Settings settings = small_network();
    settings.run.plasticity.side = FlipSide::postsynaptic;
    settings.hidden_flip_fraction = 1.0;
    settings.readout_flip_fraction = 1.0;

    EXPECT_EQ(resolve(settings).plasticity.hidden_flips, 4);
    EXPECT_EQ(resolve(settings).plasticity.readout_flips, 3);
}

TEST(Resolve, TakesAsManyFlipsAsNeuronsAndNotMore) {
    Settings settings = small_network();
    settings.hidden_flips = 2;
    settings.readout_flips = 4;
    EXPECT_EQ(resolve_error(settings), "");

    settings.readout_flips = 5;
    EXPECT_THAT(resolve_error(settings), names("plasticity.readout_flips = 5 ", "allowed: 0 to 4"));
    settings.hidden_flips = 3;
    EXPECT_THAT(resolve_error(settings), names("plasticity.hidden_flips = 3 ", "allowed: 0 to 2"));
}

TEST(Resolve, BoundsFlipsOnThePostsynapticSideByItsOwnNeurons) {
    Settings settings = small_network();
    settings.run.plasticity.side = FlipSide::postsynaptic;
    settings.hidden_flips = 4;
    settings.readout_flips = 3;
    EXPECT_EQ(resolve_error(settings), "");

    settings.readout_flips = 4;
    EXPECT_THAT(resolve_error(settings), names("plasticity.readout_flips = 4 ", "allowed: 0 to 3"));
    settings.hidden_flips = 5;
    EXPECT_THAT(resolve_error(settings), names("plasticity.hidden_flips = 5 ", "allowed: 0 to 4"));
}

TEST(Resolve, RefusesFlipsAndTheirFractionTogether) {
    Settings hidden;
    hidden.hidden_flips = 2;
    hidden.hidden_flip_fraction = 0.1;
    Settings readout;
    readout.readout_flips = 0;
    readout.readout_flip_fraction = 0.0;

    EXPECT_THAT(resolve_error(hidden),
                names("plasticity.hidden_flips = 2 ", "plasticity.hidden_flip_fraction = 0.1 ", "exclude each other"));
    EXPECT_THAT(resolve_error(readout),
                names("plasticity.readout_flips = 0 ", "plasticity.readout_flip_fraction = 0 ", "exclude each other"));
}

TEST(Resolve, TakesABatchOfAllSamplesAndNotMore) {
    Settings settings;
    settings.run.training.samples = 50;
    settings.run.training.batch = 50;
    EXPECT_EQ(resolve_error(settings), "");

    settings.run.training.batch = 51;
    EXPECT_THAT(resolve_error(settings), names("training.batch = 51 ", "training.samples = 50", "1 to 50"));
}

TEST(Resolve, TakesBatchZeroAsAllSamples) {
    Settings settings;
    settings.run.training.samples = 50;
    settings.run.training.batch = 0;

    EXPECT_EQ(resolve(settings).training.batch, 50);
}

TEST(Resolve, StartsOnlyOnATeacherOfTheSameWidth) {
    Settings settings = small_network();
    settings.run.initialization.start = Start::teacher;
    settings.teacher_hidden = 4;
    EXPECT_EQ(resolve_error(settings), "");

    settings.teacher_hidden = 5;
    EXPECT_THAT(resolve_error(settings),
                names("initialization.start = \"teacher\"", "network.teacher_hidden = 5 ", "network.hidden = 4"));
}

TEST(Resolve, RescalesOnlyATeacherThatHasWeights) {
    Settings settings;
    settings.run.initialization.teacher_scale = 0.0;
    EXPECT_EQ(resolve_error(settings), "");

    settings.run.initialization.rescale_teacher = true;
    EXPECT_THAT(resolve_error(settings),
                names("initialization.rescale_teacher = true", "initialization.teacher_scale above 0"));
}

TEST(Resolve, TakesAnOffsetOnlyFromTheTeacher) {
    Settings settings;
    settings.run.initialization.offset = 1e-10;
    EXPECT_THAT(resolve_error(settings), names("initialization.offset = 1e-10 ", "initialization.start = \"teacher\""));

    settings.run.initialization.start = Start::teacher;
    EXPECT_EQ(resolve_error(settings), "");
}

}  // namespace
}  // namespace curldescent
