#include "curldescent/analysis/order_parameter.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "curldescent/dynamics/width_reduction.hpp"

namespace curldescent {
namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

}  // namespace

void WeightMoments::add(const Weights& weights, std::int64_t times) {
    if (count_ == 0)
        mean_ = {Matrix::Zero(weights.W1.rows(), weights.W1.cols()),
                 Matrix::Zero(weights.W2.rows(), weights.W2.cols())};
    const auto before = static_cast<double>(count_);
    const auto added = static_cast<double>(times);
    count_ += times;
    const double share = added / (before + added);
    const auto add_layer = [&](Matrix& mean, const Matrix& values) {
        squares_ += before * share * (values - mean).squaredNorm();
        mean += share * (values - mean);
    };
    add_layer(mean_.W1, weights.W1);
    add_layer(mean_.W2, weights.W2);
}

double WeightMoments::summed_variance() const {
    return count_ > 0 ? squares_ / static_cast<double>(count_) : missing;
}

double order_parameter(const WeightMoments& moments, const Student& student) {
    if (moments.count() < 2) return missing;
    if (moments.summed_variance() == 0.0) return 0.0;
    const Weights mean = recover_weights(student, moments.mean());
    const auto weights = static_cast<double>(mean.W1.size() + mean.W2.size());
    const double centre = (mean.W1.sum() + mean.W2.sum()) / weights;
    const double spread = (mean.W1.array() - centre).square().sum() + (mean.W2.array() - centre).square().sum();
    return moments.summed_variance() / spread;
}

OrderParameter::OrderParameter(Student student, std::span<const std::int64_t> epochs, std::int64_t count)
    : student_(std::move(student)), value_(missing) {
    const auto kept = std::min(epochs.size(), static_cast<std::size_t>(count));
    epochs_.assign(epochs.end() - static_cast<std::ptrdiff_t>(kept), epochs.end());
}

void OrderParameter::observe(const TrainingState& state) {
    const auto next = static_cast<std::size_t>(moments_.count());
    if (next < epochs_.size() && state.epoch == epochs_[next]) moments_.add(state.core.weights());
}

void OrderParameter::finish(const Core& core, const TrainingOutcome& outcome) {
    if (outcome.diverged) return;
    const auto spared = static_cast<std::int64_t>(epochs_.size()) - moments_.count();
    if (spared > 0) moments_.add(core.weights(), spared);
    value_ = order_parameter(moments_, student_);
}

}  // namespace curldescent
