#include "measurements.hpp"

namespace curldescent {
namespace {

std::vector<std::int64_t> recorded_epochs(const RunSettings& settings) {
    return record_epochs(settings.training.epochs, settings.recording.records, settings.recording.spacing);
}

/// The student whose stability is measured: as it is trained, or with the teacher's weights.
Student stability_student(const MeasuredRun& run) {
    if (run.settings.analysis.stability.place == StabilityPlace::final) return run.trained;
    Student on_teacher = run.student;
    on_teacher.start = run.teacher;
    return on_teacher;
}

}  // namespace

Measurements::Measurements(const MeasuredRun& run)
    : curve_(run.settings.network, run.problem, recorded_epochs(run.settings)) {
    const Analysis& analysis = run.settings.analysis;
    if (analysis.stability.place != StabilityPlace::none) {
        stability_.emplace(analysis.stability, stability_student(run), run.problem, run.settings.training.shuffle,
                           run.key);
    }
}

std::vector<Observer*> Measurements::observers() {
    std::vector<Observer*> all{&curve_};
    if (stability_) all.push_back(&*stability_);
    return all;
}

void Measurements::store(RunResult& result) const {
    result.train_loss = curve_.train_loss();
    result.test_loss = curve_.test_loss();
    result.final_train_loss = result.train_loss.back();
    result.final_test_loss = result.test_loss.back();
    if (stability_) result.stability = stability_->result();
}

}  // namespace curldescent
