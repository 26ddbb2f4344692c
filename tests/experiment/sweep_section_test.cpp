#include <gtest/gtest.h>

#include "curldescent/experiment/experiment.hpp"
#include "experiment/parsing.hpp"

namespace curldescent {
namespace {

using testing::ElementsAre;
using testing::Not;

/// The refusal of a sweep that is written on the second line.
std::string sweep_refusal(const std::string& line) {
    return refusal("[sweep]\n" + line + "\n");
}

std::vector<std::string> swept_names(const Sweep& sweep) {
    std::vector<std::string> dotted;
    for (const SweepAxis& axis : sweep.axes) {
        for (const SweptKey& swept : axis.keys) dotted.push_back(swept.key->dotted());
    }
    return dotted;
}

/// The values of the first key of the first axis, of one type.
template <class Value>
std::vector<Value> first_values(const std::string& line) {
    const Experiment experiment = parsed("[sweep]\n" + line + "\n");
    std::vector<Value> values;
    for (const KeyValue& value : experiment.sweep.axes.at(0).keys.at(0).values) {
        values.push_back(std::get<Value>(value));
    }
    return values;
}

TEST(SweepSection, CrossesKeysInTheOrderWritten) {
    const Experiment experiment = parsed(R"([sweep]
"training.epochs" = [1, 2]
"network.activation" = ["tanh", "relu", "linear"]
"initialization.student_scale" = [0.5])");

    EXPECT_THAT(swept_names(experiment.sweep),
                ElementsAre("training.epochs", "network.activation", "initialization.student_scale"));
    EXPECT_EQ(experiment.sweep.points(), 6);
    EXPECT_EQ(experiment.sweep.at(experiment.settings, 1).run.training.epochs, 1);
    EXPECT_EQ(experiment.sweep.at(experiment.settings, 1).run.network.activation, Activation::relu);
}

TEST(SweepSection, TakesDottedNamesWithAndWithoutQuotes) {
    const std::string quoted =
        "[sweep]\n\"training.samples\" = [20, 30]\n\"network.inputs\" = {linspace = [1, 3, 3]}\n";
    const std::string nested = "[sweep]\ntraining.samples = [20, 30]\nnetwork.inputs = {linspace = [1, 3, 3]}\n";
    const std::string tables =
        "[sweep.training]\nsamples = [20, 30]\n[sweep.network]\ninputs = {linspace = [1, 3, 3]}\n";

    EXPECT_EQ(resolved_text(parsed(nested)), resolved_text(parsed(quoted)));
    EXPECT_EQ(resolved_text(parsed(tables)), resolved_text(parsed(quoted)));
}

TEST(SweepSection, ReadsEveryKindOfValue) {
    EXPECT_THAT(first_values<std::int64_t>("\"network.inputs\" = [3, 1, 2]"), ElementsAre(3, 1, 2));
    EXPECT_THAT(first_values<double>("\"network.ratio\" = [1, 0.5]\n\"network.total_neurons\" = [220]"),
                ElementsAre(1.0, 0.5));
    EXPECT_THAT(first_values<bool>("\"training.shuffle\" = [true, false]"), ElementsAre(true, false));
    EXPECT_THAT(first_values<std::string>("\"network.activation\" = [\"relu\"]"), ElementsAre("relu"));
}

TEST(SweepSection, SpreadsRanges) {
    EXPECT_THAT(first_values<double>("\"plasticity.flipped_strength\" = {linspace = [-1, 1, 5]}"),
                ElementsAre(-1.0, -0.5, 0.0, 0.5, 1.0));
    EXPECT_THAT(first_values<double>("\"training.learning_rate\" = {logspace = [-2, 0, 3]}"),
                ElementsAre(testing::DoubleEq(0.01), testing::DoubleEq(0.1), 1.0));
}

TEST(SweepSection, RoundsRangesOfAnIntegerKey) {
    EXPECT_THAT(first_values<std::int64_t>("\"network.inputs\" = {linspace = [1, 10, 3]}"), ElementsAre(1, 6, 10));
    EXPECT_THAT(first_values<std::int64_t>("\"training.epochs\" = {logspace = [0, 2, 5]}"),
                ElementsAre(1, 3, 10, 32, 100));
}

TEST(SweepSection, ZipsKeysAtThePlaceOfTheOneWrittenFirst) {
    for (const std::string group :
         {"\"training.samples\", \"training.epochs\"", "\"training.epochs\", \"training.samples\""}) {
        const Experiment experiment = parsed(R"([sweep]
"training.samples" = [20, 30]
"network.activation" = ["tanh", "relu", "linear"]
"training.epochs" = [5, 6]
zip = [[)" + group + "]]");

        const Settings settings = experiment.sweep.at(experiment.settings, 4);

        ASSERT_EQ(experiment.sweep.axes.size(), 2U);
        EXPECT_EQ(experiment.sweep.points(), 6);
        EXPECT_EQ(settings.run.training.samples, 30);
        EXPECT_EQ(settings.run.training.epochs, 6);
        EXPECT_EQ(settings.run.network.activation, Activation::relu);
    }
}

TEST(SweepSection, ZipsSeveralGroups) {
    const Experiment experiment = parsed(R"([sweep]
"network.inputs" = [3, 4]
"network.hidden" = [5, 6]
"training.samples" = [20, 30, 40]
"training.epochs" = [1, 2, 3]
zip = [["network.inputs", "network.hidden"], ["training.samples", "training.epochs"]])");

    EXPECT_EQ(experiment.sweep.axes.size(), 2U);
    EXPECT_EQ(experiment.sweep.points(), 6);
}

TEST(SweepSection, RefusesAnEmptyListOrNone) {
    EXPECT_THAT(sweep_refusal("\"network.inputs\" = []"),
                names("test.toml:2: ", "the sweep of network.inputs is empty", "at least one value"));
    EXPECT_THAT(sweep_refusal("\"network.inputs\" = 3"),
                names("test.toml:2: ", "the sweep of network.inputs takes a list", "linspace", "logspace"));
}

TEST(SweepSection, RefusesAMalformedRange) {
    for (const std::string range :
         {"{linspace = [1, 2]}", "{linspace = [1, 2, 3, 4]}", "{linspace = [1, 2, 0]}", "{linspace = [1, 2, -1]}",
          "{linspace = [1, 2, 2.5]}", "{linspace = [1, 2, 10000001]}", "{linspace = [\"1\", 2, 3]}",
          "{logspace = [1, true, 3]}", "{logspace = 3}", "{linspace = [1, 2, 3], logspace = [1, 2, 3]}", "{}"}) {
        EXPECT_THAT(sweep_refusal("\"network.inputs\" = " + range),
                    names("test.toml:2: ", "the sweep of network.inputs", "{linspace = [first, last, count]}",
                          "a count of 1 to 10000000"))
            << range;
    }
}

TEST(SweepSection, RefusesARangeOverKeysThatAreNotNumbers) {
    EXPECT_THAT(sweep_refusal("\"network.activation\" = {linspace = [1, 2, 2]}"),
                names("test.toml:2: ", "network.activation", "this key takes a list"));
}

TEST(SweepSection, RefusesAValueThatTheKeyDoesNotAccept) {
    EXPECT_THAT(sweep_refusal("\"network.inputs\" = [1, 0]"),
                names("test.toml:2: ", "network.inputs = 0 ", "from 1 to 1000000000"));
    EXPECT_THAT(sweep_refusal("\"network.inputs\" = [1, \"two\"]"),
                names("test.toml:2: ", "network.inputs = \"two\"", "an integer"));
    EXPECT_THAT(sweep_refusal("\"network.activation\" = [\"tanh\", \"softmax\"]"),
                names("test.toml:2: ", "network.activation = \"softmax\"", "\"sigmoid\""));
    EXPECT_THAT(sweep_refusal("\"network.inputs\" = {linspace = [0, 4, 5]}"),
                names("test.toml:2: ", "network.inputs = 0 ", "from 1 to 1000000000"));
    EXPECT_THAT(sweep_refusal("\"network.inputs\" = {logspace = [0, 400, 2]}"),
                names("test.toml:2: ", "network.inputs = inf", "an integer"));
}

TEST(SweepSection, RefusesAKeyOfTheWholeExperiment) {
    EXPECT_THAT(sweep_refusal("\"experiment.seed\" = [1, 2]"),
                names("test.toml:2: ", "experiment.seed cannot be swept", "the whole experiment"));
    EXPECT_THAT(sweep_refusal("\"data.file\" = [\"a.h5\"]"), names("test.toml:2: ", "data.file cannot be swept"));
}

TEST(SweepSection, NamesTheNearestKeyForAMisspeltOne) {
    EXPECT_THAT(sweep_refusal("\"network.ratioo\" = [1]"),
                names("test.toml:2: ", "unknown key \"network.ratioo\"", "\"network.ratio\""));
}

TEST(SweepSection, RefusesAKeyThatIsAlsoSet) {
    EXPECT_THAT(refusal("[sweep]\n\"network.inputs\" = [3]\n[network]\ninputs = 4"),
                names("test.toml:4: ", "network.inputs is set here and swept in [sweep]"));
}

TEST(SweepSection, RefusesAZipThatIsNotAListOfGroups) {
    const std::string swept = "\"network.inputs\" = [3, 4]\n\"network.hidden\" = [5, 6]\nzip = ";

    for (const std::string zip : {"3", "\"network.inputs\"", "[\"network.inputs\", \"network.hidden\"]",
                                  "[[\"network.inputs\"]]", "[[]]", "[[1, 2]]"}) {
        EXPECT_THAT(sweep_refusal(swept + zip),
                    names("test.toml:4: ", "sweep.zip takes a list of groups", "[[\"network.inputs\", "))
            << zip;
    }
}

TEST(SweepSection, RefusesAZipOfAKeyThatIsNotSweptOrInTwoGroups) {
    EXPECT_THAT(sweep_refusal("\"network.inputs\" = [3, 4]\nzip = [[\"network.inputs\", \"network.hidden\"]]"),
                names("test.toml:3: ", "sweep.zip names \"network.hidden\", which is not swept"));
    EXPECT_THAT(sweep_refusal("\"network.inputs\" = [3]\n\"network.hidden\" = [5]\n\"training.epochs\" = [7]\n"
                              "zip = [[\"network.inputs\", \"network.hidden\"], [\"training.epochs\", "
                              "\"network.hidden\"]]"),
                names("test.toml:5: ", "sweep.zip names \"network.hidden\"", "named twice"));
}

TEST(SweepSection, RefusesAZipOfUnequalLengths) {
    EXPECT_THAT(sweep_refusal("\"network.inputs\" = [3, 4]\n\"network.hidden\" = [5, 6, 7]\n"
                              "zip = [[\"network.inputs\", \"network.hidden\"]]"),
                names("test.toml:4: ", "network.inputs has 2 values", "network.hidden has 3"));
}

TEST(SweepSection, NamesTheValuesOfThePointWhereKeysDoNotFit) {
    const std::string message = refusal(R"([sweep]
"training.batch" = [5, 60]
"training.samples" = [50, 100])");

    EXPECT_THAT(message, names("test.toml at training.batch = 60, training.samples = 50: ", "training.batch = 60 "));
    EXPECT_THAT(message, Not(testing::HasSubstr("100")));
}

}  // namespace
}  // namespace curldescent
