#include "curldescent/dynamics/trainer.hpp"

#include <algorithm>
#include <numeric>

namespace curldescent {

TrainingSession::TrainingSession(std::span<Trainee> trainees, const Problem& problem, const Training& training,
                                 const StreamKey& key)
    : training_(training),
      key_(key),
      batches_(problem, training.batch),
      order_(static_cast<std::size_t>(training.samples)) {
    std::iota(order_.begin(), order_.end(), Index{0});
    for (Trainee& trainee : trainees) learners_.push_back({trainee, Convergence(problem.Y)});
}

bool TrainingSession::goes_on() const {
    return epoch_ < training_.epochs && std::ranges::any_of(learners_, &Learner::goes_on);
}

void TrainingSession::advance(std::int64_t epochs) {
    if (epoch_ == 0) {
        for (const Learner& learner : learners_) {
            for (Observer* observer : learner.trainee.observers) observer->observe({0, learner.trainee.core});
        }
    }
    for (std::int64_t k = 0; k < epochs && goes_on(); ++k) train_epoch();
}

void TrainingSession::train_epoch() {
    ++epoch_;
    const bool shuffled = training_.shuffle && training_.batch < training_.samples;
    if (shuffled) shuffle_samples(order_, key_, static_cast<std::uint64_t>(epoch_));
    for (std::int64_t index = 0; index < batches_.count(); ++index) {
        const Batch batch = batches_.gather(order_, index);
        for (const Learner& learner : learners_) {
            if (learner.goes_on) learner.trainee.core.update(batch);
        }
    }
    for (Learner& learner : learners_) {
        if (learner.goes_on) end_epoch(learner);
    }
}

/// Closes an epoch of one trainee.
void TrainingSession::end_epoch(Learner& learner) const {
    auto& [core, observers, outcome] = learner.trainee;
    outcome.updates += batches_.count();
    outcome.diverged = outcome.diverged || !core.finite();
    if (outcome.diverged) {
        learner.goes_on = !training_.stop_diverged;
        return;
    }
    outcome.epochs_completed = epoch_;
    const double squared_error = core.take_squared_error();
    for (Observer* observer : observers) observer->observe({epoch_, core, squared_error});
    const bool converged = learner.convergence.reached(squared_error);
    outcome.converged = training_.stop_converged && converged && epoch_ < training_.epochs;
    learner.goes_on = !outcome.converged;
}

void TrainingSession::finish() {
    for (const Learner& learner : learners_) {
        for (Observer* observer : learner.trainee.observers) {
            observer->finish(learner.trainee.core, learner.trainee.outcome);
        }
    }
}

void TrainingSession::exchange(StateArchive& archive) {
    archive(epoch_);
    for (Learner& learner : learners_) {
        archive(learner.convergence, learner.goes_on, learner.trainee.outcome, learner.trainee.core);
        for (Observer* observer : learner.trainee.observers) observer->exchange(archive);
    }
}

void train(std::span<Trainee> trainees, const Problem& problem, const Training& training, const StreamKey& key) {
    TrainingSession session(trainees, problem, training, key);
    session.advance(training.epochs);
    session.finish();
}

}  // namespace curldescent
