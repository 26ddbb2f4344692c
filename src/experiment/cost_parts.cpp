#include "cost_parts.hpp"

#include <algorithm>
#include <cmath>

#include "curldescent/analysis/curl_strength.hpp"
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
    add_forward(costs, settings, width, real(training.samples), evaluated ? epochs : 2.0);  // else at start and end
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

/// Products with a Jacobian.
void add_products(CostVector& costs, const RunSettings& settings, Index width, double products) {
    constexpr double passes = 2.0;  // over the units of all samples, each as long as a derivative
    const Network& network = settings.network;
    const double units = products * real(settings.training.samples) * real(width);
    costs[matrix_product] += units * (2.0 * real(network.inputs) + 4.0 * real(network.outputs));
    costs[plain_derivative] += passes * units;
}

/// Jacobians of so many weights as matrices: half of each, the other by symmetry.
void add_matrices(CostVector& costs, const RunSettings& settings, double weights, double times) {
    const double samples = real(settings.training.samples);
    costs[matrix_product] += times * 0.5 * weights * weights * samples * real(settings.network.outputs);
}

/// Where it is measured, at a network as wide as it is trained.
void add_curl_strength(CostVector& costs, const RunSettings& settings, Index width) {
    const auto& [measured, probes] = settings.analysis.curl;
    if (!measured) return;
    const double stages = settings.analysis.plateau.measured ? 3.0 : 2.0;
    const Index weights = width * (settings.network.inputs + settings.network.outputs);
    if (weights <= std::max(largest_exact_curl, Index{2 * probes})) {
        add_matrices(costs, settings, real(weights), stages);
    } else {
        add_products(costs, settings, width, stages * 2.0 * real(probes));
    }
}

/// On the plateau, at the smallest width of a linear network.
void add_saddle_index(CostVector& costs, const RunSettings& settings, Index width) {
    constexpr double products_by_lanczos = 600.0;
    constexpr double eigenvalue_products = 1.5;  // of a matrix, for each cube of its size
    if (!settings.analysis.saddle_index) return;
    const Network& network = settings.network;
    const Index ends = network.inputs + network.outputs;
    const Index narrow = network.activation == Activation::linear ? std::min(width, ends) : width;
    const Index weights = narrow * ends;
    if (weights <= largest_dense_hessian) {
        add_matrices(costs, settings, real(weights), 1.0);
        costs[matrix_product] += eigenvalue_products * std::pow(real(weights), 3);
    } else {
        add_products(costs, settings, narrow, products_by_lanczos);
    }
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
    add_epoch_losses(costs, settings, width);
    if (settings.analysis.needs_gradient()) add_fields(costs, settings, width, records);
    add_curl_strength(costs, settings, width);
    add_saddle_index(costs, settings, width);
}

}  // namespace curldescent
