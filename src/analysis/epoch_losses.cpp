#include "curldescent/analysis/epoch_losses.hpp"

#include <algorithm>

#include "curldescent/dynamics/batches.hpp"

namespace curldescent {
namespace {

constexpr double largest_share = 0.05;  // of an epoch's multiply-adds, for an evaluation

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

EpochLosses::EpochLosses(const Network& network, const Problem& problem, TrainLossSource source,
                         const LossThresholds& thresholds)
    : network_(network),
      problem_(problem),
      source_(source),
      has_test_(thresholds.count > 0 && problem.X_test.cols() > 0),
      train_(thresholds),
      test_(thresholds) {}

void EpochLosses::observe(const TrainingState& state) {
    const bool evaluated = source_ == TrainLossSource::evaluated || state.epoch == 0;
    double train_loss = 0.5 * state.squared_error / static_cast<double>(problem_.Y.size());
    if (evaluated || has_test_) {
        const Weights weights = state.core.weights();
        if (evaluated) train_loss = loss_of(network_, weights, problem_.X, problem_.Y);
        if (has_test_) test_.add(state.epoch, loss_of(network_, weights, problem_.X_test, problem_.Y_test));
    }
    train_.add(state.epoch, train_loss);
    ascent_.add(state.epoch, train_loss);
}

}  // namespace curldescent
