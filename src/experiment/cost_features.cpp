#include "curldescent/experiment/cost_features.hpp"

#include <algorithm>

#include "cost_parts.hpp"
#include "curldescent/experiment/task.hpp"
#include "curldescent/model/lanes.hpp"

namespace curldescent {
namespace {

using enum CostFeature;

double real_lanes(Index count) {
    return real(lanes_for(count));
}

/// Neighbouring hidden units of one plasticity sign: the flipped ones, and the others.
struct SignGroups {
    std::array<Index, 2> sizes;
    Index columns;  ///< of the block [W1, W2^T, F]
};

SignGroups sign_groups(const RunSettings& settings, Rule rule) {
    const auto& [network, initialization, plasticity, training, recording, analysis] = settings;
    const bool presynaptic = plasticity.side == FlipSide::presynaptic;
    const Index flips = presynaptic ? plasticity.readout_flips : plasticity.hidden_flips;
    const Index flipped = has_flips(rule) && plasticity.flipped_strength != 1.0 ? flips : 0;
    const Index feedback_columns = has_random_feedback(rule) ? network.outputs : 0;
    return {.sizes = {flipped, network.hidden - flipped},
            .columns = network.inputs + network.outputs + feedback_columns};
}

bool is_reduced(const RunSettings& settings) {
    return settings.training.width_reduction && settings.network.activation == Activation::linear;
}

bool has_linear_teacher(const RunSettings& settings, const SuppliedData& supplied) {
    const Network& network = settings.network;
    return network.activation == Activation::linear && network.output_activation == Activation::linear &&
           !supplied.targets;
}

/// Teacher, start, feedback, data and targets.
void add_problem(CostVector& costs, const RunSettings& settings, const SuppliedData& supplied) {
    const auto& [network, initialization, plasticity, training, recording, analysis] = settings;
    const double rows = real(network.inputs + network.outputs);
    const double weights = rows * real(initialization.teacher_hidden + network.hidden);
    const bool normal = initialization.distribution == Distribution::normal;
    costs[normal ? normal_number : uniform_number] += weights;
    costs[uniform_number] += real(network.hidden * network.outputs);
    if (!supplied.inputs) costs[normal_number] += real(network.inputs) * real(training.samples);
    if (!supplied.test_inputs) costs[normal_number] += real(network.inputs) * real(training.test_samples);
    if (!supplied.targets) {
        add_forward(costs, settings, initialization.teacher_hidden, real(training.samples + training.test_samples));
    }
}

void add_reduction(CostVector& costs, const SignGroups& groups) {
    for (const Index size : groups.sizes) {
        if (size > groups.columns)
            costs[orthogonal_product] += 2.0 * real(size) * real(groups.columns * groups.columns);
    }
}

/// The numbers of updates of one run, and of samples in them.
struct UpdateCounts {
    double updates;
    double samples;
};

/// Updated Lanes of W1, of which there are `lines` for each of `rules` students that learn side by side.
void add_far_lanes(CostVector& costs, double updated, double lines, std::size_t rules) {
    constexpr double first_cache = 24576.0 / (8.0 * real(lane_count));  // Lanes, the rest of 32 KiB for the samples
    const double all = lines * static_cast<double>(rules);
    if (all > first_cache) costs[far_lanes] += updated * (1.0 - first_cache / all);
}

void add_rank_one(CostVector& costs, const RunSettings& settings, Index width, UpdateCounts counts, std::size_t rules,
                  bool has_teacher) {
    const auto& [network, initialization, plasticity, training, recording, analysis] = settings;
    const double lanes = real_lanes(network.inputs);
    const bool through_covariance =
        has_teacher && training.batch == training.samples && network.inputs <= training.samples;
    costs[rank_one_update] += counts.updates;
    costs[rank_one_weight_lanes] += counts.updates * real(width) * lanes;
    add_far_lanes(costs, counts.updates * real(width) * lanes, real(width) * lanes, rules);
    if (through_covariance) {
        costs[rank_one_sample_lanes] += counts.updates * real(network.inputs) * lanes;
        costs[matrix_product] += real(network.inputs) * real(network.inputs) * real(training.samples);
    } else {
        costs[rank_one_sample] += counts.samples;
        costs[rank_one_sample_lanes] += 2.0 * counts.samples * lanes;
    }
}

void add_fused(CostVector& costs, const RunSettings& settings, Index width, UpdateCounts counts, std::size_t rules) {
    const auto& [network, initialization, plasticity, training, recording, analysis] = settings;
    const double hidden_lanes = real_lanes(width);
    const double inputs = real(network.inputs);
    const double outputs = real(network.outputs);
    // The layouts that `FusedCore` chooses from: units in lanes, or inputs in lanes with a sum over lanes for each
    // unit.
    const double units_in_lanes = 2.0 * inputs * hidden_lanes;
    const double inputs_in_lanes = real(width) * (2.0 * real_lanes(network.inputs) + 2.5);
    const bool units = units_in_lanes <= inputs_in_lanes;
    const double weight_lanes = units ? inputs * hidden_lanes : real(width) * real_lanes(network.inputs);
    constexpr double chunk = 16.0;
    const double chunks = std::max(counts.updates, counts.samples / chunk);

    costs[fused_update] += counts.updates;
    costs[fused_sample] += counts.samples * outputs;
    costs[fused_hidden_lanes] += counts.samples * hidden_lanes * outputs;
    costs[fused_product_lanes] += counts.samples * std::min(units_in_lanes, inputs_in_lanes);
    costs[fused_weight_lanes] += chunks * weight_lanes;
    add_far_lanes(costs, chunks * weight_lanes, weight_lanes, rules);
    const bool exponential = network.activation == Activation::tanh || network.activation == Activation::sigmoid;
    if (exponential) costs[fused_exponential] += counts.samples * hidden_lanes;
}

void add_plain(CostVector& costs, const RunSettings& settings, Index width, UpdateCounts counts) {
    const Network& network = settings.network;
    const double weights = real(width) * real(network.inputs + network.outputs);
    costs[plain_update] += counts.updates;
    costs[plain_product] += weights * (2.0 * counts.samples + 3.0 * counts.updates);
    if (network.activation != Activation::linear) costs[plain_derivative] += counts.samples * real(width);
    add_activation(costs, network.activation, width, counts.samples);
    add_activation(costs, network.output_activation, network.outputs, counts.samples);
}

/// The updates of one run.
void add_updates(CostVector& costs, const RunSettings& settings, Index width, UpdateCounts counts, std::size_t rules,
                 bool has_teacher) {
    if (settings.training.core == CoreKind::plain) {
        add_plain(costs, settings, width, counts);
    } else if (settings.network.activation == Activation::linear && settings.network.outputs == 1) {
        add_rank_one(costs, settings, width, counts, rules, has_teacher);
    } else {
        add_fused(costs, settings, width, counts, rules);
    }
}

/// k + 1 tangents carried through the updates, and orthonormalised, at first often, at last hardly ever: say every
/// eighth epoch.
void add_tangents(CostVector& costs, const RunSettings& settings, Index width, UpdateCounts counts) {
    const Network& network = settings.network;
    const LyapunovOptions& lyapunov = settings.analysis.lyapunov;
    const auto epochs = static_cast<double>(settings.training.epochs);
    const auto carried = static_cast<double>(lyapunov.transient + measured_epochs(lyapunov, settings.training.epochs));
    const double share = std::min(carried / epochs, 1.0);
    const auto tangents = static_cast<double>(lyapunov.exponents + 1);
    const bool rank_one = network.activation == Activation::linear && network.outputs == 1;
    const double passes = counts.updates + (rank_one ? 0.0 : 2.0 * counts.samples);
    const double weights = real(width) * real(network.inputs + network.outputs);
    costs[tangent_lanes] += share * tangents * passes * real(width) * real_lanes(network.inputs);
    costs[orthogonal_product] += share * epochs / 8.0 * 4.0 * weights * tangents * tangents;
    costs[compared_weight] += share * epochs / 8.0 * 2.0 * weights * tangents;
}

/// Chaos indicators of one run, a twin's updates apart.
void add_indicators(CostVector& costs, const RunSettings& settings, Index width, UpdateCounts counts, double records) {
    const Analysis& analysis = settings.analysis;
    const double weights = real(width) * real(settings.network.inputs + settings.network.outputs);
    if (analysis.lyapunov.exponents > 0) add_tangents(costs, settings, width, counts);
    if (analysis.twin) costs[compared_weight] += 3.0 * static_cast<double>(settings.training.epochs) * weights;
    costs[compared_weight] += 2.0 * std::min(static_cast<double>(analysis.order_parameter_epochs), records) * weights;
    if (analysis.loss_epochs > 0 && settings.training.batch == settings.training.samples) {
        constexpr double frequencies = 100.0;
        const double samples = std::min(static_cast<double>(analysis.loss_epochs), 2000.0);
        costs[zero_one_product] += frequencies * 0.09 * samples * samples;  // N / 10 lags of 0.9 N starts
    }
}

/// Products of the residual map and the curl strength at a solution: signed kernels of all samples, or for linear
/// networks with one output the matrices that stand in for them, times C.
double solution_products(const RunSettings& settings, double width) {
    constexpr double kernels = 5.0;  // two of rates, three of the curl strength
    const Network& network = settings.network;
    const double inputs = real(network.inputs);
    const double samples = real(settings.training.samples);
    const double outputs = real(network.outputs);
    if (!has_linear_residual(network))
        return kernels * samples * samples * (inputs + width * (1.0 + outputs * outputs));
    return inputs * inputs * (kernels * (inputs + width) + samples);
}

/// As if at a solution: whether a run's last weights are one is not foreseen.
void add_stability(CostVector& costs, const RunSettings& settings, Rule rule) {
    const StabilityOptions& stability = settings.analysis.stability;
    if (stability.place == StabilityPlace::none) return;
    const double directions = real(residual_directions(settings.network, settings.training.samples));
    const double cube = directions * directions * directions;
    costs[symmetric_spectrum] += cube;
    if (settings.plasticity.norm_constraint || has_random_feedback(rule)) costs[general_spectrum] += cube;
    costs[matrix_product] += solution_products(settings, real(trained_width(settings, rule)));
    if (stability.transverse_epochs == 0) return;
    const double errors = real(settings.training.samples * settings.network.outputs);
    costs[orthogonal_product] += 2.0 * errors * directions * directions;
    costs[transverse_product] += 2.0 * static_cast<double>(stability.transverse_epochs) * errors * directions;
}

}  // namespace

Index trained_width(const RunSettings& settings, Rule rule) {
    if (!is_reduced(settings)) return settings.network.hidden;
    const SignGroups groups = sign_groups(settings, rule);
    return std::min(groups.sizes[0], groups.columns) + std::min(groups.sizes[1], groups.columns);
}

CostVector cost_features(const RunSettings& settings, std::span<const Rule> rules, const SuppliedData& supplied) {
    const auto& [network, initialization, plasticity, training, recording, analysis] = settings;
    const auto epochs = static_cast<double>(training.epochs);
    const double all_samples = real(training.samples + training.test_samples);
    const auto records = record_epochs(training.epochs, recording.records, recording.spacing).size();
    const UpdateCounts counts{.updates = foreseen_updates(settings), .samples = epochs * real(training.samples)};

    CostVector costs;
    costs[task] = 1.0;
    add_problem(costs, settings, supplied);
    const bool gathered = training.batch < training.samples;
    if (gathered && training.shuffle) costs[shuffled_sample] = counts.samples;
    if (gathered) costs[gathered_number] = counts.samples * real(network.inputs + network.outputs);

    for (const Rule rule : rules) {
        const Index width = trained_width(settings, rule);
        if (is_reduced(settings)) add_reduction(costs, sign_groups(settings, rule));
        add_stability(costs, settings, rule);
        costs[epoch] += epochs;
        costs[record] += static_cast<double>(records);
        add_forward(costs, settings, width, all_samples, static_cast<double>(records));
        const bool has_teacher = has_linear_teacher(settings, supplied);
        add_updates(costs, settings, width, counts, rules.size(), has_teacher);
        if (analysis.twin) add_updates(costs, settings, width, counts, rules.size(), has_teacher);
        add_indicators(costs, settings, width, counts, static_cast<double>(records));
        add_analysis(costs, settings, width, static_cast<double>(records));
    }
    return costs;
}

}  // namespace curldescent
