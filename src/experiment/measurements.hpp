#pragma once

#include <vector>

#include "curldescent/experiment/task.hpp"

namespace curldescent {

/// Everything that is measured on one run: the one place where a measurement's observer is made and its result kept.
class Measurements {
  public:
    /// Keeps a reference to `problem`.
    Measurements(const RunSettings& settings, const Problem& problem);

    /// What the trainer shows the run to. They live as long as this object stays where it is.
    std::vector<Observer*> observers();

    /// Fills in what was measured, once the training is finished.
    void store(RunResult& result) const;

  private:
    LearningCurve curve_;
};

}  // namespace curldescent
