#include <gtest/gtest.h>

#include "curldescent/experiment/experiment.hpp"
#include "curldescent/experiment/keys.hpp"
#include "experiment/parsing.hpp"

namespace curldescent {
namespace {

using testing::HasSubstr;

constexpr std::string_view swept_inputs = "[sweep]\n\"network.inputs\" = [3, 4]\n";

/// A zipped sweep, texts to escape and numbers without a short decimal form.
constexpr std::string_view rich = R"([experiment]
name = "α \"quoted\" \\ path"
rules = ["curl-descent"]
[network]
teacher_hidden = 7
[plasticity]
readout_flips = 1
[training]
learning_rate = 0.30000000000000004
[sweep]
"plasticity.hidden_flip_fraction" = {linspace = [0, 1, 21]}
"network.hidden" = [30, 40]
"training.samples" = [50, 60]
zip = [["network.hidden", "training.samples"]])";

/// An allowed value of the key other than its default.
KeyValue another_value(const Key& key) {
    const auto value = key.get(Settings());
    switch (key.kind) {
        case KeyKind::boolean:
            return !std::get<bool>(*value);
        case KeyKind::integer:
            return value ? std::get<std::int64_t>(*value) + 1 : std::int64_t{3};
        case KeyKind::real:
            return value ? std::get<double>(*value) + 1e-15 : 0.5;
        case KeyKind::text:
            return std::get<std::string>(*value) + "?";
        case KeyKind::choice:
            return std::string(*value == KeyValue(std::string(key.choices.back())) ? key.choices.front()
                                                                                   : key.choices.back());
        case KeyKind::choice_list:
            return std::vector<std::string>{std::string(key.choices.back())};
        case KeyKind::real_list:
            return std::vector<double>{key.maximum, 0.1};
    }
    return {};
}

/// The text with the comment sign taken from the lines that start with `beginning`.
std::string uncommented(std::string text, const std::string& beginning) {
    const std::string commented = "\n# " + beginning;
    for (auto at = text.find(commented); at != std::string::npos; at = text.find(commented)) text.erase(at + 1, 2);
    return text;
}

TEST(ResolvedText, ReadsBackToItself) {
    const std::string text = resolved_text(parsed(rich));

    EXPECT_EQ(resolved_text(parsed(text)), text);
    EXPECT_EQ(resolved_text(parsed(resolved_text(parsed("")))), resolved_text(parsed("")));
}

TEST(ResolvedText, ReadsBackToTheSameExperiment) {
    const Experiment before = parsed(rich);
    const Experiment after = parsed(resolved_text(before));

    ASSERT_EQ(before.sweep.points(), 42);
    ASSERT_EQ(after.sweep.points(), 42);
    for (std::int64_t point = 0; point < 42; ++point) {
        const Settings expected = before.sweep.at(before.settings, point);
        const Settings actual = after.sweep.at(after.settings, point);
        for (const Key& key : all_keys()) EXPECT_EQ(key.get(actual), key.get(expected)) << key.dotted();
    }
}

TEST(ResolvedText, IsTheSameHoweverTheExperimentIsWritten) {
    EXPECT_EQ(resolved_text(parsed("", {"training.epochs=5", "sweep.network.inputs=[3, 4]"})),
              resolved_text(parsed("# a comment\n[sweep]\nnetwork.inputs = [3, 4]\n[training]\nepochs = 5\n")));
}

TEST(ResolvedText, DiffersWhereAnyKeyDiffers) {
    const Experiment plain = parsed("");

    ASSERT_FALSE(all_keys().empty());
    for (const Key& key : all_keys()) {
        Experiment changed = plain;
        key.set(changed.settings, another_value(key));
        EXPECT_NE(resolved_text(changed), resolved_text(plain)) << key.dotted();
    }
}

TEST(ResolvedText, DiffersWhereTheSweepDiffers) {
    const std::string both = std::string(swept_inputs) + "\"network.hidden\" = [5, 6]\n";
    const std::string turned = "[sweep]\n\"network.hidden\" = [5, 6]\n\"network.inputs\" = [3, 4]\n";
    const std::string zipped = both + "zip = [[\"network.inputs\", \"network.hidden\"]]\n";

    EXPECT_NE(resolved_text(parsed(both)), resolved_text(parsed(turned)));
    EXPECT_NE(resolved_text(parsed(both)), resolved_text(parsed(zipped)));
    EXPECT_NE(resolved_text(parsed(both)), resolved_text(parsed(swept_inputs)));
}

TEST(Template, IsAnExperimentWithTheDefaults) {
    EXPECT_EQ(resolved_text(parsed(template_text())), resolved_text(parsed("")));
}

TEST(Template, HasEveryKeyInItsSection) {
    const std::string text = template_text();

    ASSERT_FALSE(all_keys().empty());
    for (const Key& key : all_keys()) {
        const auto section = text.find("\n[" + std::string(key.section) + "]\n");
        ASSERT_NE(section, std::string::npos) << key.dotted();
        const std::string body = text.substr(section, text.find("\n\n", section) - section);
        const std::string line = std::string(key.name) + " = ";
        EXPECT_THAT(body, testing::AnyOf(HasSubstr("\n" + line), HasSubstr("\n# " + line))) << key.dotted();
    }
}

TEST(Template, ShowsOnlyExamplesThatAreAccepted) {
    std::size_t examples = 0;
    for (const Key& key : all_keys()) {
        if (key.example.empty()) continue;
        std::vector<std::string> overrides{key.dotted() + "=" + std::string(key.example)};
        if (key.name == "ratio") overrides.push_back("network.total_neurons=220");
        if (key.name == "total_neurons") overrides.push_back("network.ratio=0.1");
        EXPECT_EQ(refusal("", overrides), "") << key.dotted();
        ++examples;
    }
    EXPECT_GT(examples, 0U);
}

TEST(Template, TakesItsCommentedKeysUncommented) {
    const std::string text = template_text();

    EXPECT_EQ(parsed(uncommented(text, "inputs = ")).settings.inputs, 20);
    EXPECT_EQ(parsed(uncommented(text, "output_activation = ")).settings.output_activation, Activation::linear);
    EXPECT_EQ(parsed(uncommented(text, "hidden_flips = ")).settings.hidden_flips, 2);
}

TEST(Template, TakesItsCommentedSweepUncommented) {
    const std::string text = template_text();
    const std::string sweep = uncommented(text.substr(text.find("[sweep]")), "\"");

    EXPECT_EQ(parsed(sweep).sweep.points(), 2 * 21 * 2 * 2);
    EXPECT_EQ(parsed(uncommented(sweep, "zip = ")).sweep.points(), 2 * 21 * 2);
}

}  // namespace
}  // namespace curldescent
