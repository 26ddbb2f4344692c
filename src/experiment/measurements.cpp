#include "measurements.hpp"

namespace curldescent {
namespace {

/// The student whose stability is measured, with its own start or with the teacher's weights.
Student stability_student(const MeasuredRun& run) {
    if (run.settings.analysis.stability.place == StabilityPlace::final) return run.student;
    Student on_teacher = run.student;
    on_teacher.start = run.teacher;
    return on_teacher;
}

}  // namespace

Measurements::Measurements(const MeasuredRun& run)
    : settings_(run.settings),
      problem_(run.problem),
      key_(run.key),
      curve_(settings_.network, problem_, recorded_epochs(settings_)),
      chaos_(run) {
    const Analysis& analysis = settings_.analysis;
    if (analysis.stability.place != StabilityPlace::none) {
        stability_.emplace(analysis.stability, stability_student(run), problem_, settings_.training.shuffle, key_);
    }
    if (analysis.sees_every_epoch()) {
        const TrainLossSource source = choose_train_loss_source(settings_.network, settings_.training);
        epoch_losses_.emplace(settings_.network, problem_, source, settings_.training.batch, analysis.loss_thresholds);
    }
    if (analysis.needs_gradient()) {
        gradient_.emplace(run.trained, problem_, recorded_epochs(settings_), analysis.plateau);
    }
    if (analysis.curl.measured) last_weights_.emplace();
    if (analysis.needs_jacobian()) {
        trained_ = run.trained;
        spare_ = spare_units(run.student, run.trained);
    }
}

std::vector<Observer*> Measurements::observers() {
    std::vector<Observer*> observers{&curve_};
    if (stability_) observers.push_back(&*stability_);
    chaos_.add_observers(observers);
    if (epoch_losses_) observers.push_back(&*epoch_losses_);
    if (gradient_) observers.push_back(&*gradient_);
    if (last_weights_) observers.push_back(&*last_weights_);
    return observers;
}

void Measurements::store(const TrainingOutcome& outcome, RunResult& result) const {
    result.train_loss = curve_.train_loss();
    result.test_loss = curve_.test_loss();
    result.final_train_loss = result.train_loss.back();
    result.final_test_loss = result.test_loss.back();
    result.chaos = chaos_.result(outcome);
    if (stability_) result.stability = stability_->result();
    if (epoch_losses_) store_speed(result.speed);
    if (gradient_) store_curl(result.curl);
    if (trained_) store_jacobians(result.curl);
}

void Measurements::store_speed(SpeedResult& result) const {
    result.epochs_to_train_loss = epoch_losses_->train().epochs();
    result.epochs_to_test_loss = epoch_losses_->test().epochs();
    result.best_train_loss = epoch_losses_->train().best();
    result.best_test_loss = epoch_losses_->test().best();
    result.ascent = epoch_losses_->ascent();
}

void Measurements::store_curl(CurlResult& result) const {
    result.gradient_norm = gradient_->gradient_norm();
    result.alignment = gradient_->alignment();
    result.plateau = gradient_->plateau();
}

void Measurements::store_jacobians(CurlResult& result) const {
    const Analysis& analysis = settings_.analysis;
    const std::optional<Weights> on_plateau = analysis.plateau.measured ? gradient_->on_plateau() : std::nullopt;
    if (analysis.curl.measured) {
        add_curl_strength(result, trained_->start);
        add_curl_strength(result, on_plateau);
        add_curl_strength(result, last_weights_->weights());
    }
    if (analysis.saddle_index && on_plateau) {
        result.saddle = saddle_index(*trained_, *on_plateau, problem_, count(spare_));
    }
}

void Measurements::add_curl_strength(CurlResult& result, const std::optional<Weights>& weights) const {
    CurlStrength strength;
    if (weights) {
        const FieldJacobian jacobian(*trained_, *weights, problem_);
        const JacobianSquares apart = spare_squares(*trained_, spare_, jacobian.error_inputs());
        strength = curl_strength(jacobian, settings_.analysis.curl.probes, key_, apart);
    }
    result.curl_strength.push_back(strength.value);
    result.curl_strength_error.push_back(strength.error);
}

}  // namespace curldescent
