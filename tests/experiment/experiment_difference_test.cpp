#include "curldescent/experiment/experiment_difference.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace curldescent {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// The differences of two experiment files, as "key: stored, given".
std::vector<std::string> differences(const std::string& stored, const std::string& given) {
    std::vector<std::string> texts;
    for (const auto& [key, old_value, new_value] :
         differing_keys(parse_experiment(stored, "old.toml", {}), parse_experiment(given, "new.toml", {}))) {
        texts.push_back(key + ": " + old_value + ", " + new_value);
    }
    return texts;
}

TEST(DifferingKeys, AreNamedWithBothValues) {
    EXPECT_THAT(differences("[training]\nepochs = 20\n[network]\nactivation = \"tanh\"\n",
                            "[training]\nepochs = 21\n[network]\nactivation = \"linear\"\n"),
                ElementsAre("network.activation: \"tanh\", \"linear\"", "training.epochs: 20, 21"));
}

TEST(DifferingKeys, CountAKeyThatIsNotNamedAsItsDefault) {
    const std::string epochs = std::to_string(Settings().run.training.epochs);
    EXPECT_THAT(differences("", "[training]\nepochs = " + epochs + "\n"), IsEmpty());
    EXPECT_THAT(differences("", "[training]\nepochs = 7\n"), ElementsAre("training.epochs: " + epochs + ", 7"));
}

TEST(DifferingKeys, NameKeysWithoutADefaultAsNotSet) {
    EXPECT_THAT(differences("[network]\nteacher_hidden = 5\n", ""), ElementsAre("network.teacher_hidden: 5, not set"));
}

TEST(DifferingKeys, LeaveTitleAndDataPathOut) {
    EXPECT_THAT(differences("[experiment]\nname = \"a\"\n[data]\nfile = \"a.h5\"\n",
                            "[experiment]\nname = \"b\"\n[data]\nfile = \"b.h5\"\n"),
                IsEmpty());
}

TEST(DifferingKeys, TellSweptKeysFromFixedOnes) {
    EXPECT_THAT(differences("[sweep]\n\"training.epochs\" = [1, 2]\n", "[training]\nepochs = 2\n"),
                ElementsAre("training.epochs: [1, 2] (swept), 2"));
    EXPECT_THAT(differences("[sweep]\n\"training.epochs\" = [1, 2]\n", "[sweep]\n\"training.epochs\" = [1, 2, 3]\n"),
                ElementsAre("training.epochs: [1, 2] (swept), [1, 2, 3] (swept)"));
}

TEST(DifferingKeys, CountTheOrderOfTheAxes) {
    const std::string epochs = "\"training.epochs\" = [1, 2]\n";
    const std::string samples = "\"training.samples\" = [300, 400]\n";
    const std::string zip = "zip = [[\"training.epochs\", \"training.samples\"]]\n";
    EXPECT_THAT(differences("[sweep]\n" + epochs + samples, "[sweep]\n" + samples + epochs),
                ElementsAre("sweep: training.epochs x training.samples, training.samples x training.epochs"));
    EXPECT_THAT(differences("[sweep]\n" + epochs + samples, "[sweep]\n" + epochs + samples + zip),
                ElementsAre("sweep: training.epochs x training.samples, training.epochs with training.samples"));
}

TEST(DifferingKeys, AreNoneForSettingsThatWereStored) {
    const std::string text = "[training]\nlearning_rate = 0.1\n[sweep]\n\"training.epochs\" = {linspace = [1, 9, 3]}\n";
    EXPECT_THAT(differences(resolved_text(parse_experiment(text, "a.toml", {})), text), IsEmpty());
}

}  // namespace
}  // namespace curldescent
