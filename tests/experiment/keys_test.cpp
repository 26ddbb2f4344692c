#include "curldescent/experiment/keys.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

#include "experiment/parsing.hpp"

namespace curldescent {
namespace {

using Texts = std::vector<std::string>;

constexpr double infinity = std::numeric_limits<double>::infinity();

const Key& key_of(std::string_view dotted) {
    return *find_key(dotted);
}

std::string problem(std::string_view dotted, const KeyValue& value) {
    return check(key_of(dotted), value).value_or("");
}

/// Values of the key's kind that it accepts: every choice, both ends of a range.
std::vector<KeyValue> accepted_values(const Key& key) {
    switch (key.kind) {
        case KeyKind::boolean:
            return {true, false};
        case KeyKind::integer: {
            const auto largest = key.maximum < 0x1p63 ? static_cast<std::int64_t>(key.maximum)
                                                      : std::numeric_limits<std::int64_t>::max();
            return {static_cast<std::int64_t>(key.minimum), largest};
        }
        case KeyKind::real:
            return {key.above_minimum ? std::nextafter(key.minimum, infinity) : key.minimum, key.maximum};
        case KeyKind::text:
            return {std::string(), std::string("weights of \"mine\"")};
        case KeyKind::choice: {
            const Texts choices(key.choices.begin(), key.choices.end());
            return {choices.begin(), choices.end()};
        }
        case KeyKind::choice_list:
            return {Texts(key.choices.begin(), key.choices.end()), Texts{std::string(key.choices.back())}};
        case KeyKind::real_list: {
            std::vector<double> most;
            for (std::size_t k = 1; k <= key.longest; ++k) most.push_back(key.maximum / static_cast<double>(k));
            return {most, std::vector<double>{key.maximum}};
        }
    }
    return {};
}

/// What an experiment file reads back from a number written as TOML.
double read_back(double value) {
    const Experiment experiment = parsed("[initialization]\nstart = \"teacher\"\noffset = " + to_toml(value) + "\n");
    return experiment.settings.run.initialization.offset;
}

std::string read_back(const std::string& value) {
    return parsed("[experiment]\nname = " + to_toml(value) + "\n").settings.name;
}

TEST(Keys, FindsAKeyByItsDottedName) {
    const Key* key = find_key("training.epochs");

    ASSERT_NE(key, nullptr);
    EXPECT_EQ(key->section, "training");
    EXPECT_EQ(key->name, "epochs");
    EXPECT_EQ(key->dotted(), "training.epochs");
}

TEST(Keys, FindsNothingUnderABareOrUnknownName) {
    EXPECT_EQ(find_key("epochs"), nullptr);
    EXPECT_EQ(find_key("training"), nullptr);
    EXPECT_EQ(find_key("training.epoch"), nullptr);
    EXPECT_EQ(find_key(""), nullptr);
}

TEST(Keys, BareNamesAreUniqueOverSections) {
    std::set<std::string_view> bare;
    for (const Key& key : all_keys()) bare.insert(key.name);

    ASSERT_FALSE(all_keys().empty());
    EXPECT_EQ(bare.size(), all_keys().size());
}

TEST(Keys, EverySectionIsInOnePiece) {
    std::vector<std::string_view> sections;
    for (const Key& key : all_keys()) {
        if (sections.empty() || sections.back() != key.section) sections.push_back(key.section);
    }

    const std::set<std::string_view> distinct(sections.begin(), sections.end());
    ASSERT_FALSE(sections.empty());
    EXPECT_EQ(distinct.size(), sections.size());
}

TEST(Keys, EveryKeyGivesBackTheValuesItAccepts) {
    ASSERT_FALSE(all_keys().empty());
    for (const Key& key : all_keys()) {
        const std::vector<KeyValue> values = accepted_values(key);
        ASSERT_GE(values.size(), 2U) << key.dotted();
        for (const KeyValue& value : values) {
            Settings settings;
            EXPECT_EQ(check(key, value), std::nullopt);
            key.set(settings, value);
            EXPECT_EQ(key.get(settings), value) << key.dotted() << " = " << to_toml(value);
        }
    }
}

TEST(Keys, EveryDefaultIsAccepted) {
    const Settings defaults;

    ASSERT_FALSE(all_keys().empty());
    for (const Key& key : all_keys()) {
        const auto value = key.get(defaults);
        EXPECT_TRUE(!value || check(key, *value) == std::nullopt) << key.dotted();
    }
}

TEST(Keys, AKeyWithoutADefaultSaysWhatHoldsAndShowsAnExample) {
    const Settings defaults;

    ASSERT_FALSE(all_keys().empty());
    for (const Key& key : all_keys()) {
        EXPECT_EQ(key.get(defaults).has_value(), key.when_absent.empty()) << key.dotted();
        EXPECT_EQ(key.when_absent.empty(), key.example.empty()) << key.dotted();
    }
}

TEST(Keys, EveryKeyHasAMeaning) {
    ASSERT_FALSE(all_keys().empty());
    for (const Key& key : all_keys()) EXPECT_FALSE(key.meaning.empty()) << key.dotted();
}

TEST(Keys, SettingOneKeyLeavesTheOthersAsTheyAre) {
    const Settings defaults;

    ASSERT_FALSE(all_keys().empty());
    for (const Key& changed : all_keys()) {
        for (const KeyValue& value : accepted_values(changed)) {
            Settings settings;
            changed.set(settings, value);
            for (const Key& key : all_keys()) {
                const bool same = key.get(settings) == key.get(defaults);
                EXPECT_TRUE(same || &key == &changed) << changed.dotted() << " changes " << key.dotted();
            }
        }
    }
}

TEST(AllowedValues, AreSaidInWordsForEveryKind) {
    EXPECT_EQ(allowed_values(key_of("training.shuffle")), "true or false");
    EXPECT_EQ(allowed_values(key_of("training.epochs")), "an integer from 1 to 1000000000000");
    EXPECT_EQ(allowed_values(key_of("experiment.seed")), "an integer of at least 0");
    EXPECT_EQ(allowed_values(key_of("plasticity.flipped_strength")), "a number from -1 to 1");
    EXPECT_THAT(allowed_values(key_of("training.learning_rate")), names("a number above 0"));
    EXPECT_EQ(allowed_values(key_of("experiment.name")), "a text in quotes");
    EXPECT_EQ(allowed_values(key_of("plasticity.side")), "one of \"presynaptic\", \"postsynaptic\"");
    EXPECT_EQ(allowed_values(key_of("training.core")), "one of \"fast\", \"plain\"");
    EXPECT_EQ(allowed_values(key_of("experiment.rules")),
              "a list of some of \"gradient-descent\", \"curl-descent\", \"feedback-alignment\", "
              "\"curl-feedback-alignment\", each at most once");
}

TEST(Check, NamesTheKeyTheValueAndWhatIsAllowed) {
    EXPECT_EQ(problem("network.inputs", std::int64_t{0}),
              "network.inputs = 0 is not possible; allowed: an integer from 1 to 1000000000");
}

TEST(Check, AcceptsBothEndsOfARangeAndNothingBeyond) {
    EXPECT_EQ(problem("plasticity.hidden_flip_fraction", 0.0), "");
    EXPECT_EQ(problem("plasticity.hidden_flip_fraction", 1.0), "");
    EXPECT_NE(problem("plasticity.hidden_flip_fraction", std::nextafter(0.0, -1.0)), "");
    EXPECT_NE(problem("plasticity.hidden_flip_fraction", std::nextafter(1.0, 2.0)), "");
    EXPECT_EQ(problem("training.epochs", std::int64_t{1'000'000'000'000}), "");
    EXPECT_NE(problem("training.epochs", std::int64_t{1'000'000'000'001}), "");
}

TEST(Check, ExcludesTheMinimumOfAKeyThatMustBeAboveIt) {
    EXPECT_NE(problem("training.learning_rate", 0.0), "");
    EXPECT_EQ(problem("training.learning_rate", std::numeric_limits<double>::denorm_min()), "");
}

TEST(Check, RefusesNumbersThatAreNotFinite) {
    EXPECT_THAT(problem("training.learning_rate", infinity), names("training.learning_rate = inf"));
    EXPECT_THAT(problem("training.learning_rate", std::nan("")), names("training.learning_rate = nan"));
    EXPECT_THAT(problem("initialization.offset", -infinity), names("initialization.offset = -inf"));
}

TEST(Check, RefusesEveryOtherTypeThanTheKeysOwn) {
    EXPECT_THAT(problem("training.shuffle", std::int64_t{1}), names("training.shuffle = 1", "true or false"));
    EXPECT_THAT(problem("training.epochs", 5.0), names("training.epochs = 5.0", "an integer"));
    EXPECT_THAT(problem("training.learning_rate", true), names("training.learning_rate = true", "a number"));
    EXPECT_THAT(problem("experiment.name", std::int64_t{5}), names("experiment.name = 5", "a text in quotes"));
    EXPECT_THAT(problem("plasticity.side", false), names("plasticity.side = false", "one of"));
    EXPECT_THAT(problem("experiment.rules", std::string("curl-descent")),
                names("experiment.rules = \"curl-descent\"", "a list of some of"));
}

TEST(Check, ListsTheChoicesForAnUnknownOne) {
    EXPECT_THAT(problem("network.activation", std::string("Tanh")),
                names("network.activation = \"Tanh\"", "\"linear\", \"tanh\", \"relu\", \"sigmoid\""));
}

TEST(Check, WantsRulesKnownGivenOnceAndAtLeastOne) {
    EXPECT_EQ(problem("experiment.rules", Texts{"curl-descent", "gradient-descent"}), "");
    EXPECT_THAT(problem("experiment.rules", Texts{}), names("experiment.rules = []"));
    EXPECT_THAT(problem("experiment.rules", Texts{"curl-descent", "curl-descent"}),
                names("[\"curl-descent\", \"curl-descent\"]", "each at most once"));
    EXPECT_THAT(problem("experiment.rules", Texts{"hebb"}), names("[\"hebb\"]", "\"gradient-descent\""));
}

TEST(Check, WantsNumbersOfAListInRangeGivenOnceAndNotTooMany) {
    using Reals = std::vector<double>;
    const std::string_view thresholds = "analysis.loss_thresholds";
    EXPECT_EQ(problem(thresholds, Reals{}), "");
    EXPECT_EQ(problem(thresholds, Reals{0.1, 0.01}), "");
    EXPECT_EQ(problem(thresholds, Reals{1, 2, 3, 4, 5, 6, 7, 8}), "");
    EXPECT_THAT(problem(thresholds, Reals{1, 2, 3, 4, 5, 6, 7, 8, 9}), names("at most 8 numbers"));
    EXPECT_EQ(problem(thresholds, Reals{0.1, 0.1}),
              "analysis.loss_thresholds = [0.1, 0.1] is not possible; allowed: a list of at most 8 numbers, each above "
              "0, up to 1e+100, each at most once");
    EXPECT_THAT(problem(thresholds, Reals{0.0}), names("[0.0]", "above 0"));
    EXPECT_THAT(problem(thresholds, Reals{std::nan("")}), names("[nan]"));
    EXPECT_THAT(problem(thresholds, 0.1), names("analysis.loss_thresholds = 0.1", "a list of at most 8 numbers"));
}

TEST(ToToml, WritesEveryKindAsTomlDoes) {
    EXPECT_EQ(to_toml(true), "true");
    EXPECT_EQ(to_toml(false), "false");
    EXPECT_EQ(to_toml(std::int64_t{-7}), "-7");
    EXPECT_EQ(to_toml(1.0), "1.0");
    EXPECT_EQ(to_toml(0.1), "0.1");
    EXPECT_EQ(to_toml(-0.0), "-0.0");
    EXPECT_EQ(to_toml(std::string("linear")), "\"linear\"");
    EXPECT_EQ(to_toml(Texts{"a", "b"}), "[\"a\", \"b\"]");
    EXPECT_EQ(to_toml(Texts{}), "[]");
    EXPECT_EQ(to_toml(std::vector<double>{1.0, 0.5}), "[1.0, 0.5]");
}

TEST(ToToml, WritesNumbersThatReadBackToTheLastBit) {
    for (const double value : {0.1, 1.0 / 3.0, 1.0, -2.0, 1e-300, 5e-324, 1e16, 1e100, 0.15000000000000002}) {
        EXPECT_EQ(read_back(value), value);
    }
}

TEST(ToToml, KeepsTheSignOfZero) {
    EXPECT_TRUE(std::signbit(read_back(-0.0)));
}

TEST(ToToml, WritesTextsThatReadBackTheSame) {
    for (const std::string value : {"", "two words", "say \"this\"", "C:\\new\\table", "tab\tline\nreturn\r",
                                    "\x01\x1f\x7f", "\xce\xb1\xe2\x82\x82 \xe2\x80\x94 na\xc3\xafve", "# = [']"}) {
        EXPECT_EQ(read_back(value), value);
    }
}

}  // namespace
}  // namespace curldescent
