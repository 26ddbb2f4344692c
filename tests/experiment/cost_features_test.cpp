#include "curldescent/experiment/cost_features.hpp"

#include <gtest/gtest.h>

#include <string>

#include "curldescent/dynamics/width_reduction.hpp"
#include "curldescent/model/lanes.hpp"
#include "experiment/parsing.hpp"

namespace curldescent {
namespace {

using enum CostFeature;

const SuppliedData nothing_supplied;

/// M = 4, N = 6, P = 12 + 5 in batches of 4, 20 epochs of which the start and the last are recorded; one rule.
RunSettings small(const std::vector<std::string>& overrides = {}) {
    return resolve(parsed(R"([network]
inputs = 4
hidden = 6
[training]
samples = 12
test_samples = 5
batch = 4
epochs = 20
records = 1)",
                          overrides)
                       .settings);
}

CostVector features(const std::vector<std::string>& overrides = {}, std::vector<Rule> rules = {Rule::curl_descent}) {
    return cost_features(small(overrides), rules, nothing_supplied);
}

double lanes(Index count) {
    return static_cast<double>(lanes_for(count));
}

TEST(CostFeatures, CountTheRandomNumbersOfATask) {
    const CostVector costs = features();

    EXPECT_EQ(costs[task], 1.0);
    EXPECT_EQ(costs[uniform_number], 2 * 6 * (4 + 1) + 6);  // teacher and start; feedback
    EXPECT_EQ(costs[normal_number], 4 * (12 + 5));
    EXPECT_EQ(features({"initialization.distribution=\"normal\""})[uniform_number], 6.0);
}

TEST(CostFeatures, CountChaosIndicatorsOnlyWhereTheyAreMeasured) {
    const CostVector plain = features();
    for (const CostFeature feature : {tangent_lanes, compared_weight, zero_one_product}) EXPECT_EQ(plain[feature], 0.0);

    const auto lyapunov = [](int k) {
        return features({"analysis.lyapunov_exponents=" + std::to_string(k), "analysis.lyapunov_transient=0"});
    };
    EXPECT_EQ(lyapunov(3)[tangent_lanes], 2.0 * lyapunov(1)[tangent_lanes]);  // k and one more
    EXPECT_GT(lyapunov(1)[tangent_lanes], 0.0);
    EXPECT_EQ(features({"analysis.twin=true", "analysis.lyapunov_transient=0"})[rank_one_update],
              2.0 * plain[rank_one_update]);
    EXPECT_EQ(features({"analysis.order_parameter_epochs=2"})[compared_weight],
              2.0 * 2.0 * static_cast<double>(trained_width(small(), Rule::curl_descent) * (4 + 1)));
    EXPECT_EQ(features({"analysis.loss_epochs=20"})[zero_one_product], 0.0);  // mini-batches
    EXPECT_GT(features({"analysis.loss_epochs=20", "training.batch=0"})[zero_one_product], 0.0);
}

TEST(CostFeatures, SpareWhatIsSupplied) {
    SuppliedData supplied;
    supplied.inputs = Matrix::Zero(4, 12);
    supplied.test_inputs = Matrix::Zero(4, 5);
    const std::vector<Rule> rules{Rule::curl_descent};

    EXPECT_EQ(cost_features(small(), rules, supplied)[normal_number], 0.0);
}

TEST(CostFeatures, CountTheCubesOfTheDirectionsOfAStabilityMeasurement) {
    const std::string teacher = "analysis.stability=\"teacher\"";

    EXPECT_EQ(features()[symmetric_spectrum], 0.0);
    EXPECT_EQ(features({teacher})[symmetric_spectrum], 4.0 * 4 * 4);
    EXPECT_EQ(features({teacher})[general_spectrum], 4.0 * 4 * 4);
    EXPECT_EQ(features({teacher, "plasticity.norm_constraint=false"})[general_spectrum], 0.0);
    EXPECT_EQ(features({teacher, "network.activation=\"tanh\""})[symmetric_spectrum], 12.0 * 12 * 12);
    EXPECT_EQ(features({teacher, "analysis.transverse_epochs=7"})[transverse_product], 2.0 * 7 * 12 * 4);
}

TEST(CostFeatures, CountTheProductsOfAStabilityMeasurement) {
    const auto added = [](std::vector<std::string> overrides) {
        const double without = features(overrides)[matrix_product];
        overrides.emplace_back("analysis.stability=\"teacher\"");
        return features(overrides)[matrix_product] - without;
    };

    EXPECT_EQ(added({}), 4 * 4 * (5 * (4 + 5) + 12));  // 5 of the 6 units are trained
    EXPECT_EQ(added({"network.activation=\"tanh\"", "network.outputs=2"}), 5 * 12 * 12 * (4 + 6 * (1 + 4)));
}

TEST(CostFeatures, CountTheTestLossOfEveryEpoch) {
    const CostVector costs = features({"analysis.loss_thresholds=[0.1]"});
    const CostVector plain = features();

    EXPECT_EQ(costs[record] - plain[record], 20.0);  // the training loss is streamed
    const double ends = 2.0 * (5 * 4 + 4 * 12);      // the training loss of start and end; 5 of the 6 units are trained
    EXPECT_EQ(features({"analysis.ascent=true"})[matrix_product] - plain[matrix_product], ends);
    EXPECT_EQ(costs[matrix_product] - plain[matrix_product], 20.0 * (5 * 4 + 4 * 5) + ends);
}

TEST(CostFeatures, CountGradientsAtTheRecords) {
    const CostVector costs = features({"analysis.alignment=true"});
    const CostVector plain = features();

    EXPECT_EQ(costs[matrix_product] - plain[matrix_product], 2 * 3 * 12 * 5 * (4 + 1));
    EXPECT_EQ(costs[record] - plain[record], 2.0);
}

TEST(CostFeatures, CountTheMatricesOfCurlAndSaddle) {
    const std::string tanh = "network.activation=\"tanh\"";
    const auto products = [&](std::vector<std::string> overrides) { return features(overrides)[matrix_product]; };
    const std::string curl = "analysis.curl_strength=true";
    const std::string plateau = "analysis.plateau=true";
    const std::string saddle = "analysis.saddle_index=true";
    const auto matrix = [](double weights) { return 0.5 * weights * weights * 12; };

    // Without flips 5 of the 6 units are trained.
    EXPECT_EQ(products({curl}) - products({}), 2 * matrix(5 * 5));
    EXPECT_EQ(products({curl, plateau}) - products({plateau}), 3 * matrix(5 * 5));
    EXPECT_EQ(products({saddle, plateau}) - products({plateau}), matrix(5 * 5) + 1.5 * 25 * 25 * 25);
    EXPECT_EQ(products({tanh, saddle, plateau}) - products({tanh, plateau}), matrix(6 * 5) + 1.5 * 30 * 30 * 30);
    // A flip makes it 6; the Hessian knows of none.
    const std::string flip = "plasticity.readout_flips=1";
    EXPECT_EQ(products({flip, curl}) - products({flip}), 2 * matrix(6 * 5));
    EXPECT_EQ(products({flip, saddle, plateau}) - products({flip, plateau}), matrix(5 * 5) + 1.5 * 25 * 25 * 25);
}

TEST(CostFeatures, CountTheProductsWithLargeJacobians) {
    const std::vector<std::string> wide{"network.activation=\"tanh\"", "network.hidden=300", "analysis.plateau=true"};
    std::vector<std::string> curl = wide;
    curl.insert(curl.end(), {"analysis.curl_strength=true", "analysis.curl_probes=5"});
    std::vector<std::string> saddle = wide;
    saddle.emplace_back("analysis.saddle_index=true");
    const double product = 12 * 300 * (2 * 4 + 4);

    EXPECT_EQ(features(curl)[matrix_product] - features(wide)[matrix_product], 3 * 2 * 5 * product);
    EXPECT_EQ(features(saddle)[matrix_product] - features(wide)[matrix_product], 600 * product);
    EXPECT_EQ(features(saddle)[plain_derivative] - features(wide)[plain_derivative], 600.0 * 2 * 12 * 300);
}

TEST(CostFeatures, CountShufflesAndCopiesOnceForAllRules) {
    for (const auto& rules : {std::vector{Rule::curl_descent}, {Rule::gradient_descent, Rule::curl_descent}}) {
        EXPECT_EQ(features({}, rules)[shuffled_sample], 20 * 12);
        EXPECT_EQ(features({}, rules)[gathered_number], 20 * 12 * (4 + 1));
    }
    EXPECT_EQ(features({"training.shuffle=false"})[shuffled_sample], 0.0);
    EXPECT_EQ(features({"training.batch=0"})[shuffled_sample], 0.0);
    EXPECT_EQ(features({"training.batch=0"})[gathered_number], 0.0);
}

TEST(CostFeatures, CountUpdatesForEachRule) {
    const CostVector one = features();
    const CostVector two = features({}, {Rule::gradient_descent, Rule::curl_descent});

    EXPECT_EQ(one[epoch], 20.0);
    EXPECT_EQ(one[record], 2.0);
    EXPECT_EQ(one[rank_one_update], 20 * 3);
    EXPECT_EQ(two[epoch], 40.0);
    EXPECT_EQ(two[record], 4.0);
    EXPECT_EQ(two[rank_one_update], 40 * 3);
}

TEST(CostFeatures, FollowTheRankOneCore) {
    const CostVector costs = features();
    const double width = 5;  // 6 units of one sign span M + O dimensions

    EXPECT_EQ(costs[rank_one_sample], 20 * 12);
    EXPECT_EQ(costs[rank_one_sample_lanes], 2 * 20 * 12 * lanes(4));
    EXPECT_EQ(costs[rank_one_weight_lanes], 60 * width * lanes(4));
    EXPECT_EQ(costs[orthogonal_product], 2 * 6 * 5 * 5);
    EXPECT_EQ(costs[fused_update], 0.0);
    EXPECT_EQ(costs[plain_update], 0.0);
}

TEST(CostFeatures, KnowThatAFullBatchGoesThroughTheCovariance) {
    const CostVector costs = features({"training.batch=0"});
    SuppliedData targets;
    targets.targets = Matrix::Zero(1, 12);
    const std::vector<Rule> rules{Rule::curl_descent};

    EXPECT_EQ(costs[rank_one_update], 20.0);
    EXPECT_EQ(costs[rank_one_sample], 0.0);
    EXPECT_EQ(costs[rank_one_sample_lanes], 20 * 4 * lanes(4));
    EXPECT_EQ(cost_features(small({"training.batch=0"}), rules, targets)[rank_one_sample], 20 * 12);
}

TEST(CostFeatures, FollowTheFusedCore) {
    const CostVector costs = features({"network.activation=\"tanh\"", "network.outputs=2"});

    EXPECT_EQ(costs[fused_update], 60.0);
    EXPECT_EQ(costs[fused_sample], 240.0 * 2);
    EXPECT_EQ(costs[fused_hidden_lanes], 240 * lanes(6) * 2);
    EXPECT_EQ(costs[fused_exponential], 240 * lanes(6));
    EXPECT_EQ(costs[fused_product_lanes], 240 * 2 * 4 * lanes(6));
    EXPECT_EQ(costs[fused_weight_lanes], 60 * 4 * lanes(6));
    EXPECT_EQ(costs[orthogonal_product], 0.0);
    EXPECT_EQ(costs[rank_one_update], 0.0);
    EXPECT_EQ(features({"network.activation=\"relu\""})[fused_exponential], 0.0);
}

TEST(CostFeatures, FollowThePlainCore) {
    const CostVector costs = features({"training.core=\"plain\"", "network.activation=\"tanh\""});

    EXPECT_EQ(costs[plain_update], 60.0);
    EXPECT_EQ(costs[plain_product], 6 * (4 + 1) * (2 * 240 + 3 * 60));
    EXPECT_EQ(costs[plain_derivative], 240 * 6);
    EXPECT_EQ(costs[fused_update], 0.0);
}

TEST(CostFeatures, TellWeightsThatTheFirstCacheHoldsFromOthers) {
    EXPECT_EQ(features({"network.activation=\"tanh\""})[far_lanes], 0.0);
    EXPECT_GT(features({"network.activation=\"tanh\"", "network.inputs=100", "network.hidden=100"})[far_lanes], 0.0);
}

TEST(CostFeatures, StayFiniteForTheLongestTraining) {
    EXPECT_TRUE(features({"training.epochs=1000000000000", "network.hidden=1000000000", "training.samples=1000000000"})
                    .values.allFinite());
}

TEST(TrainedWidth, IsThatOfTheReducedStudent) {
    const std::vector<std::vector<std::string>> cases{
        {},
        {"plasticity.readout_flips=1"},
        {"network.hidden=40", "plasticity.readout_flips=3"},
        {"network.hidden=40", "plasticity.readout_flips=30"},
        {"network.hidden=40", "plasticity.readout_flips=40"},
        {"network.hidden=40", "plasticity.readout_flips=20", "plasticity.flipped_strength=1.0"},
        {"network.hidden=40", "plasticity.side=\"postsynaptic\"", "plasticity.hidden_flips=9"},
        {"network.hidden=40", "network.outputs=3"},
        {"network.hidden=40", "network.activation=\"tanh\""}};
    for (const auto& overrides : cases) {
        for (const Rule rule : {Rule::gradient_descent, Rule::curl_descent, Rule::curl_feedback_alignment}) {
            const RunSettings settings = small(overrides);
            const auto& [network, initialization, plasticity, training, recording, analysis] = settings;
            const Matrix feedback =
                has_random_feedback(rule) ? Matrix(Matrix::Random(network.hidden, network.outputs)) : Matrix();
            const Student student{
                network,
                plasticity,
                make_signs(network, plasticity, rule),
                feedback,
                {training.learning_rate, training.batch, training.samples},
                {Matrix::Random(network.hidden, network.inputs), Matrix::Random(network.outputs, network.hidden)}};
            EXPECT_EQ(trained_width(settings, rule), reduce_width(student).network.hidden)
                << testing::PrintToString(overrides) << " " << to_string(rule);
        }
    }
}

TEST(TrainedWidth, IsTheWholeWidthWithoutTheReduction) {
    EXPECT_EQ(trained_width(small({"training.width_reduction=false"}), Rule::curl_descent), 6);
}

}  // namespace
}  // namespace curldescent
