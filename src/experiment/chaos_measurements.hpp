#pragma once

#include <optional>
#include <vector>

#include "curldescent/analysis/loss_series.hpp"
#include "curldescent/analysis/lyapunov_measurement.hpp"
#include "curldescent/analysis/order_parameter.hpp"
#include "curldescent/analysis/twin_trajectory.hpp"
#include "curldescent/experiment/task.hpp"
#include "measured_run.hpp"

namespace curldescent {

/// The chaos indicators of one run: those that are asked for.
class ChaosMeasurements {
  public:
    explicit ChaosMeasurements(const MeasuredRun& run);

    /// Adds what the trainer shows the run to.
    void add_observers(std::vector<Observer*>& observers);

    /// What was measured, once the training has ended in this way.
    [[nodiscard]] ChaosResult result(const TrainingOutcome& outcome) const;

  private:
    void store_exponents(ChaosResult& chaos) const;
    void store_losses(ChaosResult& chaos) const;

    RegimeOptions regime_;
    bool deterministic_;  // full batch
    double updates_per_epoch_;
    double zero_output_loss_;  // 1/2 mean of y^2
    std::optional<LyapunovMeasurement> lyapunov_;
    std::optional<TwinTrajectory> twin_;
    std::optional<OrderParameter> order_parameter_;
    std::optional<LossSeries> losses_;
};

}  // namespace curldescent
