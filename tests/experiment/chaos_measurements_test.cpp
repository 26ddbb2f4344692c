#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "curldescent/experiment/simulate.hpp"
#include "experiment/parsing.hpp"

namespace curldescent {
namespace {

/// M = 4, N = 3, P = 12, linear, in full batches, without the norm constraint: every indicator.
ChaosResult measured(std::vector<std::string> overrides) {
    overrides.emplace_back("experiment.replicates=1");
    const Experiment experiment = parsed(R"([experiment]
rules = ["curl-descent"]
[network]
inputs = 4
hidden = 3
[plasticity]
norm_constraint = false
[training]
samples = 12
batch = 0
epochs = 1000
records = 200
record_spacing = "linear"
[analysis]
lyapunov_exponents = 2
lyapunov_transient = 100
lyapunov_windows = 3
twin = true
order_parameter_epochs = 50
loss_epochs = 400
regime = true)",
                                         overrides);
    return simulate(make_task(experiment, 0), SuppliedData{}).at(0).chaos;
}

TEST(ChaosMeasurements, OfAStudentThatRestsOnASaddleAreThoseOfAFixedPoint) {
    const ChaosResult chaos = measured({"initialization.student_scale=0"});

    EXPECT_EQ(chaos.lyapunov.verdict, LyapunovVerdict::positive);
    EXPECT_LT(chaos.loss.variation, 1e-12);
    EXPECT_EQ(chaos.order_parameter, 0.0);
    EXPECT_EQ(chaos.regime, Regime::fixed_point);
}

TEST(ChaosMeasurements, HaveNoPeriodBelowTheConvergedLoss) {
    const ChaosResult chaos = measured({"training.stop_converged=false", "training.epochs=4000"});

    ASSERT_LT(chaos.loss.level, 1e-15);
    ASSERT_GT(chaos.loss.variation, 1e-6);
    EXPECT_TRUE(std::isnan(chaos.zero_one)) << chaos.zero_one;
    EXPECT_TRUE(std::isnan(chaos.peak.period)) << chaos.peak.period;
    EXPECT_EQ(chaos.regime, Regime::converged);
}

TEST(ChaosMeasurements, OfARunThatDivergedHaveNoNumbers) {
    const ChaosResult chaos = measured({"initialization.student_scale=0.01", "plasticity.hidden_flips=4",
                                        "plasticity.readout_flips=3", "analysis.lyapunov_transient=0"});  // ascent

    ASSERT_EQ(chaos.regime, Regime::diverged);
    EXPECT_EQ(chaos.loss.level, std::numeric_limits<double>::infinity());
    EXPECT_EQ(chaos.lyapunov.verdict, LyapunovVerdict::unmeasured);
    EXPECT_EQ(chaos.lyapunov.steps, 0);
    EXPECT_TRUE(std::isnan(chaos.lyapunov.leading.rate.mean));
    EXPECT_TRUE(std::isnan(chaos.lyapunov.leading.half_difference));
    EXPECT_TRUE(std::isnan(chaos.lyapunov.kaplan_yorke_dimension));
    for (const auto& list : {chaos.exponents, chaos.exponents_low, chaos.exponents_per_update, chaos.windows}) {
        ASSERT_FALSE(list.empty());
        for (const double value : list) EXPECT_TRUE(std::isnan(value));
    }
    EXPECT_TRUE(std::isnan(chaos.twin.mean));
    EXPECT_TRUE(std::isnan(chaos.zero_one));
    EXPECT_TRUE(std::isnan(chaos.peak.period));
    EXPECT_TRUE(std::isnan(chaos.loss.swing));
    EXPECT_TRUE(std::isnan(chaos.loss.crossings));
    EXPECT_TRUE(std::isnan(chaos.order_parameter));
}

TEST(ChaosMeasurements, OfOneUpdateTimesTheUpdatesAreThoseOfAnEpoch) {
    const ChaosResult chaos = measured({"training.batch=5"});  // of 12 samples: three updates

    ASSERT_EQ(chaos.exponents.size(), 2U);
    for (std::size_t k = 0; k < 2; ++k) {
        ASSERT_TRUE(std::isfinite(chaos.exponents[k]));
        EXPECT_DOUBLE_EQ(3.0 * chaos.exponents_per_update[k], chaos.exponents[k]);
    }
}

}  // namespace
}  // namespace curldescent
