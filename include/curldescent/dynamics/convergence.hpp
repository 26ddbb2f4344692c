#pragma once

#include <cstdint>

#include "curldescent/model/network.hpp"

namespace curldescent {

/// Tells when a training has converged to rounding (MODEL.md section 3.4), from the squared error of each epoch.
///
/// The error is at rounding level when it is below (64 epsilon)^2 times the squared targets, about 2e-28 of them. The
/// run has converged once the error stays there and neither falls nor rises: the means over two windows of epochs, one
/// behind the other, agree to 10 %. A window is a fiftieth of the epochs it took to get there and at least 50, so that
/// slow convergence, too, is followed to its end. A run that starts with a relative error below 1e-8, such as one that
/// starts on the teacher, is never stopped: what is small may still grow.
class Convergence {
  public:
    explicit Convergence(const ConstMatrixRef& targets);

    /// Takes the squared error of the next epoch; whether the run has converged with it.
    bool reached(double squared_error);

  private:
    double level_;
    bool started_above_ = false;
    std::int64_t epoch_ = 0;
    std::int64_t window_ = 0;     // epochs; 0 above the level
    std::int64_t in_window_ = 0;  // epochs summed so far
    double sum_ = 0.0;            // of this window
    double sum_before_ = 0.0;     // of the last one, infinite when there is none
};

}  // namespace curldescent
