#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "curldescent/model/state_archive.hpp"

namespace curldescent {

/// Losses to be reached: the first `count` of `values`.
struct LossThresholds {
    std::array<double, 8> values{};  ///< each above 0
    std::int64_t count = 0;          ///< 0 to 8; 0: the speed of learning is not measured

    [[nodiscard]] std::span<const double> span() const { return {values.data(), static_cast<std::size_t>(count)}; }
};

/// How fast a loss falls (MODEL.md section 6): the first epoch at which it is at or below each threshold, and its
/// lowest value. It is shown the loss of every epoch, one after the other, so the epochs are exact.
class LearningSpeed {
  public:
    explicit LearningSpeed(const LossThresholds& thresholds);

    /// Takes the loss after the next epoch; the first call is for epoch 0, the start. NaN is no loss.
    void add(std::int64_t epoch, double loss);

    /// The epoch at which each threshold was reached; NaN where it never was.
    [[nodiscard]] const std::vector<double>& epochs() const { return epochs_; }

    /// The lowest loss so far; NaN when there was none.
    [[nodiscard]] double best() const { return best_; }

    void exchange(StateArchive& archive) { archive(epochs_, best_); }

  private:
    LossThresholds thresholds_;
    std::vector<double> epochs_;
    double best_ = std::numeric_limits<double>::quiet_NaN();
};

}  // namespace curldescent
