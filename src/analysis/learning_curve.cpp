#include "curldescent/analysis/learning_curve.hpp"

#include <cmath>
#include <limits>
#include <utility>

namespace curldescent {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

/// The loss, infinite where outputs overflow (their differences may be NaN, which would read as missing).
double recorded_loss(const Network& network, const Weights& weights, const Matrix& X, const Matrix& Y) {
    const double loss = mean_squared_loss(forward(network, weights, X), Y);
    return std::isnan(loss) && X.cols() > 0 ? infinite : loss;
}

}  // namespace

std::vector<std::int64_t> record_epochs(std::int64_t epochs, std::int64_t records, RecordSpacing spacing) {
    // Rounding must not push a value that is meant to be whole below it.
    constexpr double nudge = 1.0 + 1e-12;
    const double decades = std::log10(static_cast<double>(epochs));
    const auto log_epoch = [&](std::int64_t k) {
        const double exponent = decades * static_cast<double>(k) / static_cast<double>(records - 1);
        return static_cast<std::int64_t>(std::pow(10.0, exponent) * nudge);
    };
    const auto linear_epoch = [&](std::int64_t k) { return 1 + k * (epochs - 1) / (records - 1); };

    std::vector<std::int64_t> chosen{0};
    for (std::int64_t k = 0; k + 1 < records; ++k) {
        const std::int64_t epoch = spacing == RecordSpacing::log ? log_epoch(k) : linear_epoch(k);
        if (epoch > chosen.back() && epoch < epochs) chosen.push_back(epoch);
    }
    chosen.push_back(epochs);
    return chosen;
}

LearningCurve::LearningCurve(const Network& network, const Problem& problem, std::vector<std::int64_t> epochs)
    : network_(network), problem_(problem), epochs_(std::move(epochs)) {
    train_loss_.reserve(epochs_.size());
    test_loss_.reserve(epochs_.size());
}

void LearningCurve::observe(const TrainingState& state) {
    const std::size_t next = train_loss_.size();
    if (next < epochs_.size() && state.epoch == epochs_[next]) record(state.core.weights());
}

void LearningCurve::record(const Weights& weights) {
    train_loss_.push_back(recorded_loss(network_, weights, problem_.X, problem_.Y));
    test_loss_.push_back(recorded_loss(network_, weights, problem_.X_test, problem_.Y_test));
}

void LearningCurve::finish(const Core& core, const TrainingOutcome& outcome) {
    if (outcome.diverged) {
        train_loss_.resize(epochs_.size(), infinite);
        test_loss_.resize(epochs_.size(),
                          problem_.X_test.cols() > 0 ? infinite : std::numeric_limits<double>::quiet_NaN());
    } else if (train_loss_.size() < epochs_.size()) {
        record(core.weights());
        train_loss_.resize(epochs_.size(), train_loss_.back());
        test_loss_.resize(epochs_.size(), test_loss_.back());
    }
}

}  // namespace curldescent
