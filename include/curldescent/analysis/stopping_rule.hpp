#pragma once

#include <cstdint>

#include "curldescent/analysis/lyapunov.hpp"

namespace curldescent {

/// When the leading exponent is known well enough to end its measurement. Twice in a row, the second time after half as
/// many steps again, its interval must be as narrow as asked for and its verdict settled: an interval that is narrow by
/// chance hardly is so twice. The first time is not before the step at which an exponent as large as the precision
/// would be told from zero (`least_steps`): else a small one would be called zero for want of time.
class StoppingRule {
  public:
    /// To a half width of `precision` per step; 0: never.
    explicit StoppingRule(double precision);

    /// Whether to stop now; to be asked after every `LyapunovAccumulator::add`.
    bool is_met(const LyapunovAccumulator& accumulator);

    void exchange(StateArchive& archive) { archive(next_look_, narrow_looks_); }

  private:
    double precision_;
    std::int64_t next_look_;  // steps measured
    int narrow_looks_ = 0;    // in a row
};

}  // namespace curldescent
