#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "curldescent/dynamics/batches.hpp"
#include "curldescent/dynamics/convergence.hpp"
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

    /// Saves or restores, between two epochs, all that it has gathered so far; with an observer that was made alike.
    virtual void exchange(StateArchive& archive) = 0;
};

/// One of the students that are trained together.
struct Trainee {
    Core& core;
    std::vector<Observer*> observers;
    TrainingOutcome outcome = {};
};

/// Students of one problem that are trained side by side, batch by batch, each for `training.epochs` epochs or until it
/// converges or overflows. The order of the samples is that of `key`, so they are paired; what happens to one has no
/// effect on the numbers of another. It may be interrupted between any two epochs without a change of a bit.
class TrainingSession {
  public:
    /// Keeps references to trainees, problem and training.
    TrainingSession(std::span<Trainee> trainees, const Problem& problem, const Training& training,
                    const StreamKey& key);

    /// Completed epochs.
    [[nodiscard]] std::int64_t epoch() const { return epoch_; }

    /// Whether a trainee has epochs before it.
    [[nodiscard]] bool goes_on() const;

    /// Trains for so many epochs (at least 1), or to the end if that is nearer. The first call shows the start to the
    /// observers.
    void advance(std::int64_t epochs);

    /// Ends the training: shows it to the observers.
    void finish();

    /// Saves or restores all that goes on: with a session of the same students and observers, as they were at the
    /// start.
    void exchange(StateArchive& archive);

  private:
    /// A trainee, and whether it still learns.
    struct Learner {
        Trainee& trainee;
        Convergence convergence;
        bool goes_on = true;
    };

    void train_epoch();
    void end_epoch(Learner& learner) const;

    const Training& training_;
    StreamKey key_;
    Batches batches_;
    std::vector<Index> order_;  // of the samples
    std::vector<Learner> learners_;
    std::int64_t epoch_ = 0;
};

/// A whole training session.
void train(std::span<Trainee> trainees, const Problem& problem, const Training& training, const StreamKey& key);

}  // namespace curldescent
