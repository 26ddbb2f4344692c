#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "curldescent/analysis/lyapunov.hpp"
#include "curldescent/analysis/stopping_rule.hpp"
#include "curldescent/dynamics/tangent_core.hpp"
#include "curldescent/dynamics/trainer.hpp"
#include "curldescent/model/random.hpp"

namespace curldescent {

/// When and how exponents are measured along a training. All times in epochs.
struct LyapunovOptions {
    std::int64_t exponents = 0;    ///< k, how many; 0: none are measured
    std::int64_t start = 0;        ///< epoch at which the tangents start; at least 0
    std::int64_t transient = 200;  ///< to align them; at least 0
    std::int64_t length = 0;       ///< of the measurement; 0: to the end of the training
    std::int64_t windows = 0;      ///< in which the leading exponent is given beside; at least 0
    double precision = 0.0;        ///< half width of the leading exponent's interval at which to stop; 0: do not
};

/// How long exponents are measured in a training of so many epochs, if nothing stops it: at least 0.
std::int64_t measured_epochs(const LyapunovOptions& options, std::int64_t epochs);

/// The leading Lyapunov exponents of a training, per epoch, as an observer: the tangents that a `TangentCore` carries
/// through the exact derivative of the learning map are orthonormalised by a `LyapunovAccumulator`. They start at
/// random, the same for every rule of a replicate. The exponents are those of the student as it is trained: for a
/// reduced one those of the reduced network, beside which the full network has exponents that are zero or negative. A
/// run that diverged has none: what was measured on its way says nothing of where it went.
class LyapunovMeasurement : public Observer {
  public:
    /// Keeps a reference to `core`, which is trained, and has been made for `student`, for `epochs`. Takes no more
    /// exponents than the student has dimensions to move in: a norm that is kept costs one.
    LyapunovMeasurement(TangentCore& core, const Student& student, const LyapunovOptions& options, std::int64_t epochs,
                        const StreamKey& key);

    void observe(const TrainingState& state) override;
    void finish(const Core& core, const TrainingOutcome& outcome) override;
    void exchange(StateArchive& archive) override { archive(accumulator_, carries_, since_added_, stopping_rule_); }

    /// The exponents and what goes with them, per epoch, once finished.
    [[nodiscard]] const LyapunovEstimate& estimate() const { return estimate_; }

    /// The leading exponent in windows that follow each other, per epoch, once finished.
    [[nodiscard]] const std::vector<double>& windows() const { return windows_; }

  private:
    void start_tangents();

    TangentCore& core_;
    Index weights_;
    LyapunovOptions options_;
    StreamKey key_;
    std::int64_t length_;
    LyapunovAccumulator accumulator_;
    bool carries_ = false;          // tangents, now
    std::int64_t since_added_ = 0;  // epochs
    StoppingRule stopping_rule_;
    LyapunovEstimate estimate_;
    std::vector<double> windows_;
};

}  // namespace curldescent
