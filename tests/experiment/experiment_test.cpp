#include "curldescent/experiment/experiment.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "curldescent/experiment/keys.hpp"
#include "experiment/parsing.hpp"

namespace curldescent {
namespace {

using testing::ElementsAre;

constexpr std::string_view swept_inputs = "[sweep]\n\"network.inputs\" = [3, 4]\n";

std::string written_file(const std::string& name, std::string_view text) {
    const std::string path = testing::TempDir() + name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
}

TEST(Experiment, OfAnEmptyTextHasTheDefaults) {
    const Experiment experiment = parsed("");

    ASSERT_FALSE(all_keys().empty());
    for (const Key& key : all_keys()) EXPECT_EQ(key.get(experiment.settings), key.get(Settings())) << key.dotted();
    EXPECT_EQ(experiment.sweep.points(), 1);
}

TEST(Experiment, TakesAnIntegerForARealNumber) {
    EXPECT_EQ(parsed("[training]\nlearning_rate = 2").settings.run.training.learning_rate, 2.0);
}

TEST(Experiment, KeepsItsSourceTextAndOverrides) {
    const Experiment experiment = parsed("# mine\n", {"training.epochs=5", "experiment.seed=2"});

    EXPECT_EQ(experiment.source, "test.toml");
    EXPECT_EQ(experiment.text, "# mine\n");
    EXPECT_THAT(experiment.overrides, ElementsAre("training.epochs=5", "experiment.seed=2"));
}

TEST(Experiment, NamesTheNearestKeyForAMisspeltOne) {
    EXPECT_THAT(refusal("[network]\nhiden = 5"),
                names("test.toml:2: ", "unknown key \"network.hiden\"", "\"network.hidden\"", "curldescent template"));
}

TEST(Experiment, NamesTheNearestKeyForAMisspeltSection) {
    EXPECT_THAT(refusal("\n[trainin]\nepochs = 5"),
                names("test.toml:3: ", "unknown key \"trainin.epochs\"", "\"training.epochs\""));
}

TEST(Experiment, RefusesAKeyWithoutItsSection) {
    EXPECT_THAT(refusal("epochs = 5"), names("test.toml:1: ", "unknown key \"epochs\"", "\"training.epochs\""));
}

TEST(Experiment, RefusesAValueOfAnotherType) {
    EXPECT_THAT(refusal("[training]\nshuffle = 1"), names("test.toml:2: ", "training.shuffle = 1 ", "true or false"));
    EXPECT_THAT(refusal("[training]\nepochs = 5.0"), names("test.toml:2: ", "training.epochs = 5.0 ", "an integer"));
    EXPECT_THAT(refusal("[training]\nlearning_rate = \"fast\""),
                names("test.toml:2: ", "training.learning_rate = \"fast\"", "a number above 0"));
    EXPECT_THAT(refusal("[experiment]\nname = 5"), names("test.toml:2: ", "experiment.name = 5 ", "a text in quotes"));
    EXPECT_THAT(refusal("[plasticity]\nside = true"),
                names("test.toml:2: ", "plasticity.side = true", "\"presynaptic\", \"postsynaptic\""));
    EXPECT_THAT(refusal("[experiment]\nrules = \"curl-descent\""),
                names("test.toml:2: ", "experiment.rules = \"curl-descent\"", "a list of some of"));
    EXPECT_THAT(refusal("[experiment]\nrules = [1]"), names("test.toml:2: ", "experiment.rules", "a list of some of"));
    EXPECT_THAT(refusal("[training]\nepochs = 2026-01-01"), names("test.toml:2: ", "training.epochs", "an integer"));
}

TEST(Experiment, TakesBothEndsOfARangeAndNothingBeyond) {
    EXPECT_EQ(refusal("[training]\nepochs = 1"), "");
    EXPECT_EQ(refusal("[training]\nepochs = 1000000000000"), "");
    EXPECT_THAT(refusal("[training]\nepochs = 0"),
                names("test.toml:2: ", "training.epochs = 0 ", "an integer from 1 to 1000000000000"));
    EXPECT_THAT(refusal("[training]\nepochs = 1000000000001"),
                names("test.toml:2: ", "training.epochs = 1000000000001 ", "an integer from 1 to 1000000000000"));
    EXPECT_EQ(refusal("[plasticity]\nflipped_strength = 1"), "");
    EXPECT_THAT(refusal("[plasticity]\nflipped_strength = -1.5"),
                names("test.toml:2: ", "plasticity.flipped_strength = -1.5 ", "a number from -1 to 1"));
}

TEST(Experiment, TakesEverySeedThatTomlHolds) {
    EXPECT_EQ(parsed("[experiment]\nseed = 9223372036854775807").settings.seed, 9223372036854775807);
    EXPECT_THAT(refusal("[experiment]\nseed = -1"), names("test.toml:2: ", "experiment.seed = -1 ", "at least 0"));
}

TEST(Experiment, RefusesAnUnknownChoice) {
    EXPECT_THAT(refusal("[network]\nactivation = \"softmax\""),
                names("test.toml:2: ", "network.activation = \"softmax\"", "\"linear\", \"tanh\", \"relu\", "));
}

TEST(Experiment, RefusesEmptyRepeatedAndUnknownRules) {
    EXPECT_THAT(refusal("[experiment]\nrules = []"), names("test.toml:2: ", "experiment.rules = []"));
    EXPECT_THAT(refusal("[experiment]\nrules = [\"curl-descent\", \"curl-descent\"]"),
                names("test.toml:2: ", "[\"curl-descent\", \"curl-descent\"]", "each at most once"));
    EXPECT_THAT(refusal("[experiment]\nrules = [\"hebb\"]"), names("test.toml:2: ", "[\"hebb\"]", "\"curl-descent\""));
}

TEST(Experiment, PointsToTheSweepForAListOfValues) {
    EXPECT_THAT(refusal("[network]\ninputs = [3, 4]"),
                names("test.toml:2: ", "network.inputs = [ 3, 4 ] ", "an integer from 1", "name it in [sweep]"));
    EXPECT_THAT(refusal("[experiment]\nseed = [3, 4]"), testing::Not(names("[sweep]")));
}

TEST(Experiment, RefusesARangeOutsideTheSweep) {
    EXPECT_THAT(refusal("[network]\ninputs = {linspace = [1, 3, 3]}"),
                names("test.toml:2: ", "network.inputs = { linspace", "an integer from 1", "name it in [sweep]"));
    EXPECT_THAT(refusal("[network]\ninputs = {from = 1, to = 3}"),
                names("test.toml:2: ", "network.inputs is not a table", "an integer from 1", "name it in [sweep]"));
}

TEST(Experiment, NamesTheLineOfBrokenToml) {
    EXPECT_THAT(refusal("[network]\ninputs = \n"), names("test.toml:2: ", "not valid TOML"));
    EXPECT_THAT(refusal("\n\n[network\n"), names("test.toml:3: ", "not valid TOML"));
    EXPECT_THAT(refusal("[network]\ninputs = 3\ninputs = 4"), names("test.toml:3: ", "not valid TOML", "'inputs'"));
}

TEST(Override, ReplacesTheValueOfTheFile) {
    EXPECT_EQ(parsed("[training]\nepochs = 5", {"training.epochs=6"}).settings.run.training.epochs, 6);
}

TEST(Override, GivesAValueThatTheFileHasNot) {
    EXPECT_EQ(parsed("", {"training.epochs=6"}).settings.run.training.epochs, 6);
    EXPECT_EQ(parsed("", {"experiment.rules=[\"curl-descent\"]"}).settings.rules.size(), 1U);
}

TEST(Override, GivenTwiceHoldsTheLastTime) {
    EXPECT_EQ(parsed("", {"training.epochs=6", "training.epochs=7"}).settings.run.training.epochs, 7);
}

TEST(Override, MayLeaveOutQuotesAroundText) {
    EXPECT_EQ(parsed("", {"network.activation=tanh"}).settings.run.network.activation, Activation::tanh);
    EXPECT_EQ(parsed("", {"network.activation=\"tanh\""}).settings.run.network.activation, Activation::tanh);
    EXPECT_EQ(parsed("", {"data.file=my data/run-1.h5"}).settings.data_file, "my data/run-1.h5");
}

TEST(Override, OfAKeyRemovesItsAxis) {
    const Experiment experiment = parsed(swept_inputs, {"network.inputs=5"});

    EXPECT_EQ(experiment.sweep.points(), 1);
    EXPECT_EQ(experiment.settings.inputs, 5);
}

TEST(Override, OfAnAxisRemovesTheValueOfItsKey) {
    const Experiment experiment = parsed("[network]\ninputs = 5", {"sweep.network.inputs=[3, 4]"});

    EXPECT_EQ(experiment.sweep.points(), 2);
    EXPECT_EQ(experiment.settings.inputs, std::nullopt);
    EXPECT_EQ(experiment.sweep.at(experiment.settings, 1).inputs, 4);
}

TEST(Override, OfAnAxisKeepsItsPlaceInTheOrder) {
    const Experiment experiment = parsed("[sweep]\n\"network.inputs\" = [3, 4]\n\"network.hidden\" = [5]",
                                         {"sweep.network.inputs={linspace = [1, 3, 3]}"});

    ASSERT_EQ(experiment.sweep.axes.size(), 2U);
    EXPECT_EQ(experiment.sweep.axes[0].keys[0].key->dotted(), "network.inputs");
    EXPECT_EQ(experiment.sweep.axes[0].size(), 3);
}

TEST(Override, OfZipReplacesTheGroups) {
    const std::string zipped = std::string(swept_inputs) +
                               "\"network.hidden\" = [5, 6]\n"
                               "zip = [[\"network.inputs\", \"network.hidden\"]]\n";

    EXPECT_EQ(parsed(zipped).sweep.points(), 2);
    EXPECT_EQ(parsed(zipped, {"sweep.zip=[]"}).sweep.points(), 4);
}

TEST(Override, WithoutKeyOrValueIsRefused) {
    EXPECT_THAT(refusal("", {"training.epochs"}), names("--set training.epochs: ", "--set training.epochs=100"));
    EXPECT_THAT(refusal("", {"=3"}), names("--set =3: ", "a key and a value"));
    EXPECT_THAT(refusal("", {"training.epochs="}), names("--set training.epochs=: ", "an integer from 1"));
    EXPECT_THAT(refusal("", {"network.inputs=[3, "}), names("--set network.inputs=[3, : ", "not valid TOML"));
}

TEST(Override, IsNamedInMessagesAboutItsValue) {
    EXPECT_THAT(refusal("", {"training.epochs=0"}),
                names("--set training.epochs=0: ", "training.epochs = 0 ", "an integer from 1"));
    EXPECT_THAT(refusal("", {"training.epochs=many"}),
                names("--set training.epochs=many: ", "training.epochs = \"many\"", "an integer from 1"));
    EXPECT_THAT(refusal("", {"network.activation=softmax"}), names("network.activation = \"softmax\"", "\"relu\""));
    EXPECT_THAT(refusal("", {"sweep.training.epochs=[1, 0]"}),
                names("--set sweep.training.epochs=[1, 0]: ", "training.epochs = 0 "));
}

TEST(Override, OfAnUnknownKeyNamesTheNearest) {
    EXPECT_THAT(refusal("", {"training.epoch=3"}), names("--set training.epoch=3: ", "\"training.epochs\""));
    EXPECT_THAT(refusal("", {"sweep.training.epoch=[3]"}),
                names("--set sweep.training.epoch=[3]: ", "\"training.epochs\""));
}

TEST(ReadExperiment, ReadsTheFileUnderItsPath) {
    const std::string path = written_file("experiment_test.toml", "[training]\nepochs = 5\n");

    const Experiment experiment = read_experiment(path, std::vector<std::string>{"experiment.seed=2"});

    EXPECT_EQ(experiment.source, path);
    EXPECT_EQ(experiment.text, "[training]\nepochs = 5\n");
    EXPECT_EQ(experiment.settings.run.training.epochs, 5);
    EXPECT_EQ(experiment.settings.seed, 2);
    std::filesystem::remove(path);
}

TEST(ReadExperiment, TakesAnEmptyFile) {
    const std::string path = written_file("experiment_test_empty.toml", "");

    EXPECT_EQ(input_error([&] { read_experiment(path, {}); }), "");
    std::filesystem::remove(path);
}

TEST(ReadExperiment, NamesAFileThatCannotBeRead) {
    const std::string folder = testing::TempDir();
    const std::string missing = folder + "no_such_experiment.toml";

    EXPECT_THAT(input_error([&] { read_experiment(missing, {}); }), names(missing + ": ", "cannot read"));
    EXPECT_THAT(input_error([&] { read_experiment(folder, {}); }), names(folder + ": ", "cannot read"));
}

TEST(DataPath, StartsAtTheFolderOfTheExperiment) {
    const std::vector<std::string> file{"data.file=mine/data.h5"};

    EXPECT_EQ(data_path(parse_experiment("", "jobs/paper/fig3a.toml", file)), "jobs/paper/mine/data.h5");
    EXPECT_EQ(data_path(parse_experiment("", "fig3a.toml", file)), "mine/data.h5");
    EXPECT_EQ(data_path(parsed("", {"data.file=/scratch/data.h5"})), "/scratch/data.h5");
    EXPECT_EQ(data_path(parsed("")), "");
}

}  // namespace
}  // namespace curldescent
