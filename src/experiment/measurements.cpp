#include "measurements.hpp"

namespace curldescent {

Measurements::Measurements(const RunSettings& settings, const Problem& problem, const MeasuredRun& run)
    : curve_(settings.network, problem,
             record_epochs(settings.training.epochs, settings.recording.records, settings.recording.spacing)),
      chaos_(settings, problem, run) {}

std::vector<Observer*> Measurements::observers() {
    std::vector<Observer*> all{&curve_};
    chaos_.add_observers(all);
    return all;
}

void Measurements::store(const TrainingOutcome& outcome, RunResult& result) const {
    result.train_loss = curve_.train_loss();
    result.test_loss = curve_.test_loss();
    result.final_train_loss = result.train_loss.back();
    result.final_test_loss = result.test_loss.back();
    result.chaos = chaos_.result(outcome);
}

}  // namespace curldescent
