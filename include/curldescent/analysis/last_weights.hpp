#pragma once

#include <optional>

#include "curldescent/dynamics/trainer.hpp"

namespace curldescent {

/// The weights at the end of a training, as an observer.
class LastWeights : public Observer {
  public:
    void observe(const TrainingState& /*state*/) override {}
    void finish(const Core& core, const TrainingOutcome& outcome) override;
    void exchange(StateArchive& /*archive*/) override {}

    /// Nothing where the run diverged.
    [[nodiscard]] const std::optional<Weights>& weights() const { return weights_; }

  private:
    std::optional<Weights> weights_;
};

}  // namespace curldescent
