#include "curldescent/dynamics/trainer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <utility>
#include <vector>

#include "curldescent/dynamics/batches.hpp"
#include "curldescent/model/initialization.hpp"
#include "support/matrices.hpp"

namespace curldescent {
namespace {

using testing::ElementsAre;

constexpr StreamKey key{.seed = 23, .point = 1, .replicate = 2};
constexpr StreamKey other_key{.seed = 23, .point = 1, .replicate = 3};

const Network network{.inputs = 3, .hidden = 4, .outputs = 2, .activation = Activation::tanh};
const Weights start = make_student(network, Initialization{}, Weights{}, key);

/// 17 samples in batches of 7, 7 and 3.
constexpr Training short_batches{.samples = 17, .test_samples = 0, .batch = 7, .epochs = 4, .learning_rate = 0.5};

Problem make_samples(Index samples) {
    const Weights teacher = make_teacher(network, {.teacher_hidden = 5}, key);
    return make_problem(network, teacher, samples, 0, SuppliedData{}, key);
}

/// Keeps all that an observer is told.
class Recorder : public Observer {
  public:
    void observe(const TrainingState& state) override {
        epochs.push_back(state.epoch);
        weights.push_back(state.core.weights());
        squared_errors.push_back(state.squared_error);
    }
    void finish(const Core& /*core*/, const TrainingOutcome& outcome) override { outcomes.push_back(outcome); }
    void exchange(StateArchive& /*archive*/) override {}

