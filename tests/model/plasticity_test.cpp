#include "curldescent/model/plasticity.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "curldescent/model/error.hpp"
#include "support/matrices.hpp"

namespace curldescent {
namespace {

using testing::AllOf;
using testing::HasSubstr;

/// M = 3, N = 4, O = 2: every length of a sign diagonal is another number.
const Network network{.inputs = 3, .hidden = 4, .outputs = 2};

/// The message of the InputError that these flips cause, or an empty one.
std::string complaint_about(const Plasticity& plasticity, Rule rule = Rule::curl_descent) {
    try {
        make_signs(network, plasticity, rule);
    } catch (const InputError& error) {
        return error.what();
    }
    return {};
}

TEST(Rule, IsFoundByTheNameUsersWrite) {
    EXPECT_EQ(from_string<Rule>("gradient-descent"), Rule::gradient_descent);
    EXPECT_EQ(from_string<Rule>("curl-descent"), Rule::curl_descent);
    EXPECT_EQ(from_string<Rule>("feedback-alignment"), Rule::feedback_alignment);
    EXPECT_EQ(from_string<Rule>("curl-feedback-alignment"), Rule::curl_feedback_alignment);
    EXPECT_EQ(from_string<Rule>("curl descent"), std::nullopt);
}

TEST(Rule, HasRandomFeedbackOnlyInTheAlignmentRules) {
    EXPECT_FALSE(has_random_feedback(Rule::gradient_descent));
    EXPECT_FALSE(has_random_feedback(Rule::curl_descent));
    EXPECT_TRUE(has_random_feedback(Rule::feedback_alignment));
    EXPECT_TRUE(has_random_feedback(Rule::curl_feedback_alignment));
}

TEST(Rule, HasFlipsOnlyInTheCurlRules) {
    EXPECT_FALSE(has_flips(Rule::gradient_descent));
    EXPECT_TRUE(has_flips(Rule::curl_descent));
    EXPECT_FALSE(has_flips(Rule::feedback_alignment));
    EXPECT_TRUE(has_flips(Rule::curl_feedback_alignment));
}

TEST(PlasticitySigns, BelongToTheNeuronsBeforeOrBehindTheSynapses) {
    EXPECT_EQ(hidden_sign_count(network, FlipSide::presynaptic), 3);
    EXPECT_EQ(readout_sign_count(network, FlipSide::presynaptic), 4);
    EXPECT_EQ(hidden_sign_count(network, FlipSide::postsynaptic), 4);
    EXPECT_EQ(readout_sign_count(network, FlipSide::postsynaptic), 2);
}

TEST(PlasticitySigns, FlipTheFirstNeurons) {
    const Plasticity plasticity{.hidden_flips = 1, .readout_flips = 3};

    const PlasticitySigns signs = make_signs(network, plasticity, Rule::curl_descent);

    EXPECT_EQ(largest_difference(signs.D1, Vector{{-1.0, 1.0, 1.0}}), 0.0);
    EXPECT_EQ(largest_difference(signs.D2, Vector{{-1.0, -1.0, -1.0, 1.0}}), 0.0);
}

TEST(PlasticitySigns, FollowTheSideOfTheFlips) {
    const Plasticity plasticity{.hidden_flips = 2, .readout_flips = 1, .side = FlipSide::postsynaptic};

    const PlasticitySigns signs = make_signs(network, plasticity, Rule::curl_feedback_alignment);

    EXPECT_EQ(largest_difference(signs.D1, Vector{{-1.0, -1.0, 1.0, 1.0}}), 0.0);
    EXPECT_EQ(largest_difference(signs.D2, Vector{{-1.0, 1.0}}), 0.0);
}

TEST(PlasticitySigns, CarryTheStrengthOfTheFlippedNeurons) {
    const Plasticity plasticity{.hidden_flips = 2, .readout_flips = 1, .flipped_strength = -0.25};

    const PlasticitySigns signs = make_signs(network, plasticity, Rule::curl_descent);

    EXPECT_EQ(largest_difference(signs.D1, Vector{{-0.25, -0.25, 1.0}}), 0.0);
    EXPECT_EQ(largest_difference(signs.D2, Vector{{-0.25, 1.0, 1.0, 1.0}}), 0.0);
}

TEST(PlasticitySigns, AreAllPositiveForRulesWithoutFlips) {
    const Plasticity plasticity{.hidden_flips = 3, .readout_flips = 4};

    for (const Rule rule : {Rule::gradient_descent, Rule::feedback_alignment}) {
        const PlasticitySigns signs = make_signs(network, plasticity, rule);

        EXPECT_EQ(largest_difference(signs.D1, Vector::Ones(3)), 0.0) << to_string(rule);
        EXPECT_EQ(largest_difference(signs.D2, Vector::Ones(4)), 0.0) << to_string(rule);
    }
}

TEST(PlasticitySigns, AreAllPositiveWithoutFlippedNeurons) {
    const PlasticitySigns signs = make_signs(network, Plasticity{}, Rule::curl_descent);

    EXPECT_EQ(largest_difference(signs.D1, Vector::Ones(3)), 0.0);
    EXPECT_EQ(largest_difference(signs.D2, Vector::Ones(4)), 0.0);
}

TEST(PlasticitySigns, MayAllBeFlipped) {
    const Plasticity plasticity{.hidden_flips = 3, .readout_flips = 4};

    const PlasticitySigns signs = make_signs(network, plasticity, Rule::curl_descent);

    EXPECT_EQ(largest_difference(signs.D1, -Vector::Ones(3)), 0.0);
    EXPECT_EQ(largest_difference(signs.D2, -Vector::Ones(4)), 0.0);
}

TEST(PlasticitySigns, RefuseMoreFlipsThanNeurons) {
    EXPECT_THAT(complaint_about({.hidden_flips = 4}),
                AllOf(HasSubstr("plasticity.hidden_flips = 4"), HasSubstr("allowed is 0 to 3")));
    EXPECT_THAT(complaint_about({.readout_flips = 5}),
                AllOf(HasSubstr("plasticity.readout_flips = 5"), HasSubstr("allowed is 0 to 4")));
}

TEST(PlasticitySigns, CountTheNeuronsOfTheSideWhenTheyRefuse) {
    EXPECT_EQ(complaint_about({.hidden_flips = 4, .side = FlipSide::postsynaptic}), "");
    EXPECT_THAT(complaint_about({.readout_flips = 3, .side = FlipSide::postsynaptic}), HasSubstr("allowed is 0 to 2"));
}

TEST(PlasticitySigns, RefuseNegativeFlips) {
    EXPECT_THAT(complaint_about({.hidden_flips = -1}), HasSubstr("plasticity.hidden_flips = -1"));
    EXPECT_THAT(complaint_about({.readout_flips = -2}), HasSubstr("plasticity.readout_flips = -2"));
}

TEST(PlasticitySigns, RefuseImpossibleFlipsForRulesThatIgnoreThem) {
    EXPECT_THAT(complaint_about({.hidden_flips = 4}, Rule::gradient_descent), HasSubstr("hidden_flips = 4"));
}

}  // namespace
}  // namespace curldescent
