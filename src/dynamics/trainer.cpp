#include "curldescent/dynamics/trainer.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

#include "curldescent/dynamics/batches.hpp"

namespace curldescent {
namespace {

/// The batches of one epoch: the whole data set at once, or its samples gathered in the order given.
class Batches {
  public:
    Batches(const Problem& problem, Index batch) : problem_(problem), batch_(batch) {}

    /// Calls visit(X_b, Y_b) for every batch.
    template <class Visit>
    void for_each(const std::vector<Index>& order, Visit visit) {
        const Index samples = problem_.X.cols();
        if (batch_ == samples) {
            visit(problem_.X, problem_.Y);
            return;
        }
        for (Index first = 0; first < samples; first += batch_) {
            const Index count = std::min(batch_, samples - first);
            X_b_.resize(problem_.X.rows(), count);
            Y_b_.resize(problem_.Y.rows(), count);
            for (Index k = 0; k < count; ++k) {
                const Index sample = order[static_cast<std::size_t>(first + k)];
                X_b_.col(k) = problem_.X.col(sample);
                Y_b_.col(k) = problem_.Y.col(sample);
            }
            visit(X_b_, Y_b_);
        }
    }

  private:
    const Problem& problem_;
    Index batch_;
    Matrix X_b_;  // [M x |b|]
    Matrix Y_b_;  // [O x |b|]
};

bool all_finite(const Weights& weights) {
    return weights.W1.allFinite() && weights.W2.allFinite();
}

}  // namespace

TrainingOutcome train(LearningMap& map, Weights& weights, const Problem& problem, const Training& training,
                      const StreamKey& key, std::span<Observer* const> observers) {
    const bool shuffled = training.shuffle && training.batch < training.samples;
    std::vector<Index> order(static_cast<std::size_t>(training.samples));
    std::iota(order.begin(), order.end(), Index{0});
    Batches batches(problem, training.batch);

    TrainingOutcome outcome;
    for (Observer* observer : observers) observer->observe({0, weights});
    for (std::int64_t epoch = 1; epoch <= training.epochs; ++epoch) {
        if (shuffled) shuffle_samples(order, key, static_cast<std::uint64_t>(epoch));
        batches.for_each(order, [&](const Matrix& X_b, const Matrix& Y_b) { map.update(weights, X_b, Y_b); });
        outcome.updates += updates_per_epoch(training.samples, training.batch);
        outcome.diverged = !all_finite(weights);
        if (outcome.diverged) break;
        outcome.epochs_completed = epoch;
        for (Observer* observer : observers) observer->observe({epoch, weights});
    }
    for (Observer* observer : observers) observer->finish(outcome);
    return outcome;
}

}  // namespace curldescent
