#include "curldescent/dynamics/trainer.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

#include "curldescent/dynamics/batches.hpp"
#include "curldescent/dynamics/convergence.hpp"

namespace curldescent {
namespace {

/// A trainee that still learns.
struct Learner {
    Trainee* trainee;
    Convergence convergence;
    bool goes_on = true;
};

/// Closes an epoch of one trainee; whether it goes on.
bool end_epoch(Learner& learner, const Training& training, std::int64_t epoch) {
    auto& [core, observers, outcome] = *learner.trainee;
    outcome.updates += updates_per_epoch(training.samples, training.batch);
    outcome.diverged = outcome.diverged || !core.finite();
    if (outcome.diverged) return !training.stop_diverged;

    outcome.epochs_completed = epoch;
    const double squared_error = core.take_squared_error();
    for (Observer* observer : observers) observer->observe({epoch, core, squared_error});
    const bool converged = learner.convergence.reached(squared_error);
    outcome.converged = training.stop_converged && converged && epoch < training.epochs;
    return !outcome.converged;
}

}  // namespace

void train(std::span<Trainee> trainees, const Problem& problem, const Training& training, const StreamKey& key) {
    const bool shuffled = training.shuffle && training.batch < training.samples;
    std::vector<Index> order(static_cast<std::size_t>(training.samples));
    std::iota(order.begin(), order.end(), Index{0});
    Batches batches(problem, training.batch);

    std::vector<Learner> learners;
    for (Trainee& trainee : trainees) {
        for (Observer* observer : trainee.observers) observer->observe({0, trainee.core});
        learners.push_back({&trainee, Convergence(problem.Y)});
    }
    for (std::int64_t epoch = 1; epoch <= training.epochs && !learners.empty(); ++epoch) {
        if (shuffled) shuffle_samples(order, key, static_cast<std::uint64_t>(epoch));
        for (std::int64_t index = 0; index < batches.count(); ++index) {
            const Batch batch = batches.gather(order, index);
            for (const Learner& learner : learners) learner.trainee->core.update(batch);
        }
        for (Learner& learner : learners) learner.goes_on = end_epoch(learner, training, epoch);
        std::erase_if(learners, [](const Learner& learner) { return !learner.goes_on; });
    }
    for (Trainee& trainee : trainees) {
        for (Observer* observer : trainee.observers) observer->finish(trainee.core, trainee.outcome);
    }
}

}  // namespace curldescent
