#include <gtest/gtest.h>

#include <bit>
#include <type_traits>

#include "curldescent/experiment/simulate.hpp"
#include "curldescent/storage/schema.hpp"
#include "experiment/parsing.hpp"

namespace curldescent {
namespace {

/// Leaves a task at every n-th question, and keeps its state as a file would.
class Interruptions final : public TaskMonitor {
  public:
    explicit Interruptions(int questions) : questions_(questions) {}

    std::vector<std::byte> saved() override { return state_; }
    Wish ask() override { return ++asked_ % questions_ == 0 ? Wish::leave : Wish::go_on; }
    void save(std::vector<std::byte> state) override { state_ = std::move(state); }

  private:
    int questions_;
    int asked_ = 0;
    std::vector<std::byte> state_;
};

/// Every number of a run that a results file keeps, as bits, so that NaN equals NaN; rank and times apart.
std::vector<std::uint64_t> bits_of(const RunResult& result) {
    std::vector<std::uint64_t> bits{static_cast<std::uint64_t>(result.status)};
    for (const RunVariable& variable : all_run_variables()) {
        if (variable.group != Group::root) continue;
        std::visit(
            [&](auto read) {
                const auto& value = read(result);
                using Value = std::remove_cvref_t<decltype(value)>;
                if constexpr (std::is_same_v<Value, double>) {
                    bits.push_back(std::bit_cast<std::uint64_t>(value));
                } else if constexpr (std::is_integral_v<Value>) {
                    bits.push_back(static_cast<std::uint64_t>(value));
                } else if constexpr (std::is_same_v<Value, std::vector<double>>) {
                    for (const double entry : value) bits.push_back(std::bit_cast<std::uint64_t>(entry));
                }
            },
            variable.value);
    }
    return bits;
}

struct Setting {
    std::string name;
    std::vector<std::string> overrides;
};

void PrintTo(const Setting& setting, std::ostream* stream) {
    *stream << setting.name;
}

/// M = 4, N = 9, P = 12: everything is measured that can be.
Task everything_measured(const std::vector<std::string>& overrides) {
    std::vector<std::string> all{"experiment.replicates=1"};
    all.insert(all.end(), overrides.begin(), overrides.end());
    return make_task(parsed(R"([network]
inputs = 4
hidden = 9
[plasticity]
hidden_flips = 1
readout_flips = 2
[training]
samples = 12
test_samples = 6
epochs = 150
learning_rate = 0.2
records = 40
record_spacing = "linear"
[analysis]
stability = "final"
stability_spectrum = true
transverse_epochs = 10
lyapunov_exponents = 2
lyapunov_start = 5
lyapunov_transient = 10
lyapunov_epochs = 40
lyapunov_windows = 3
twin = true
order_parameter_epochs = 20
loss_epochs = 100
regime = true
loss_thresholds = [0.5, 0.1, 0.01]
ascent = true
alignment = true
plateau = true
plateau_loss = 0.001
plateau_gradient = 0.9
curl_strength = true
saddle_index = true)",
                            all),
                     0);
}

class Interruption : public testing::TestWithParam<Setting> {};

TEST_P(Interruption, LeavesEveryBitAsItWouldBe) {
    const Task task = everything_measured(GetParam().overrides);
    const std::vector<RunResult> undisturbed = simulate(task, SuppliedData{});

    for (const int questions : {1, 2}) {
        Interruptions monitor(questions);
        std::optional<std::vector<RunResult>> results;
        int sessions = 0;
        for (; !results; ++sessions) results = simulate(task, SuppliedData{}, monitor);

        EXPECT_GE(sessions, 2);
        ASSERT_EQ(results->size(), undisturbed.size());
        for (std::size_t k = 0; k < undisturbed.size(); ++k) {
            EXPECT_EQ(bits_of(results->at(k)), bits_of(undisturbed[k])) << "rule " << k;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(
    Settings, Interruption,
    testing::Values(Setting{"linear_batches", {"training.batch=5"}}, Setting{"linear_full_batch", {}},
                    Setting{"linear_at_full_width", {"training.batch=5", "training.width_reduction=false"}},
                    Setting{"linear_without_constraint", {"training.batch=5", "plasticity.norm_constraint=false"}},
                    Setting{"two_outputs", {"training.batch=5", "network.outputs=2"}},
                    Setting{"tanh_batches", {"training.batch=5", "network.activation=tanh"}},
                    Setting{"relu_full_batch", {"network.activation=relu"}},
                    Setting{"plain_core", {"training.batch=5", "training.core=plain"}},
                    Setting{"diverging", {"training.learning_rate=5", "plasticity.norm_constraint=false"}}),
    testing::PrintToStringParamName());

TEST(InterruptionState, OfAnotherTaskIsRefused) {
    Interruptions monitor(1);
    EXPECT_FALSE(simulate(everything_measured({}), SuppliedData{}, monitor));

    EXPECT_THROW(simulate(everything_measured({"network.inputs=5"}), SuppliedData{}, monitor), std::runtime_error);
}

}  // namespace
}  // namespace curldescent
