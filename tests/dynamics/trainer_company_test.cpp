#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <ostream>
#include <utility>
#include <vector>

#include "curldescent/dynamics/trainer.hpp"
#include "support/core_comparison.hpp"
#include "support/matrices.hpp"

namespace curldescent {
namespace {

constexpr StreamKey key{.seed = 5};

/// What an observer saw.
struct Record {
    std::vector<Weights> weights;  // after each epoch
    Weights final;
    TrainingOutcome outcome;
    int finishes = 0;
};

class Recorder : public Observer {
  public:
    explicit Recorder(Record& record) : record_(record) {}

    void observe(const TrainingState& state) override { record_.weights.push_back(state.core.weights()); }
    void finish(const Core& core, const TrainingOutcome& outcome) override {
        record_.final = core.weights();
        record_.outcome = outcome;
        ++record_.finishes;
    }
    void exchange(StateArchive& /*archive*/) override {}

  private:
    Record& record_;
};

/// Trains these side by side on the order of `key`.
std::vector<Record> train_cores(const std::vector<Core*>& cores, const Problem& problem, const Training& training) {
    std::vector<Record> records(cores.size());
    std::deque<Recorder> recorders;
    std::vector<Trainee> trainees;
    for (std::size_t k = 0; k < cores.size(); ++k) {
        recorders.emplace_back(records[k]);
        trainees.push_back({.core = *cores[k], .observers = {&recorders.back()}});
    }
    train(trainees, problem, training, key);
    for (std::size_t k = 0; k < cores.size(); ++k) {
        EXPECT_EQ(records[k].outcome.updates, trainees[k].outcome.updates);
    }
    return records;
}

bool same_bits(const Record& a, const Record& b) {
    if (a.weights.size() != b.weights.size() || a.finishes != 1 || b.finishes != 1) return false;
    for (std::size_t epoch = 0; epoch < a.weights.size(); ++epoch) {
        if (largest_difference(a.weights[epoch], b.weights[epoch]) != 0.0) return false;
    }
    return a.outcome.epochs_completed == b.outcome.epochs_completed && a.outcome.updates == b.outcome.updates &&
           a.outcome.diverged == b.outcome.diverged && a.outcome.converged == b.outcome.converged;
}

/// How students are trained.
struct Setup {
    const char* name;
    CoreKind kind;
    Network network;
};

void PrintTo(const Setup& setup, std::ostream* stream) {
    *stream << setup.name;
}

class Company : public testing::TestWithParam<Setup> {
  protected:
    /// 23 samples in batches of 7, 7, 7 and 2.
    static CoreSetting setting(Rule rule) {
        return {.network = GetParam().network,
                .plasticity = {.hidden_flips = 2, .readout_flips = 1, .norm_constraint = false},
                .rule = rule,
                .samples = 23,
                .batch = 7,
                .learning_rate = 0.3};
    }

    /// Trains these students side by side for 60 epochs.
    static std::vector<Record> train_together(const std::vector<CoreSetting>& settings) {
        const Problem problem = problem_of(settings.at(0));
        std::vector<std::unique_ptr<Core>> owned;
        std::vector<Core*> cores;
        for (const CoreSetting& each : settings) {
            owned.push_back(make_core(GetParam().kind, student_of(each), problem));
            cores.push_back(owned.back().get());
        }
        return train_cores(cores, problem, {.samples = 23, .test_samples = 0, .batch = 7, .epochs = 60});
    }

