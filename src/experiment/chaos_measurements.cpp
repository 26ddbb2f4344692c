#include "chaos_measurements.hpp"

#include <limits>

#include "curldescent/analysis/zero_one_test.hpp"
#include "curldescent/dynamics/batches.hpp"

namespace curldescent {

ChaosMeasurements::ChaosMeasurements(const MeasuredRun& run)
    : regime_(run.settings.analysis.regime),
      deterministic_(run.settings.training.batch == run.settings.training.samples),
      updates_per_epoch_(
          static_cast<double>(updates_per_epoch(run.settings.training.samples, run.settings.training.batch))),
      zero_output_loss_(0.5 * run.problem.Y.squaredNorm() / static_cast<double>(run.problem.Y.size())) {
    const auto& [network, initialization, plasticity, training, recording, analysis] = run.settings;
    if (run.tangents != nullptr) {
        lyapunov_.emplace(*run.tangents, run.trained, analysis.lyapunov, training.epochs, run.key);
    }
    if (run.twin != nullptr) twin_.emplace(*run.twin, analysis.lyapunov, training.epochs);
    if (analysis.order_parameter_epochs > 0) {
        order_parameter_.emplace(run.student, recorded_epochs(run.settings), analysis.order_parameter_epochs);
    }
    if (analysis.loss_epochs > 0) losses_.emplace(analysis.loss_epochs, run.problem.Y.size());
}

void ChaosMeasurements::add_observers(std::vector<Observer*>& observers) {
    const auto add = [&](auto& observer) {
        if (observer) observers.push_back(&*observer);
    };
    add(lyapunov_);
    add(twin_);
    add(order_parameter_);
    add(losses_);
}

ChaosResult ChaosMeasurements::result(const TrainingOutcome& outcome) const {
    ChaosResult chaos;
    if (lyapunov_) store_exponents(chaos);
    if (twin_) chaos.twin = twin_->exponent();
    if (order_parameter_) chaos.order_parameter = order_parameter_->value();
    if (losses_ && outcome.diverged) chaos.loss.level = std::numeric_limits<double>::infinity();
    if (losses_ && !outcome.diverged) store_losses(chaos);
    if (!regime_.classify) return chaos;
    chaos.regime = regime_of({.diverged = outcome.diverged,
                              .came_to_rest = outcome.converged,
                              .deterministic = deterministic_,
                              .loss = chaos.loss,
                              .order_parameter = chaos.order_parameter,
                              .zero_one = chaos.zero_one,
                              .verdict = chaos.lyapunov.verdict},
                             regime_);
    return chaos;
}

void ChaosMeasurements::store_exponents(ChaosResult& chaos) const {
    chaos.lyapunov = lyapunov_->estimate();
    chaos.windows = lyapunov_->windows();
    for (const MeanEstimate& exponent : chaos.lyapunov.exponents) {
        chaos.exponents.push_back(exponent.mean);
        chaos.exponents_low.push_back(exponent.low());
        chaos.exponents_high.push_back(exponent.high());
        chaos.exponents_per_update.push_back(exponent.mean / updates_per_epoch_);
    }
}

void ChaosMeasurements::store_losses(ChaosResult& chaos) const {
    const std::vector<double>& losses = losses_->losses();
    chaos.loss = summarise_loss(losses, zero_output_loss_);
    if (!deterministic_) return;  // sampling noise looks like chaos to the 0-1 test
    if (!vary_by_themselves(chaos.loss, regime_)) return;
    chaos.zero_one = zero_one_test(losses);
    chaos.peak = spectrum_peak(losses);
}

}  // namespace curldescent
