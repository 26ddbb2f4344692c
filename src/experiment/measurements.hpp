#pragma once

#include <vector>

#include "chaos_measurements.hpp"
#include "curldescent/experiment/task.hpp"

namespace curldescent {

/// Everything that is measured on one run: the one place where a measurement's observer is made and its result kept.
class Measurements {
  public:
    /// Keeps references to `problem` and the cores of `run`.
    Measurements(const RunSettings& settings, const Problem& problem, const MeasuredRun& run);

    /// What the trainer shows the run to. They live as long as this object stays where it is.
    std::vector<Observer*> observers();

    /// Fills in what was measured, once the training has ended in this way.
    void store(const TrainingOutcome& outcome, RunResult& result) const;

  private:
    LearningCurve curve_;
    ChaosMeasurements chaos_;
};

}  // namespace curldescent
