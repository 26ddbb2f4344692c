#include "curldescent/analysis/stopping_rule.hpp"

#include <algorithm>

namespace curldescent {
namespace {

constexpr std::int64_t first_look = 1000;  // earlier intervals are unreliable
constexpr int least_looks = 2;

}  // namespace

StoppingRule::StoppingRule(double precision)
    : precision_(precision), next_look_(std::max(first_look, precision > 0.0 ? least_steps(precision) : 0)) {}

bool StoppingRule::is_met(const LyapunovAccumulator& accumulator) {
    const std::int64_t measured = accumulator.series().steps();
    if (precision_ == 0.0 || measured < next_look_) return false;
    next_look_ = measured + measured / 2;
    const LyapunovEstimate estimate = accumulator.estimate();
    const bool narrow = estimate.leading.rate.half_width <= precision_;
    narrow_looks_ = narrow && estimate.verdict != LyapunovVerdict::unsettled ? narrow_looks_ + 1 : 0;
    return narrow_looks_ == least_looks;
}

}  // namespace curldescent
