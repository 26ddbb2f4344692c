#include "curldescent/dynamics/convergence.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace curldescent {
namespace {

constexpr double relative_level = 64.0 * std::numeric_limits<double>::epsilon();
constexpr double far_above = 1e12;  // of the squared error at the start: a relative error above 1e-8
constexpr double steady = 0.9;      // least ratio of the means of two windows
constexpr std::int64_t shortest_window = 50;
constexpr std::int64_t windows_to_here = 50;

}  // namespace

Convergence::Convergence(const ConstMatrixRef& targets)
    : level_(relative_level * relative_level * targets.squaredNorm()) {}

bool Convergence::reached(double squared_error) {
    ++epoch_;
    if (epoch_ == 1) started_above_ = squared_error > far_above * level_;
    if (!started_above_ || !(squared_error <= level_)) {
        window_ = 0;
        return false;
    }
    if (window_ == 0) {
        window_ = std::max(shortest_window, epoch_ / windows_to_here);
        in_window_ = 0;
        sum_ = 0.0;
        sum_before_ = std::numeric_limits<double>::infinity();
    }
    sum_ += squared_error;
    if (++in_window_ < window_) return false;
    const bool converged = sum_ >= steady * sum_before_ && sum_before_ >= steady * sum_;
    in_window_ = 0;
    sum_before_ = std::exchange(sum_, 0.0);
    return converged;
}

}  // namespace curldescent
