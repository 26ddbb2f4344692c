#include "curldescent/analysis/ascent.hpp"

#include <algorithm>
#include <cmath>

namespace curldescent {

bool Ascent::above(double loss, double other) const {
    constexpr double rounding = 16.0 * std::numeric_limits<double>::epsilon();
    return loss > other + rounding * other + noise_;
}

void Ascent::add(std::int64_t epoch, double loss) {
    if (std::isnan(loss)) loss = std::numeric_limits<double>::infinity();
    if (epoch > 0) ++epochs_;
    if (above(loss, last_)) {
        ++rising_;
        total_ += loss - last_;
    }
    if (above(loss, lowest_) && loss - lowest_ > largest_rise_) {
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
