#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "curldescent/dynamics/core.hpp"
#include "curldescent/model/problem.hpp"

namespace curldescent {

/// How long a student is trained, on what, and by which code.
struct Training {
    Index samples = 250;         ///< P, at least 1
    Index test_samples = 100;    ///< P_test, at least 0 (then there is no test loss)
    Index batch = 10;            ///< B, 1 to P
    std::int64_t epochs = 1000;  ///< at least 1
    double learning_rate = 0.1;  ///< eta, per epoch, above 0
    bool shuffle = true;         ///< a new order of the samples at each epoch, where B < P
    bool stop_converged = true;  ///< end a run whose loss has come to rest at rounding level (see `Convergence`)
    bool stop_diverged = true;   ///< end a run whose weights have overflowed
    CoreKind core = CoreKind::fast;
    bool width_reduction = true;  ///< train linear networks at the smallest equivalent width (see `reduce_width`)
};

/// What an observer sees after an epoch.
struct TrainingState {
    std::int64_t epoch = 0;  ///< completed epochs; 0 is the start
    const Core& core;        ///< its weights are finite, and of reduced width where the student was reduced

    /// The sum of (y_hat - y)^2 over the samples and outputs of this epoch, each before its update. NaN at the start.
    double squared_error = std::numeric_limits<double>::quiet_NaN();
};

/// How a training ended.
struct TrainingOutcome {
    std::int64_t epochs_completed = 0;  ///< the last epoch with finite weights
    std::int64_t updates = 0;           ///< of the weights
    bool diverged = false;              ///< whether the weights overflowed
    bool converged = false;             ///< whether it was ended before its time because it had converged
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

    /// Called once, at the end. `core` is at its last epoch, its weights not finite if the run diverged.
    virtual void finish(const Core& core, const TrainingOutcome& outcome) = 0;
};

/// One of the students that are trained together.
struct Trainee {
    Core& core;
    std::vector<Observer*> observers;
    TrainingOutcome outcome = {};
};

/// Trains students of one problem side by side, batch by batch, each for `training.epochs` epochs or until it converges
/// or overflows. The order of the samples is that of `key`, so they are paired; what happens to one has no effect on
/// the numbers of another.
void train(std::span<Trainee> trainees, const Problem& problem, const Training& training, const StreamKey& key);

}  // namespace curldescent
