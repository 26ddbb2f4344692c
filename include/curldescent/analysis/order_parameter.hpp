#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "curldescent/dynamics/trainer.hpp"

namespace curldescent {

/// Mean and variance in time of every weight, without storing the past (Welford, Technometrics 4, 1962).
class WeightMoments {
  public:
    /// Adds the weights of `times` moments that are all alike.
    void add(const Weights& weights, std::int64_t times = 1);

    /// The number of moments so far.
    [[nodiscard]] std::int64_t count() const { return count_; }

    /// The mean of each weight in time.
    [[nodiscard]] const Weights& mean() const { return mean_; }

    /// The sum over all weights of their variances in time (those of the moments as they are, divided by their number).
    [[nodiscard]] double summed_variance() const;

    void exchange(StateArchive& archive) { archive(count_, mean_, squares_); }

  private:
    std::int64_t count_ = 0;
    Weights mean_;
    double squares_ = 0.0;  // summed over moments and weights: squared distances from the mean
};

/// The order parameter of a student (MODEL.md section 5), over moments of its own or of its reduced weights:
///
///     q = mean over weights of the variance in time / variance over weights of the mean in time,
///
/// both layers taken together. The weights of a reduced student are W = Q R with a fixed orthonormal Q: the summed
/// variance in time is that of R, the mean in time is Q times that of R. 0 for weights that rest, even where all are
/// alike. NaN for less than two moments.
double order_parameter(const WeightMoments& moments, const Student& student);

/// q over the last `count` recorded epochs of a training, as an observer. A converged run that was ended early has its
/// last weights at the recorded epochs it was spared; q of a diverged run is NaN.
class OrderParameter : public Observer {
  public:
    /// Keeps a copy of `student`, the full one; `epochs` as made by `record_epochs`.
    OrderParameter(Student student, std::span<const std::int64_t> epochs, std::int64_t count);

    void observe(const TrainingState& state) override;
    void finish(const Core& core, const TrainingOutcome& outcome) override;
    void exchange(StateArchive& archive) override { archive(moments_); }

    /// q, once finished.
    [[nodiscard]] double value() const { return value_; }

  private:
    Student student_;
    std::vector<std::int64_t> epochs_;
    WeightMoments moments_;
    double value_;
};

}  // namespace curldescent