    static Record train_alone(const CoreSetting& only) { return train_together({only}).at(0); }
};

TEST_P(Company, LeavesEachTraineesBitsAlone) {
    const std::vector<CoreSetting> settings{setting(Rule::gradient_descent), setting(Rule::curl_descent),
                                            setting(Rule::feedback_alignment), setting(Rule::curl_feedback_alignment)};

    const std::vector<Record> together = train_together(settings);

    for (std::size_t k = 0; k < settings.size(); ++k) {
        ASSERT_EQ(together[k].weights.size(), 61U);
        EXPECT_TRUE(same_bits(together[k], train_alone(settings[k]))) << description(settings[k]);
    }
    EXPECT_FALSE(same_bits(together[0], together[1]));
}

TEST_P(Company, OfOneThatOverflowsLeavesTheOthersBitsAlone) {
    const CoreSetting stable = setting(Rule::gradient_descent);
    CoreSetting unstable = setting(Rule::curl_descent);
    unstable.learning_rate = 1e308;

    const std::vector<Record> together = train_together({stable, unstable, stable});

    EXPECT_TRUE(together[1].outcome.diverged);
    EXPECT_LT(together[1].outcome.epochs_completed, 60);
    const Record alone = train_alone(stable);
    EXPECT_FALSE(alone.outcome.diverged);
    EXPECT_EQ(alone.weights.size(), 61U);
    EXPECT_TRUE(same_bits(together[0], alone));
    EXPECT_TRUE(same_bits(together[2], alone));
    EXPECT_TRUE(same_bits(together[1], train_alone(unstable)));
}

INSTANTIATE_TEST_SUITE_P(
    Cores, Company,
    testing::Values(Setup{"plain", CoreKind::plain, {5, 9, 2, Activation::tanh, Activation::linear}},
                    Setup{"fused", CoreKind::fast, {5, 9, 2, Activation::tanh, Activation::linear}},
                    Setup{"rank_one", CoreKind::fast, {5, 9, 1, Activation::linear, Activation::linear}}),
    testing::PrintToStringParamName());

/// A core whose squared error an update is 1, and 0 from some update on; one that overflows at some update.
class ScriptedCore final : public Core {
  public:
    static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

    explicit ScriptedCore(std::int64_t rests_after, std::int64_t overflows_at = never)
        : rests_after_(rests_after), overflows_at_(overflows_at) {}

    void update(const Batch& /*batch*/) override {
        ++updates_;
        add_squared_error(updates_ > rests_after_ ? 0.0 : 1.0);
    }
    [[nodiscard]] Weights weights() const override { return {Matrix{{static_cast<double>(updates_)}}, Matrix{{1.0}}}; }
    void set_weights(const Weights& /*weights*/) override {}
    [[nodiscard]] bool finite() const override { return updates_ < overflows_at_; }

  protected:
    void exchange_weights(StateArchive& archive) override { archive(updates_); }