    std::vector<std::int64_t> epochs;
    std::vector<Weights> weights;
    std::vector<double> squared_errors;
    std::vector<TrainingOutcome> outcomes;
};

Student make_student_for(const Training& training, Rule rule = Rule::gradient_descent) {
    const Plasticity plasticity{.norm_constraint = false};
    return {network,
            plasticity,
            make_signs(network, plasticity, rule),
            Matrix(),
            {training.learning_rate, training.batch, training.samples},
            start};
}

struct Trained {
    Weights weights;
    TrainingOutcome outcome;
};

/// By the readable definition, whose numbers can be repeated by hand to the last bit.
Trained train_alone(const Training& training, const Student& student, const Problem& problem,
                    const StreamKey& order_key, std::vector<Observer*> observers = {}) {
    const std::unique_ptr<Core> core = make_core(CoreKind::plain, student, problem);
    std::array<Trainee, 1> trainees{{{.core = *core, .observers = std::move(observers)}}};
    train(trainees, problem, training, order_key);
    return {core->weights(), trainees[0].outcome};
}

Trained train_from_start(const Training& training, const Student& student, const StreamKey& order_key,
                         Observer* observer = nullptr) {
    const std::vector<Observer*> observers(observer == nullptr ? 0 : 1, observer);
    return train_alone(training, student, make_samples(training.samples), order_key, observers);
}

/// The weights after each epoch when the samples are visited in the orders given, batch after batch.
std::vector<Weights> train_by_hand(const Training& training, const std::vector<std::vector<Index>>& orders) {
    const Problem problem = make_samples(training.samples);
    const Student student = make_student_for(training);
    LearningMap map(student.network, student.plasticity, student.signs, student.feedback, student.step, student.start);
    std::vector<Weights> after_epochs{start};
    for (const std::vector<Index>& order : orders) {
        Weights weights = after_epochs.back();
        for (Index first = 0; first < training.samples; first += training.batch) {
            const auto batch = Eigen::seqN(first, std::min(training.batch, training.samples - first));
            const Matrix X_b = problem.X(Eigen::all, order)(Eigen::all, batch);
            const Matrix Y_b = problem.Y(Eigen::all, order)(Eigen::all, batch);
            map.update(weights, X_b, Y_b);
        }
        after_epochs.push_back(weights);
    }
    return after_epochs;
}

std::vector<Index> sample_order(Index samples) {
    std::vector<Index> order(static_cast<std::size_t>(samples));
    std::iota(order.begin(), order.end(), Index{0});
    return order;
}

TEST(Trainer, CountsTheUpdateOfAShortLastBatch) {
    const TrainingOutcome outcome = train_from_start(short_batches, make_student_for(short_batches), key).outcome;

    EXPECT_EQ(outcome.updates, 4 * 3);
    EXPECT_EQ(outcome.epochs_completed, 4);
    EXPECT_FALSE(outcome.diverged);
}

TEST(Trainer, MakesOneUpdateAnEpochOutOfTheFullBatch) {
    const Training training{.samples = 17, .batch = 17, .epochs = 6};

    EXPECT_EQ(train_from_start(training, make_student_for(training), key).outcome.updates, 6);
}

TEST(Trainer, ShowsObserversTheStartAndEveryEpoch) {
    Recorder recorder;

    const Trained trained = train_from_start(short_batches, make_student_for(short_batches), key, &recorder);

    ASSERT_THAT(recorder.epochs, ElementsAre(0, 1, 2, 3, 4));
    EXPECT_EQ(largest_difference(recorder.weights.front(), start), 0.0);
    EXPECT_EQ(largest_difference(recorder.weights.back(), trained.weights), 0.0);
}

TEST(Trainer, TellsObserversTheSquaredErrorOfBeforeTheUpdates) {
    const Training full_batch{.samples = 17, .test_samples = 0, .batch = 17, .epochs = 2};
    const Problem problem = make_samples(17);
    Recorder recorder;

    train_from_start(full_batch, make_student_for(full_batch), key, &recorder);

    ASSERT_EQ(recorder.squared_errors.size(), 3U);
    EXPECT_TRUE(std::isnan(recorder.squared_errors[0]));
    for (std::size_t epoch = 1; epoch < 3; ++epoch) {
        const Matrix E = forward(network, recorder.weights[epoch - 1], problem.X) - problem.Y;
        EXPECT_NEAR(recorder.squared_errors[epoch], E.squaredNorm(), 1e-13 * E.squaredNorm());
    }
}

TEST(Trainer, FinishesEveryObserverOnceWithTheOutcome) {
    const Problem problem = make_samples(17);
    Recorder first;
    Recorder second;

    const TrainingOutcome outcome =
        train_alone(short_batches, make_student_for(short_batches), problem, key, {&first, &second}).outcome;

    for (const Recorder* recorder : {&first, &second}) {
        ASSERT_EQ(recorder->outcomes.size(), 1U);
        EXPECT_EQ(recorder->outcomes[0].updates, outcome.updates);
        EXPECT_EQ(recorder->outcomes[0].epochs_completed, outcome.epochs_completed);
        EXPECT_EQ(recorder->epochs.size(), 5U);
    }
}

TEST(Trainer, VisitsTheSamplesInTheOrderOfTheEpoch) {
    std::vector<std::vector<Index>> orders(4, sample_order(17));
    for (std::size_t k = 0; k < orders.size(); ++k) shuffle_samples(orders[k], key, k + 1);
    const std::vector<Weights> expected = train_by_hand(short_batches, orders);
    Recorder recorder;

    train_from_start(short_batches, make_student_for(short_batches), key, &recorder);

    ASSERT_EQ(recorder.weights.size(), 5U);
    ASSERT_EQ(expected.size(), 5U);
    for (std::size_t epoch = 0; epoch < expected.size(); ++epoch) {
        EXPECT_EQ(largest_difference(recorder.weights[epoch], expected[epoch]), 0.0) << "in epoch " << epoch;
    }
}

TEST(Trainer, VisitsTheSamplesInTheirOwnOrderWithoutShuffle) {
    Training training = short_batches;
    training.shuffle = false;
    const std::vector<std::vector<Index>> orders(4, sample_order(17));

    const Weights weights = train_from_start(training, make_student_for(training), key).weights;

    EXPECT_EQ(largest_difference(weights, train_by_hand(training, orders).back()), 0.0);
    EXPECT_EQ(largest_difference(weights, train_from_start(training, make_student_for(training), other_key).weights),
              0.0);
}

TEST(Trainer, ShufflesAnotherReplicateInAnotherOrder) {
    const Weights weights = train_from_start(short_batches, make_student_for(short_batches), key).weights;
    const Weights others = train_from_start(short_batches, make_student_for(short_batches), other_key).weights;

    EXPECT_GT(largest_difference(weights, others), 0.0);
}

TEST(Trainer, PairsRulesUnderTheSameKey) {
    // Curl descent without flipped neurons is gradient descent: equal weights show equal orders.
    const Weights gradient = train_from_start(short_batches, make_student_for(short_batches), key).weights;
    const Weights curl =
        train_from_start(short_batches, make_student_for(short_batches, Rule::curl_descent), key).weights;

    EXPECT_EQ(largest_difference(gradient, curl), 0.0);
}

TEST(Trainer, NeedsNoOrderForTheFullBatch) {
    Training training{.samples = 17, .batch = 17, .epochs = 6, .learning_rate = 0.5, .shuffle = true};
    const Weights shuffled = train_from_start(training, make_student_for(training), key).weights;

    training.shuffle = false;
    const Weights unshuffled = train_from_start(training, make_student_for(training), other_key).weights;

    EXPECT_EQ(largest_difference(shuffled, unshuffled), 0.0);
    EXPECT_EQ(largest_difference(shuffled, train_by_hand(training, std::vector(6, sample_order(17))).back()), 0.0);
}

/// A linear student whose weights grow threefold in their exponent at each epoch, until they overflow.
TrainingOutcome train_to_overflow(double learning_rate, Recorder& recorder) {
    const Training training{.samples = 17, .batch = 17, .epochs = 1000, .learning_rate = learning_rate};
    Student student = make_student_for(training);
    student.network.activation = Activation::linear;
    return train_from_start(training, student, key, &recorder).outcome;
}

TEST(Trainer, StopsWhenTheWeightsOverflow) {
    Recorder recorder;

    const TrainingOutcome outcome = train_to_overflow(100.0, recorder);

    EXPECT_TRUE(outcome.diverged);
    EXPECT_GE(outcome.epochs_completed, 1);
    EXPECT_LT(outcome.epochs_completed, 20);
    EXPECT_EQ(outcome.updates, outcome.epochs_completed + 1);
}

TEST(Trainer, ShowsObserversFiniteWeightsOnly) {
    Recorder recorder;

    const TrainingOutcome outcome = train_to_overflow(100.0, recorder);

    ASSERT_EQ(static_cast<std::int64_t>(recorder.weights.size()), outcome.epochs_completed + 1);
    EXPECT_EQ(recorder.epochs.back(), outcome.epochs_completed);
    EXPECT_TRUE(std::all_of(recorder.weights.begin(), recorder.weights.end(),
                            [](const Weights& w) { return w.W1.allFinite() && w.W2.allFinite(); }));
}

TEST(Trainer, FinishesObserversOnceAfterAnOverflow) {
    Recorder recorder;

    train_to_overflow(100.0, recorder);

    ASSERT_EQ(recorder.outcomes.size(), 1U);
    EXPECT_TRUE(recorder.outcomes[0].diverged);
}

TEST(Trainer, StopsWhenEitherLayerAloneOverflows) {
    const Network single{.inputs = 1, .hidden = 1, .outputs = 1};
    const Problem problem{.X = Matrix{{1.0}}, .Y = Matrix{{1e150}}, .X_test = Matrix(1, 0), .Y_test = Matrix(1, 0)};
    const Training training{.samples = 1, .test_samples = 0, .batch = 1, .epochs = 1, .learning_rate = 1.0};
    const Plasticity plasticity{.norm_constraint = false};
    const Weights hidden_overflows{.W1 = Matrix{{0.0}}, .W2 = Matrix{{1e200}}};   // dW1 = 1e350, dW2 = 0
    const Weights readout_overflows{.W1 = Matrix{{1e200}}, .W2 = Matrix{{0.0}}};  // the other way round

    for (const Weights& weights : {hidden_overflows, readout_overflows}) {
        const Student student{single,
                              plasticity,
                              make_signs(single, plasticity, Rule::gradient_descent),
                              Matrix(),
                              {training.learning_rate, training.batch, training.samples},
                              weights};

        const Trained trained = train_alone(training, student, problem, key);

        EXPECT_TRUE(trained.outcome.diverged);
        EXPECT_NE(trained.weights.W1.allFinite(), trained.weights.W2.allFinite());
    }
}

TEST(Trainer, CompletesNoEpochWhenTheFirstOneOverflows) {
    Recorder recorder;

    const TrainingOutcome outcome = train_to_overflow(1e308, recorder);

    EXPECT_TRUE(outcome.diverged);
    EXPECT_EQ(outcome.epochs_completed, 0);
    EXPECT_THAT(recorder.epochs, ElementsAre(0));
}

}  // namespace
}  // namespace curldescent
