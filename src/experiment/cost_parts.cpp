#include "cost_parts.hpp"

#include <algorithm>
#include <cmath>

#include "curldescent/analysis/saddle_index.hpp"
#include "curldescent/model/lanes.hpp"

namespace curldescent {
namespace {

using enum CostFeature;

/// Losses after every epoch.
void add_epoch_losses(CostVector& costs, const RunSettings& settings, Index width) {
    const auto& [network, initialization, plasticity, training, recording, analysis] = settings;
    if (!analysis.sees_every_epoch()) return;
    const auto epochs = static_cast<double>(training.epochs);
    const bool evaluated = choose_train_loss_source(network, training) == TrainLossSource::evaluated;
    const bool tested = analysis.loss_thresholds.count > 0 && training.test_samples > 0;
    if (evaluated) add_forward(costs, settings, width, real(training.samples), epochs);
    if (tested) add_forward(costs, settings, width, real(training.test_samples), epochs);
    if (evaluated || tested) costs[record] += epochs;
}

/// `evaluate_field`, so many times: forward, and back twice.
void add_fields(CostVector& costs, const RunSettings& settings, Index width, double times) {
    const Network& network = settings.network;
    const double units = times * real(settings.training.samples) * real(width);
    costs[matrix_product] += 3.0 * units * real(network.inputs + network.outputs);
    costs[plain_derivative] += 2.0 * units;
    add_activation(costs, network.activation, width, times * real(settings.training.samples));
    costs[record] += times;
}

/// Products with a Jacobian, by `TangentMap`.
void add_tangents(CostVector& costs, const RunSettings& settings, double products) {
    constexpr double passes = 4.0;  // over the units of all samples, each as long as a derivative
    const Network& network = settings.network;
    const double units = products * real(settings.training.samples) * real(network.hidden);
    costs[matrix_product] += units * (2.0 * real(network.inputs) + 4.0 * real(network.outputs));
    costs[plain_derivative] += passes * units;
}

}  // namespace

void add_activation(CostVector& costs, Activation phi, Index height, double columns) {
    if (phi != Activation::tanh && phi != Activation::sigmoid) return;
    costs[matrix_activation] += columns * real(height / lane_count + 1);
    costs[matrix_column] += columns;
}

void add_forward(CostVector& costs, const RunSettings& settings, Index width, double samples, double times) {
    const Network& network = settings.network;
    const auto count = static_cast<Index>(samples);
    const double weights = real(width) * real(network.inputs);
    if (network.activation == Activation::linear) {
        costs[matrix_product] += times * real(network.outputs) * (weights + real(network.inputs) * samples);
    } else {
        costs[matrix_product] += times * samples * (weights + real(width) * real(network.outputs));
        add_activation(costs, network.activation, width * count, times);
    }
    add_activation(costs, network.output_activation, network.outputs * count, times);
}

void add_analysis(CostVector& costs, const RunSettings& settings, Index width, double records) {
    constexpr double products_by_lanczos = 600.0;
    constexpr double eigenvalue_products = 16.0;  // of a matrix, for each cube of its size: their memory counts, too
    const Analysis& analysis = settings.analysis;
    const Index weights = settings.network.hidden * (settings.network.inputs + settings.network.outputs);
    add_epoch_losses(costs, settings, width);
    if (analysis.needs_gradient()) add_fields(costs, settings, width, records);
    if (analysis.curl.measured) {
        const double stages = analysis.plateau.measured ? 3.0 : 2.0;
        add_tangents(costs, settings, stages * real(std::min(weights, 2 * Index{analysis.curl.probes})));
    }
    if (analysis.saddle_index) {
        const bool dense = weights <= largest_dense_hessian;
        add_tangents(costs, settings, dense ? real(weights) : products_by_lanczos);
        if (dense) costs[matrix_product] += eigenvalue_products * std::pow(real(weights), 3);
    }
}

}  // namespace curldescent
