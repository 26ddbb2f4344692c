#pragma once

#include <cstdint>
#include <span>

#include "curldescent/dynamics/learning_map.hpp"
#include "curldescent/model/problem.hpp"

namespace curldescent {

/// How long a student is trained, and on what.
struct Training {
    Index samples = 250;         ///< P, at least 1
    Index test_samples = 100;    ///< P_test, at least 0 (then there is no test loss)
    Index batch = 10;            ///< B, 1 to P
    std::int64_t epochs = 1000;  ///< at least 1
    double learning_rate = 0.1;  ///< eta, per epoch, above 0
    bool shuffle = true;         ///< a new order of the samples at each epoch, where B < P
};

/// What an observer sees after an epoch.
struct TrainingState {
    std::int64_t epoch;      ///< completed epochs; 0 is the start
    const Weights& weights;  ///< finite
};

/// How a training ended.
struct TrainingOutcome {
    std::int64_t epochs_completed = 0;  ///< the last epoch with finite weights
    std::int64_t updates = 0;           ///< of the weights
    bool diverged = false;              ///< whether the weights overflowed
};

/// A measurement along a training.
class Observer {
  public:
    Observer() = default;
    Observer(const Observer&) = delete;
    Observer& operator=(const Observer&) = delete;
    virtual ~Observer() = default;

    /// Called at the start (epoch 0) and after each epoch, as long as the weights are finite.
    virtual void observe(const TrainingState& state) = 0;

    /// Called once, at the end.
    virtual void finish(const TrainingOutcome& outcome) = 0;
};

/// Trains `weights` in place for `training.epochs` epochs, or until they overflow. The order of the samples is that of
/// `key`: rules with the same key are paired.
TrainingOutcome train(LearningMap& map, Weights& weights, const Problem& problem, const Training& training,
                      const StreamKey& key, std::span<Observer* const> observers);

}  // namespace curldescent
