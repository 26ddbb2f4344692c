#include "curldescent/analysis/ascent.hpp"

#include <algorithm>

namespace curldescent {

void Ascent::add(std::int64_t epoch, double loss) {
    if (epoch > 0) ++epochs_;
    if (loss > last_) {
        ++rising_;
        total_ += loss - last_;
    }
    if (loss - lowest_ > largest_rise_) {
        largest_rise_ = loss - lowest_;
        largest_rise_epoch_ = static_cast<double>(epoch);
    }
    lowest_ = std::min(lowest_, loss);
    last_ = loss;
}

AscentSummary Ascent::summary() const {
    return {.total = total_,
            .largest_rise = largest_rise_,
            .largest_rise_epoch = largest_rise_epoch_,
            .rising_share = epochs_ > 0.0 ? rising_ / epochs_ : std::numeric_limits<double>::quiet_NaN()};
}

}  // namespace curldescent
