#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iomanip>
#include <iostream>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include "curldescent/experiment/simulate.hpp"
#include "experiment/parsing.hpp"

namespace curldescent {
namespace {

using Overrides = std::vector<std::string>;

/// A kind of experiment whose runs stay bounded.
struct Setting {
    const char* name;
    Overrides overrides;
};

void PrintTo(const Setting& setting, std::ostream* stream) {
    *stream << setting.name;
}

/// M = 6, N = 30, 40 samples, all four rules under the norm constraint.
std::vector<RunResult> runs_of(const Overrides& overrides, const Overrides& more = {},
                               std::uint32_t rules = every_rule) {
    Overrides all = overrides;
    all.insert(all.end(), more.begin(), more.end());
    const Experiment experiment = parsed(R"([experiment]
replicates = 1
[network]
inputs = 6
hidden = 30
[initialization]
teacher_scale = 2.0
[plasticity]
hidden_flips = 1
readout_flips = 2
[training]
samples = 40
test_samples = 20
epochs = 300
learning_rate = 0.2
records = 30)",
                                         all);
    return simulate(make_task(experiment, 0, rules), SuppliedData{});
}

/// The largest relative difference of two curves over records above 1e-20, below which rounding is all there is.
double largest_difference(const std::vector<double>& actual, const std::vector<double>& expected) {
    EXPECT_EQ(actual.size(), expected.size());
    EXPECT_GE(expected.size(), 20U);
    double largest = 0.0;
    for (std::size_t k = 0; k < std::min(actual.size(), expected.size()); ++k) {
        if (expected[k] > 1e-20) largest = std::max(largest, std::abs(actual[k] - expected[k]) / expected[k]);
    }
    return largest;
}

class SimulateCores : public testing::TestWithParam<Setting> {
  protected:
    static void expect_same_losses(const Overrides& others) {
        const std::vector<RunResult> fast = runs_of(GetParam().overrides);
        const std::vector<RunResult> other = runs_of(GetParam().overrides, others);
        ASSERT_EQ(fast.size(), 4U);
        ASSERT_EQ(other.size(), 4U);
        double largest = 0.0;
        for (std::size_t k = 0; k < 4; ++k) {
            EXPECT_EQ(fast[k].status, RunStatus::done);
            EXPECT_EQ(fast[k].epochs_completed, other[k].epochs_completed);
            EXPECT_LT(fast[k].final_train_loss, 1e3);
            EXPECT_NE(fast[k].final_train_loss, fast[k].train_loss[0]);
            const double train = largest_difference(fast[k].train_loss, other[k].train_loss);
            const double test = largest_difference(fast[k].test_loss, other[k].test_loss);
            EXPECT_LT(train, tolerance) << to_string(static_cast<Rule>(k));
            EXPECT_LT(test, tolerance) << to_string(static_cast<Rule>(k));
            largest = std::max({largest, train, test});
        }
        std::ostringstream text;
        text << std::setprecision(2) << largest;
        RecordProperty("largest_relative_difference", text.str());
        std::cout << GetParam().name << ", " << others.at(0) << ": largest relative difference " << text.str() << '\n';
    }

