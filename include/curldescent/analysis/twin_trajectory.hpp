#pragma once

#include <cstdint>

#include "curldescent/analysis/growth_series.hpp"
#include "curldescent/analysis/lyapunov_measurement.hpp"
#include "curldescent/dynamics/trainer.hpp"
#include "curldescent/model/random.hpp"

namespace curldescent {

/// How far a twin starts from its run, as a share of the norm of all weights.
inline constexpr double twin_distance = 1e-8;

/// The student with its start moved by `twin_distance` in a random direction; with the norm constraint each layer keeps
/// its norm. To be trained beside the student, from the same batches.
Student make_twin(const Student& student, const StreamKey& key);

/// The leading exponent from two trajectories, as an observer of the first: an independent check of the tangents, less
/// exact (a second trainee follows `twin`). After every epoch their distance d, over both layers, is brought back to
/// the one they started with, whether it grew or shrank, by moving the twin along the line between them; ln(d / d_0) is
/// the growth of the epoch. Times are those of `LyapunovOptions`; before its measurement the twin aligns.
class TwinTrajectory : public Observer {
  public:
    /// Keeps a reference to `twin`, whose epochs end before this observer is shown the same epoch of its own run.
    TwinTrajectory(Core& twin, const LyapunovOptions& options, std::int64_t epochs);

    void observe(const TrainingState& state) override;
    void finish(const Core& core, const TrainingOutcome& outcome) override;
    void exchange(StateArchive& archive) override { archive(distance_, growth_); }

    /// The leading exponent, per epoch, with its interval. NaN where nothing was measured, and for a run that diverged.
    [[nodiscard]] MeanEstimate exponent() const { return growth_.rate(0); }

  private:
    Core& twin_;
    std::int64_t first_;  // epoch whose growth is measured
    std::int64_t last_;
    double distance_ = 0.0;  // d_0
    GrowthSeries growth_{1, 1};
};

}  // namespace curldescent
