#pragma once

#include <optional>
#include <vector>

#include "curldescent/experiment/task.hpp"

namespace curldescent {

/// A run that is about to be measured.
struct MeasuredRun {
    const RunSettings& settings;
    const Student& student;  ///< as the experiment describes it
    const Student& trained;  ///< as it is trained: of reduced width where it can be
    const Weights& teacher;  ///< [N_T x M], [O x N_T]
    const Problem& problem;
    StreamKey key;
};

/// Everything that is measured on one run: the one place where a measurement's observer is made and its result kept.
class Measurements {
  public:
    /// Keeps a reference to the problem.
    explicit Measurements(const MeasuredRun& run);

    /// What the trainer shows the run to. They live as long as this object stays where it is.
    std::vector<Observer*> observers();

    /// Fills in what was measured, once the training is finished.
    void store(RunResult& result) const;

  private:
    LearningCurve curve_;
    std::optional<StabilityMeasurement> stability_;
};

}  // namespace curldescent
