#include <gtest/gtest.h>

#include "curldescent/experiment/simulate.hpp"
#include "experiment/parsing.hpp"

namespace curldescent {
namespace {

TEST(InputMistakes, PointsToTheSweepForARangeOutsideIt) {
    EXPECT_THAT(refusal("[network]\ninputs = {linspace = [1, 3, 3]}"), names("test.toml:2: ", "[sweep]"));
}

TEST(InputMistakes, DoesNotPointToTheSweepForAKeyThatCannotBeSwept) {
    EXPECT_THAT(refusal("[experiment]\nseed = {a = 1}"), testing::Not(names("[sweep]")));
}

TEST(InputMistakes, NamesTheUpperEndThatAValueExceeds) {
    EXPECT_THAT(refusal("[network]\nratio = 1e10\ntotal_neurons = 220"), names("network.ratio = ", "1000000000"));
    EXPECT_THAT(refusal("[training]\nlearning_rate = 1e101"), names("1e+101", "1e+100"));
    EXPECT_THAT(refusal("[initialization]\noffset = 1e101\nstart = \"teacher\""), names("from -1e+100 to 1e+100"));
    EXPECT_THAT(refusal("[initialization]\nstudent_scale = 1e101"), names("from 0 to 1e+100"));
}

TEST(InputMistakes, RefusesTwoAxesOfOneKey) {
    EXPECT_THAT(refusal("[sweep]\n\"network.inputs\" = [1, 2]\nnetwork.inputs = [3, 4]"),
                names("test.toml:3: ", "twice"));
}

TEST(InputMistakes, RefusesAKeyGivenTwice) {
    EXPECT_THAT(refusal("\"network.inputs\" = 3\n[network]\ninputs = 4"), names("test.toml:3: ", "twice"));
}

TEST(InputMistakes, RefusesAZipOfAKeyWithItself) {
    EXPECT_NE(refusal("[sweep]\n\"network.inputs\" = [1, 2]\nzip = [[\"network.inputs\", \"network.inputs\"]]"), "");
}

TEST(InputMistakes, NamesTheSectionThatAKeyBelongsTo) {
    EXPECT_THAT(refusal("[network]\nepochs = 5"), names("\"training.epochs\""));
    EXPECT_THAT(refusal("[sweep]\nratio = [1, 2]"), names("\"network.ratio\""));
}

TEST(InputMistakes, RefusesAnEmptyUnknownSection) {
    EXPECT_THAT(refusal("[trainig]\n"), names("test.toml:1: ", "trainig"));
}

TEST(InputMistakes, RefusesARangeWithoutItsKey) {
    EXPECT_THAT(refusal("[sweep]\nlinspace = [1, 2, 3]"), names("test.toml:2: ", "linspace"));
}

TEST(InputMistakes, RefusesAZipThatIsATable) {
    EXPECT_THAT(refusal("[sweep]\nzip = {a = 1}"), names("sweep.zip takes a list"));
}

TEST(InputMistakes, NamesAValueThatIsAListDateOrTable) {
    EXPECT_THAT(refusal("[network]\ninputs = [3, 4]"), names("[ 3, 4 ]"));
    EXPECT_THAT(refusal("[network]\ninputs = 2026-01-01"), names("2026-01-01"));
}

TEST(InputMistakes, DoesNotPointToTheSweepFromWithinIt) {
    EXPECT_THAT(refusal("[sweep]\n\"network.inputs\" = [[1, 2]]"), testing::Not(names("name it in [sweep]")));
}

TEST(InputMistakes, RefusesMorePointsThanCanBeCounted) {
    std::string text = "[sweep]\n";
    for (const char* key :
         {"network.inputs", "network.hidden", "network.teacher_hidden", "network.outputs", "training.samples",
          "training.test_samples", "training.epochs", "training.records", "training.batch", "network.total_neurons",
          "initialization.student_scale", "initialization.teacher_scale", "initialization.offset",
          "plasticity.feedback_scale", "training.learning_rate", "network.ratio"}) {
        text += "\"" + std::string(key) + "\" = {linspace = [2, 17, 16]}\n";
    }
    EXPECT_THAT(refusal(text), names("points"));
}

TEST(InputMistakes, RefusesMoreValuesOfTheSweepThanMemoryHolds) {
    EXPECT_THAT(refusal("[sweep]\n\"network.inputs\" = [3, 4]\n\"training.learning_rate\" = "
                        "{linspace = [1, 2, 9999999]}"),
                names("test.toml:3: ", "10000001 values in all", "at most 10000000"));
}

TEST(InputMistakes, RefusesMoreReplicatesAndRecordsOfPointsThanMemoryHolds) {
    const std::string points = "\n[sweep]\n\"training.learning_rate\" = {linspace = [1, 2, 101]}";

    EXPECT_EQ(refusal("[experiment]\nreplicates = 990099" + points), "");
    EXPECT_THAT(refusal("[experiment]\nreplicates = 990100" + points),
                names("test.toml: 101 points with 990100 replicates each", "at most 100000000"));
    EXPECT_EQ(refusal("[training]\nrecords = 1000000\nepochs = 990098" + points), "");
    EXPECT_THAT(refusal("[training]\nrecords = 1000000\nepochs = 990099" + points),
                names("test.toml: 101 points with 990100 records each"));
}

/// a.a.a..., so many parts.
std::string long_name(int parts, const std::string& part = "a") {
    std::string name = part;
    for (int k = 1; k < parts; ++k) name += "." + part;
    return name;
}

TEST(InputMistakes, RefusesANameOfManyParts) {
    EXPECT_THAT(refusal("\n" + long_name(1'000'000) + " = 1"), names("test.toml:2: ", "1000000 parts"));
    EXPECT_THAT(refusal("[" + long_name(9) + "]"), names("test.toml:1: ", "9 parts"));
    EXPECT_THAT(refusal(long_name(8) + " = 1"), names("unknown key"));
    EXPECT_THAT(refusal(long_name(9, "\"=,\"") + " = 1"), names("9 parts"));
    EXPECT_THAT(refusal(long_name(9, "'#'") + " = 1"), names("9 parts"));
}

TEST(InputMistakes, FindsANameOfManyPartsBehindTexts) {
    const std::string name = long_name(9) + " = 1";

    EXPECT_THAT(refusal("a = \"\\\" # \"\n" + name), names("test.toml:2: ", "9 parts"));
    EXPECT_THAT(refusal("a = \"\"\"\n#\n\"\"\"\"\n" + name), names("test.toml:4: ", "9 parts"));
    EXPECT_THAT(refusal("a = {b = '''x'''', " + name + "}"), names("test.toml:1: ", "9 parts"));
}

TEST(InputMistakes, TakesDotsThatAreNotInNames) {
    EXPECT_EQ(refusal("# " + long_name(99) + "\n[experiment]\nname = \"" + long_name(99) + "\""), "");
    EXPECT_EQ(refusal("[analysis]\nloss_thresholds = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]"), "");
}

TEST(InputMistakes, RefusesAListThatIsMuchTooLongAtOnce) {
    std::string values;
    for (int k = 1; k <= 200'000; ++k) values += std::to_string(k) + ", ";
    EXPECT_THAT(refusal("[analysis]\nloss_thresholds = [" + values + "]"), names("a list of at most"));
}

TEST(InputMistakes, RefusesAnOverrideOfSeveralLines) {
    EXPECT_NE(refusal("", {"training.epochs=5\nnetwork.inputs = 3"}), "");
}

TEST(InputMistakes, RefusesAnOverrideThatIsNotUtf8) {
    EXPECT_NE(refusal("", {"experiment.name=\xff"}), "");
}

TEST(InputMistakes, TakesATextWithoutItsQuotesWhateverItHolds) {
    EXPECT_EQ(parsed("", {"data.file=a=b.h5"}).settings.data_file, "a=b.h5");
    EXPECT_EQ(parsed("", {"data.file="}).settings.data_file, "");
}

TEST(InputMistakes, SaysHowToWriteATextInBrackets) {
    EXPECT_THAT(refusal("", {"data.file=[a"}), names("quotes"));
}

TEST(InputMistakes, NamesTheOverrideThatTookAKeyOutOfItsGroup) {
    EXPECT_THAT(refusal("[sweep]\n\"network.inputs\" = [3, 4]\n\"network.hidden\" = [5, 6]\n"
                        "zip = [[\"network.inputs\", \"network.hidden\"]]\n",
                        {"network.inputs=5"}),
                names("--set"));
}

TEST(InputMistakes, RefusesTestTargetsWithoutTargets) {
    SuppliedData supplied;
    supplied.source = "mine.h5";
    supplied.test_inputs = Matrix::Zero(20, 100);
    supplied.test_targets = Matrix::Zero(1, 100);
    EXPECT_NE(input_error([&] { validate(supplied, resolve(Settings())); }), "");
}

TEST(InputMistakes, GridsAreTheSameWhateverTheBuild) {
    EXPECT_EQ(linspace(0.1, 2.0, 20)[12], 1.3);
    EXPECT_EQ(linspace(0.1, 2.0, 20)[17], 1.8);
}
}  // namespace
}  // namespace curldescent