    static constexpr double tolerance = 1e-10;  // rounding over up to 3000 updates
};

TEST_P(SimulateCores, FastAndPlainGiveTheSameLosses) {
    expect_same_losses({"training.core=plain"});
}

TEST_P(SimulateCores, FullAndReducedWidthsGiveTheSameLosses) {
    expect_same_losses({"training.width_reduction=false"});
}

TEST_P(SimulateCores, PlainAtFullWidthGivesTheSameLosses) {
    expect_same_losses({"training.core=plain", "training.width_reduction=false"});
}

TEST_P(SimulateCores, ARuleAloneGivesTheBitsItHasInCompany) {
    for (const std::string core : {"fast", "plain"}) {
        const Overrides kind{"training.core=" + core};
        const std::vector<RunResult> company = runs_of(GetParam().overrides, kind);
        ASSERT_EQ(company.size(), 4U);
        for (std::size_t k = 0; k < 4; ++k) {
            const std::vector<RunResult> alone = runs_of(GetParam().overrides, kind, std::uint32_t{1} << k);
            ASSERT_EQ(alone.size(), 1U);
            EXPECT_EQ(alone[0].train_loss, company[k].train_loss) << core;
            EXPECT_EQ(alone[0].test_loss, company[k].test_loss) << core;
            EXPECT_EQ(alone[0].epochs_completed, company[k].epochs_completed) << core;
            EXPECT_EQ(alone[0].updates, company[k].updates) << core;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(
    Settings, SimulateCores,
    testing::Values(Setting{"linear_full_batch", {"training.batch=40"}},
                    Setting{"linear_batches", {"training.batch=7"}},
                    Setting{"linear_two_outputs", {"training.batch=7", "network.outputs=2"}},
                    Setting{"linear_postsynaptic",
                            {"training.batch=7", "plasticity.side=postsynaptic", "plasticity.readout_flips=0"}},
                    Setting{"linear_with_tanh_output", {"training.batch=40", "network.output_activation=tanh"}},
                    Setting{"tanh", {"training.batch=7", "network.activation=tanh"}},
                    Setting{"relu", {"training.batch=40", "network.activation=relu"}},
                    Setting{"sigmoid", {"training.batch=7", "network.activation=sigmoid", "network.outputs=3"}}),
    testing::PrintToStringParamName());

/// A linear student that learns to rounding in a few hundred of its 100'000 epochs.
const Overrides converging{"plasticity.norm_constraint=false",
                           "plasticity.hidden_flips=0",
                           "plasticity.readout_flips=0",
                           "training.batch=40",
                           "training.epochs=100000",
                           "training.learning_rate=1",
                           "experiment.rules=[\"gradient-descent\"]"};

TEST(SimulateStops, FillTheCurveOfAConvergedRunWithItsLastLoss) {
    const RunResult run = runs_of(converging).at(0);

    EXPECT_EQ(run.status, RunStatus::done);
    EXPECT_LT(run.epochs_completed, 20'000.0);
    EXPECT_EQ(run.updates, run.epochs_completed);
    const std::vector<std::int64_t> epochs = record_epochs(100'000, 30, RecordSpacing::log);
    ASSERT_EQ(run.train_loss.size(), epochs.size());
    std::size_t filled = 0;
    for (std::size_t k = 0; k < epochs.size(); ++k) {
        if (static_cast<double>(epochs[k]) <= run.epochs_completed) continue;
        ++filled;
        EXPECT_EQ(run.train_loss[k], run.final_train_loss);
        EXPECT_EQ(run.test_loss[k], run.final_test_loss);
    }
    EXPECT_GE(filled, 3U);
    EXPECT_LT(run.final_train_loss, 1e-28);
}

TEST(SimulateStops, SwitchedOffMakeAllEpochsToTheSameRest) {
    const RunResult stopped = runs_of(converging).at(0);
    const RunResult whole = runs_of(converging, {"training.stop_converged=false"}).at(0);

    EXPECT_EQ(whole.epochs_completed, 100'000.0);
    EXPECT_EQ(whole.updates, 100'000.0);
    ASSERT_EQ(whole.train_loss.size(), stopped.train_loss.size());
    const std::vector<std::int64_t> epochs = record_epochs(100'000, 30, RecordSpacing::log);
    for (std::size_t k = 0; k < epochs.size(); ++k) {
        if (static_cast<double>(epochs[k]) <= stopped.epochs_completed) {
            EXPECT_EQ(whole.train_loss[k], stopped.train_loss[k]);
        } else {
            EXPECT_LT(whole.train_loss[k], 1e-28);
        }
    }
}

TEST(SimulateStops, SwitchedOffMakeAllUpdatesOfAnOverflownRun) {
    const Overrides overflowing{"plasticity.norm_constraint=false", "training.learning_rate=1e6", "training.batch=7",
                                "training.epochs=200"};
    const RunResult stopped = runs_of(overflowing).at(0);
    const RunResult whole = runs_of(overflowing, {"training.stop_diverged=false"}).at(0);

    EXPECT_EQ(stopped.status, RunStatus::diverged);
    EXPECT_EQ(whole.status, RunStatus::diverged);
    EXPECT_EQ(whole.epochs_completed, stopped.epochs_completed);
    EXPECT_EQ(whole.train_loss, stopped.train_loss);
    EXPECT_EQ(stopped.updates, 6.0 * (stopped.epochs_completed + 1.0));
    EXPECT_EQ(whole.updates, 6.0 * 200.0);
}

}  // namespace
}  // namespace curldescent
