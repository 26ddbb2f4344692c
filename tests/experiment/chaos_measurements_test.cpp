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

}  // namespace
}  // namespace curldescent
