#include "curldescent/analysis/learning_speed.hpp"

#include <cmath>

namespace curldescent {

LearningSpeed::LearningSpeed(const LossThresholds& thresholds)
    : thresholds_(thresholds),
      epochs_(static_cast<std::size_t>(thresholds.count), std::numeric_limits<double>::quiet_NaN()) {}

void LearningSpeed::add(std::int64_t epoch, double loss) {
    if (std::isnan(loss)) return;
    best_ = std::fmin(best_, loss);
    const auto thresholds = thresholds_.span();
    for (std::size_t k = 0; k < thresholds.size(); ++k) {
        if (std::isnan(epochs_[k]) && loss <= thresholds[k]) epochs_[k] = static_cast<double>(epoch);
    }
}

}  // namespace curldescent
