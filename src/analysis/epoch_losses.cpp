#include "curldescent/analysis/epoch_losses.hpp"

#include <algorithm>
#include <limits>

#include "curldescent/dynamics/batches.hpp"

namespace curldescent {
namespace {

constexpr double largest_share = 0.05;  // of an epoch's multiply-adds, for an evaluation

/// The loss of errors at the rounding level, as `Convergence` has it.
double loss_of_rounding(const Matrix& Y) {
    constexpr double relative_level = 64.0 * std::numeric_limits<double>::epsilon();
    return 0.5 * relative_level * relative_level * Y.squaredNorm() / static_cast<double>(Y.size());
}

double loss_of(const Network& network, const Weights& weights, const Matrix& X, const Matrix& Y) {
    return mean_squared_loss(forward(network, weights, X), Y);
}

}  // namespace

TrainLossSource choose_train_loss_source(const Network& network, const Training& training) {
    const bool linear = network.activation == Activation::linear;
    const Index ends = network.inputs + network.outputs;
    const auto M = static_cast<double>(network.inputs);
    const auto O = static_cast<double>(network.outputs);
    const auto P = static_cast<double>(training.samples);
    const auto w =
        static_cast<double>(linear && training.width_reduction ? std::min(network.hidden, ends) : network.hidden);
    const auto updates = static_cast<double>(updates_per_epoch(training.samples, training.batch));

    const double evaluation = linear ? O * M * (w + P) : P * w * (M + O);
    const double epoch =
        linear && network.outputs == 1 ? 2.0 * M * P + 3.0 * w * M * updates : w * (M + O) * (2.0 * P + updates);
    return evaluation <= largest_share * epoch ? TrainLossSource::evaluated : TrainLossSource::streamed;
}

EpochLosses::EpochLosses(const Network& network, const Problem& problem, TrainLossSource source, Index batch,
                         const LossThresholds& thresholds)
    : network_(network),
      problem_(problem),
      source_(source),
      full_batch_(batch == problem.X.cols()),
      has_test_(thresholds.count > 0 && problem.X_test.cols() > 0),
      train_(thresholds),
      test_(thresholds),
      ascent_(loss_of_rounding(problem.Y)) {}

void EpochLosses::observe(const TrainingState& state) {
    const bool evaluated = source_ == TrainLossSource::evaluated || state.epoch == 0;
    if (!evaluated) add_streamed(state);
    if (!evaluated && !has_test_) return;
    const Weights weights = state.core.weights();
    if (evaluated) add_train_loss(state.epoch, train_loss(weights));
    if (has_test_) test_.add(state.epoch, loss_of(network_, weights, problem_.X_test, problem_.Y_test));
}

void EpochLosses::finish(const Core& core, const TrainingOutcome& outcome) {
    const std::int64_t last = outcome.epochs_completed;
    if (outcome.diverged) {
        ascent_.add(last + 1, std::numeric_limits<double>::infinity());
    } else if (source_ == TrainLossSource::streamed) {
        const double loss = train_loss(core.weights());
        train_.add(last, loss);
        if (full_batch_) ascent_.add(last, loss);
    }
}

void EpochLosses::add_train_loss(std::int64_t epoch, double loss) {
    train_.add(epoch, loss);
    ascent_.add(epoch, loss);
}

void EpochLosses::add_streamed(const TrainingState& state) {
    const double loss = 0.5 * state.squared_error / static_cast<double>(problem_.Y.size());
    if (!full_batch_) {
        add_train_loss(state.epoch, loss);
    } else if (state.epoch > 1) {  // before the first one stands the start, which has been evaluated
        add_train_loss(state.epoch - 1, loss);
    }
}

double EpochLosses::train_loss(const Weights& weights) const {
    return loss_of(network_, weights, problem_.X, problem_.Y);
}

}  // namespace curldescent
