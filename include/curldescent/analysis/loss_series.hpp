#pragma once

#include <cstdint>
#include <vector>

#include "curldescent/dynamics/trainer.hpp"

namespace curldescent {

/// The training loss of each of the last epochs, as an observer: 1/2 mean of (y_hat - y)^2 over the samples and outputs
/// of the epoch, each before its update. For a full batch that is the loss at the end of the epoch before.
class LossSeries : public Observer {
  public:
    /// Keeps the last `length` epochs (at least 1), of `values` = P O errors each.
    LossSeries(std::int64_t length, Index values);

    void observe(const TrainingState& state) override;
    void finish(const Core& core, const TrainingOutcome& outcome) override;
    void exchange(StateArchive& archive) override { archive(oldest_, losses_); }

    /// The losses, oldest first, once finished. Fewer than asked for in a shorter training.
    [[nodiscard]] const std::vector<double>& losses() const { return losses_; }

  private:
    std::size_t length_;
    double values_;
    std::size_t oldest_ = 0;  // place of the next loss once all places are taken
    std::vector<double> losses_;
};

}  // namespace curldescent
