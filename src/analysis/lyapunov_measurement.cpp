#include "curldescent/analysis/lyapunov_measurement.hpp"

#include <algorithm>

namespace curldescent {
namespace {

constexpr std::int64_t least_cells = 512;       // of a measurement, so that its interval can be found
constexpr std::int64_t longest_interval = 512;  // epochs

/// Of the surface that a student moves on: each layer that keeps its norm has one dimension less. At least 1.
Index dimension_of(const Student& student) {
    const Index constrained = student.plasticity.norm_constraint ? 2 : 0;
    return std::max(weight_count(student.network) - constrained, Index{1});
}

std::int64_t interval_limit(std::int64_t length) {
    return std::clamp(length / least_cells, std::int64_t{1}, longest_interval);
}

}  // namespace

std::int64_t measured_epochs(const LyapunovOptions& options, std::int64_t epochs) {
    const std::int64_t possible = std::max(epochs - options.start - options.transient, std::int64_t{0});
    return options.length > 0 ? std::min(options.length, possible) : possible;
}

LyapunovMeasurement::LyapunovMeasurement(TangentCore& core, const Student& student, const LyapunovOptions& options,
                                         std::int64_t epochs, const StreamKey& key)
    : core_(core),
      weights_(weight_count(student.network)),
      options_(options),
      key_(key),
      length_(measured_epochs(options, epochs)),
      accumulator_(std::min<Index>(options.exponents, dimension_of(student)), options.transient,
                   interval_limit(length_)),
      stopping_rule_(options.precision) {}

void LyapunovMeasurement::observe(const TrainingState& state) {
    if (state.epoch == options_.start && length_ > 0) {
        start_tangents();
    } else if (carries_ && ++since_added_ == accumulator_.interval()) {
        since_added_ = 0;
        Matrix tangents = core_.tangents();
        accumulator_.add(tangents);
        carries_ = accumulator_.series().steps() < length_ && !stopping_rule_.is_met(accumulator_);
        core_.set_tangents(carries_ ? tangents : Matrix());
    }
}

void LyapunovMeasurement::start_tangents() {
    RandomStream random(key_, Stream::tangents);
    Matrix tangents(weights_, accumulator_.columns());
    for (double& entry : tangents.reshaped()) entry = random.next_normal();
    orthonormalise(tangents);
    core_.set_tangents(tangents);
    carries_ = true;
}

void LyapunovMeasurement::finish(const Core& /*core*/, const TrainingOutcome& outcome) {
    if (outcome.diverged) accumulator_ = LyapunovAccumulator(accumulator_.columns() - 1, 0, 1);
    estimate_ = accumulator_.estimate();
    windows_ = accumulator_.series().windows(0, options_.windows);
}

}  // namespace curldescent