  private:
    std::int64_t rests_after_;
    std::int64_t overflows_at_;
    std::int64_t updates_ = 0;
};

/// Three samples in batches of one.
constexpr Training scripted{.samples = 3, .test_samples = 0, .batch = 1, .epochs = 500};

Problem three_samples() {
    return {.X = Matrix::Ones(1, 3), .Y = Matrix::Ones(1, 3), .X_test = Matrix(1, 0), .Y_test = Matrix(1, 0)};
}

std::vector<Record> train_scripts(const std::vector<Core*>& cores, const Training& training) {
    return train_cores(cores, three_samples(), training);
}

TEST(Stops, EndARunThatHasConverged) {
    ScriptedCore core(3 * 10);  // at rest from epoch 11 on, converged two windows of 50 later

    const Record record = train_scripts({&core}, scripted).at(0);

    EXPECT_TRUE(record.outcome.converged);
    EXPECT_FALSE(record.outcome.diverged);
    EXPECT_EQ(record.outcome.epochs_completed, 110);
    EXPECT_EQ(record.outcome.updates, 3 * 110);
    EXPECT_EQ(record.weights.size(), 111U);
    EXPECT_EQ(record.final.W1(0, 0), 330.0);
}

TEST(Stops, AddTheErrorsOfAllBatchesOfAnEpoch) {
    ScriptedCore core(3 * 10 + 1);  // the first batch of epoch 11 still has an error

    EXPECT_EQ(train_scripts({&core}, scripted).at(0).outcome.epochs_completed, 111);
}

TEST(Stops, EndARunThatHasOverflown) {
    ScriptedCore core(ScriptedCore::never, 3 * 10 + 2);  // in epoch 11

    const Record record = train_scripts({&core}, scripted).at(0);

    EXPECT_TRUE(record.outcome.diverged);
    EXPECT_FALSE(record.outcome.converged);
    EXPECT_EQ(record.outcome.epochs_completed, 10);
    EXPECT_EQ(record.outcome.updates, 3 * 11);
    EXPECT_EQ(record.weights.size(), 11U);
}

TEST(Stops, SwitchedOffLetAConvergedRunMakeAllEpochs) {
    Training training = scripted;
    training.stop_converged = false;
    ScriptedCore core(3 * 10);

    const Record record = train_scripts({&core}, training).at(0);

    EXPECT_FALSE(record.outcome.converged);
    EXPECT_EQ(record.outcome.epochs_completed, 500);
    EXPECT_EQ(record.outcome.updates, 3 * 500);
    EXPECT_EQ(record.weights.size(), 501U);
}

TEST(Stops, SwitchedOffLetAnOverflownRunMakeAllUpdates) {
    Training training = scripted;
    training.stop_diverged = false;
    ScriptedCore core(ScriptedCore::never, 3 * 10 + 2);

    const Record record = train_scripts({&core}, training).at(0);

    EXPECT_TRUE(record.outcome.diverged);
    EXPECT_EQ(record.outcome.epochs_completed, 10);
    EXPECT_EQ(record.outcome.updates, 3 * 500);
    EXPECT_EQ(record.weights.size(), 11U);
}

TEST(Stops, DoNotCallARunConvergedThatHasMadeAllEpochs) {
    Training training = scripted;
    training.epochs = 110;
    ScriptedCore core(3 * 10);

    const Record record = train_scripts({&core}, training).at(0);

    EXPECT_FALSE(record.outcome.converged);
    EXPECT_EQ(record.outcome.epochs_completed, 110);
}

TEST(Stops, OfOneLetTheOthersGoOn) {
    ScriptedCore converging(3 * 10);
    ScriptedCore overflowing(ScriptedCore::never, 3 * 20);
    ScriptedCore learning(ScriptedCore::never);

    const std::vector<Record> records = train_scripts({&converging, &learning, &overflowing}, scripted);

    EXPECT_EQ(records[0].outcome.epochs_completed, 110);
    EXPECT_EQ(records[1].outcome.epochs_completed, 500);
    EXPECT_EQ(records[1].outcome.updates, 3 * 500);
    EXPECT_EQ(records[2].outcome.epochs_completed, 19);
    for (const Record& record : records) EXPECT_EQ(record.finishes, 1);
}

TEST(Stops, OfAllEndTheTraining) {
    Training endless = scripted;
    endless.epochs = std::numeric_limits<std::int64_t>::max() / 2;
    ScriptedCore converging(3 * 10);
    ScriptedCore overflowing(ScriptedCore::never, 3 * 20);

    const std::vector<Record> records = train_scripts({&converging, &overflowing}, endless);

    EXPECT_EQ(records[0].outcome.epochs_completed, 110);
    EXPECT_EQ(records[1].outcome.epochs_completed, 19);
}

/// A linear student that learns a linear teacher to rounding.
TEST(Stops, EndARealRunAtRoundingLevel) {
    const CoreSetting setting{.network = {.inputs = 3, .hidden = 5, .outputs = 1},
                              .plasticity = {.norm_constraint = false},
                              .rule = Rule::gradient_descent,
                              .samples = 20,
                              .batch = 5,
                              .learning_rate = 1.0};
    const Problem problem = problem_of(setting);
    const Training training{.samples = 20, .test_samples = 0, .batch = 5, .epochs = 100'000};
    for (const CoreKind kind : {CoreKind::plain, CoreKind::fast}) {
        const std::unique_ptr<Core> core = make_core(kind, student_of(setting), problem);
        std::array<Trainee, 1> trainees{{{.core = *core, .observers = {}}}};

        train(trainees, problem, training, key);

        EXPECT_TRUE(trainees[0].outcome.converged) << to_string(kind);
        EXPECT_LT(trainees[0].outcome.epochs_completed, 20'000);
        const double loss = mean_squared_loss(forward(setting.network, core->weights(), problem.X), problem.Y);
        EXPECT_LT(loss, 1e-28);
    }
}

}  // namespace
}  // namespace curldescent
