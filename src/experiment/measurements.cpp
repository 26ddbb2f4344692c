#include "measurements.hpp"

namespace curldescent {

Measurements::Measurements(const RunSettings& settings, const Problem& problem)
    : curve_(settings.network, problem,
             record_epochs(settings.training.epochs, settings.recording.records, settings.recording.spacing)) {}

std::vector<Observer*> Measurements::observers() {
    return {&curve_};
}

void Measurements::store(RunResult& result) const {
    result.train_loss = curve_.train_loss();
    result.test_loss = curve_.test_loss();
    result.final_train_loss = result.train_loss.back();
    result.final_test_loss = result.test_loss.back();
}

}  // namespace curldescent
