#pragma once

#include <optional>
#include <vector>

#include "chaos_measurements.hpp"
#include "curldescent/analysis/gradient_record.hpp"
#include "curldescent/analysis/last_weights.hpp"
#include "curldescent/analysis/spare_units.hpp"
#include "curldescent/experiment/task.hpp"

namespace curldescent {

/// Everything that is measured on one run: the one place where a measurement's observer is made and its result kept.
class Measurements {
  public:
    /// Keeps references to the settings, the problem and the cores of the run.
    explicit Measurements(const MeasuredRun& run);

    /// What the trainer shows the run to. They live as long as this object stays where it is.
    std::vector<Observer*> observers();

    /// Fills in what was measured, once the training has ended in this way.
    void store(const TrainingOutcome& outcome, RunResult& result) const;

  private:
    void store_speed(SpeedResult& result) const;
    void store_curl(CurlResult& result) const;
    void store_jacobians(CurlResult& result) const;
    void add_curl_strength(CurlResult& result, const std::optional<Weights>& weights) const;

    const RunSettings& settings_;
    const Problem& problem_;
    StreamKey key_;
    LearningCurve curve_;
    ChaosMeasurements chaos_;
    std::optional<StabilityMeasurement> stability_;
    std::optional<EpochLosses> epoch_losses_;
    std::optional<GradientRecord> gradient_;
    std::optional<LastWeights> last_weights_;
    std::optional<Student> trained_;  // where Jacobians are looked at, and what its width leaves out
    SpareUnits spare_;
};

}  // namespace curldescent
