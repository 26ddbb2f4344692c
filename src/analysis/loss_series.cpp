#include "curldescent/analysis/loss_series.hpp"

#include <algorithm>
#include <cstddef>

namespace curldescent {

LossSeries::LossSeries(std::int64_t length, Index values)
    : length_(static_cast<std::size_t>(length)), values_(static_cast<double>(values)) {}

void LossSeries::observe(const TrainingState& state) {
    if (state.epoch == 0) return;
    const double loss = 0.5 * state.squared_error / values_;
    if (losses_.size() < length_) {
        losses_.push_back(loss);
    } else {
        losses_[oldest_] = loss;
        oldest_ = (oldest_ + 1) % length_;
    }
}

void LossSeries::finish(const Core& /*core*/, const TrainingOutcome& /*outcome*/) {
    std::rotate(losses_.begin(), losses_.begin() + static_cast<std::ptrdiff_t>(oldest_), losses_.end());
    oldest_ = 0;
}

}  // namespace curldescent
