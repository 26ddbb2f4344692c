#include "curldescent/experiment/settings.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "curldescent/model/error.hpp"

namespace curldescent {
namespace {

std::int64_t truncated(double value) {
    return static_cast<std::int64_t>(value);
}

void resolve_sizes(const Settings& settings, Network& network) {
    if (!settings.total_neurons && !settings.ratio) {
        network.inputs = settings.inputs.value_or(network.inputs);
        network.hidden = settings.hidden.value_or(network.hidden);
        return;
    }
    if (settings.inputs || settings.hidden || !settings.total_neurons || !settings.ratio) {
        throw InputError(
            "the network's size is given in a mixed way; allowed: network.inputs and network.hidden, or "
            "network.total_neurons and network.ratio");
    }
    const auto total = static_cast<double>(*settings.total_neurons);
    network.inputs = truncated(total / (1.0 + 1.0 / *settings.ratio));
    network.hidden = truncated(total / (1.0 + *settings.ratio));
    if (network.inputs < 1 || network.hidden < 1) {
        throw InputError(fmt::format(
            "network.total_neurons = {} with network.ratio = {} gives {} inputs and {} hidden units; both must be at "
            "least 1",
            *settings.total_neurons, *settings.ratio, network.inputs, network.hidden));
    }
}

Index resolve_flips(const std::optional<std::int64_t>& flips, const std::optional<double>& fraction, Index neurons,
                    std::string_view layer) {
    if (flips && fraction) {
        throw InputError(
            fmt::format("plasticity.{0}_flips = {1} and plasticity.{0}_flip_fraction = {2} exclude each "
                        "other; give one of them",
                        layer, *flips, *fraction));
    }
    if (fraction) return truncated(*fraction * static_cast<double>(neurons));
    if (flips && *flips > neurons) {
        throw InputError(fmt::format("plasticity.{}_flips = {} is above the number of neurons there; allowed: 0 to {}",
                                     layer, *flips, neurons));
    }
    return flips.value_or(0);
}

void check_together(const RunSettings& run) {
    const auto& [network, initialization, plasticity, training, recording, analysis] = run;
    if (training.batch > training.samples) {
        throw InputError(
            fmt::format("training.batch = {} is above training.samples = {}; allowed is 1 to {}, or 0 "
                        "for the full batch",
                        training.batch, training.samples, training.samples));
    }
    if (initialization.start == Start::teacher && initialization.teacher_hidden != network.hidden) {
        throw InputError(
            fmt::format("initialization.start = \"teacher\" needs a teacher as wide as the student, but "
                        "network.teacher_hidden = {} and network.hidden = {}",
                        initialization.teacher_hidden, network.hidden));
    }
    if (initialization.rescale_teacher && initialization.teacher_scale == 0.0) {
        throw InputError(
            "initialization.rescale_teacher = true cannot rescale a teacher without weights; set "
            "initialization.teacher_scale above 0");
    }
    if (initialization.start != Start::teacher && initialization.offset != 0.0) {
        throw InputError(
            fmt::format("initialization.offset = {} has an effect only with initialization.start = "
                        "\"teacher\"; set that, or remove the offset",
                        initialization.offset));
    }
}

/// Records that the order parameter is to be taken over.
void check_order_parameter(const RunSettings& run) {
    const std::int64_t count = run.analysis.order_parameter_epochs;
    if (count == 0) return;
    const auto recorded = static_cast<std::int64_t>(recorded_epochs(run).size());
    if (count == 1 || count > recorded) {
        throw InputError(fmt::format(
            "analysis.order_parameter_epochs = {} of {} recorded epochs; allowed: 2 to {} (training.records "
            "makes more of them), or 0 for no order parameter",
            count, recorded, recorded));
    }
    if (run.analysis.regime.classify && run.recording.spacing != RecordSpacing::linear) {
        throw InputError(
            "analysis.regime = true needs the order parameter of the end of a training, but the last records of "
            "training.record_spacing = \"log\" reach far back; set it to \"linear\"");
    }
}

/// Epochs and measurements that the chaos indicators need.
void check_chaos(const RunSettings& run) {
    const auto& [order_parameter_epochs, loss_epochs] =
        std::pair(run.analysis.order_parameter_epochs, run.analysis.loss_epochs);
    check_order_parameter(run);
    const LyapunovOptions& lyapunov = run.analysis.lyapunov;
    if ((lyapunov.exponents > 0 || run.analysis.twin) && measured_epochs(lyapunov, run.training.epochs) == 0) {
        throw InputError(
            fmt::format("analysis.lyapunov_start = {} and analysis.lyapunov_transient = {} leave none of "
                        "training.epochs = {} to measure exponents in; make them smaller",
                        lyapunov.start, lyapunov.transient, run.training.epochs));
    }
    if (run.analysis.regime.classify && (order_parameter_epochs == 0 || loss_epochs < least_losses)) {
        throw InputError(fmt::format(
            "analysis.regime = true needs the order parameter and the loss series; set "
            "analysis.order_parameter_epochs (now {}) above 0, analysis.loss_epochs (now {}) to {} or more, "
            "and, to recognise chaos, analysis.lyapunov_exponents",
            order_parameter_epochs, loss_epochs, least_losses));
    }
}

/// Sizes and places that a measurement of stability needs.
void check_stability(const RunSettings& run) {
    const StabilityOptions& stability = run.analysis.stability;
    if (stability.place == StabilityPlace::none) {
        if (!stability.spectrum && stability.transverse_epochs == 0) return;
        throw InputError(
            "analysis.stability_spectrum and analysis.transverse_epochs have an effect only with analysis.stability = "
            "\"teacher\" or \"final\"; set that, or remove them");
    }
    if (stability.place == StabilityPlace::teacher && run.initialization.teacher_hidden != run.network.hidden) {
        throw InputError(
            fmt::format("analysis.stability = \"teacher\" needs a teacher as wide as the student, but "
                        "network.teacher_hidden = {} and network.hidden = {}; allowed here: \"final\", \"none\"",
                        run.initialization.teacher_hidden, run.network.hidden));
    }
    const Index kernel = residual_directions(run.network, run.training.samples);
    if (!has_linear_residual(run.network) && kernel > largest_kernel) {
        throw InputError(
            fmt::format("analysis.stability = \"{}\" needs a kernel of training.samples x network.outputs = {} rows; "
                        "allowed: up to {} (any number for linear networks with one output)",
                        to_string(stability.place), kernel, largest_kernel));
    }
}

void check_analysis(const Settings& settings) {
    const Analysis& analysis = settings.run.analysis;
    if (analysis.saddle_index && !analysis.plateau.measured) {
        throw InputError(
            "analysis.saddle_index = true is measured on the plateau; set analysis.plateau = true, or leave it out");
    }
    if (!analysis.baseline) return;
    const auto& rules = settings.rules;
    if (std::ranges::find(rules, *analysis.baseline) == rules.end() || rules.size() < 2) {
        throw InputError(
            fmt::format("analysis.baseline = \"{}\" is compared with the other experiment.rules; name it there, and at "
                        "least one other rule",
                        to_string(*analysis.baseline)));
    }
}

std::string shape_text(const SuppliedArray& array, const Matrix& values) {
    const bool transposed = array.kind == SuppliedArray::Rows::samples;
    return fmt::format("[{} x {}]", transposed ? values.cols() : values.rows(),
                       transposed ? values.rows() : values.cols());
}

void check_shape(const SuppliedData& supplied, const SuppliedArray& array, const Matrix& values,
                 const DataSizes& sizes) {
    const Index rows = sizes.*array.rows;
    const Index columns = sizes.*array.columns;
    const bool fits = array.kind == SuppliedArray::Rows::samples ? values.cols() >= rows && values.rows() == columns
                                                                 : values.rows() == rows && values.cols() == columns;
    if (fits) return;
    throw InputError(fmt::format("{}: {} is {}, but the experiment needs [{}{} x {}]", supplied.source, array.name,
                                 shape_text(array, values),
                                 array.kind == SuppliedArray::Rows::samples ? "at least " : "", rows, columns));
}

void check_company(const SuppliedData& supplied, bool given, std::string_view name, bool needed_given,
                   std::string_view needed) {
    if (!given || needed_given) return;
    throw InputError(
        fmt::format("{}: {} is given without {}; add it, or leave both out", supplied.source, name, needed));
}

}  // namespace

RunSettings resolve(const Settings& settings) {
    RunSettings run = settings.run;
    resolve_sizes(settings, run.network);
    run.network.output_activation = settings.output_activation.value_or(run.network.activation);
    run.initialization.teacher_hidden = settings.teacher_hidden.value_or(run.network.hidden);
    const FlipSide side = run.plasticity.side;
    run.plasticity.hidden_flips = resolve_flips(settings.hidden_flips, settings.hidden_flip_fraction,
                                                hidden_sign_count(run.network, side), "hidden");
    run.plasticity.readout_flips = resolve_flips(settings.readout_flips, settings.readout_flip_fraction,
                                                 readout_sign_count(run.network, side), "readout");
    if (run.training.batch == 0) run.training.batch = run.training.samples;
    check_together(run);
    check_stability(run);
    check_chaos(run);
    check_analysis(settings);
    return run;
}

std::vector<std::int64_t> recorded_epochs(const RunSettings& run) {
    return record_epochs(run.training.epochs, run.recording.records, run.recording.spacing);
}

DataSizes data_sizes(const RunSettings& run) {
    return {.inputs = run.network.inputs,
            .hidden = run.network.hidden,
            .teacher_hidden = run.initialization.teacher_hidden,
            .outputs = run.network.outputs,
            .samples = run.training.samples,
            .test_samples = run.training.test_samples};
}

void validate(const SuppliedData& supplied, const RunSettings& run) {
    const DataSizes sizes = data_sizes(run);
    for (const SuppliedArray& array : supplied_arrays) {
        const auto& values = supplied.*array.member;
        if (!values) continue;
        check_shape(supplied, array, *values, sizes);
        if (!values->allFinite()) {
            throw InputError(
                fmt::format("{}: {} holds a value that is not finite (NaN or infinite); every value must "
                            "be a finite number",
                            supplied.source, array.name));
        }
    }
    const Initialization& initialization = run.initialization;
    if (initialization.rescale_teacher && (supplied.teacher_hidden || supplied.teacher_readout)) {
        throw InputError(
            fmt::format("{}: a supplied teacher is used as it is; remove initialization.rescale_teacher = "
                        "true, or rescale the teacher in the file",
                        supplied.source));
    }
    if (initialization.start == Start::teacher && (supplied.student_hidden || supplied.student_readout)) {
        throw InputError(
            fmt::format("{}: supplied student weights and initialization.start = \"teacher\" exclude each "
                        "other; remove one of them",
                        supplied.source));
    }
    if (run.analysis.stability.place == StabilityPlace::teacher && supplied.targets) {
        throw InputError(
            fmt::format("{}: analysis.stability = \"teacher\" needs targets that the teacher makes; remove targets, or "
                        "set analysis.stability = \"final\"",
                        supplied.source));
    }
    check_company(supplied, supplied.targets.has_value(), "targets", supplied.inputs.has_value(), "inputs");
    check_company(supplied, supplied.test_targets.has_value(), "test_targets", supplied.test_inputs.has_value(),
                  "test_inputs");
    check_company(supplied, supplied.test_targets.has_value(), "test_targets", supplied.targets.has_value(), "targets");
    if (supplied.targets && !supplied.test_targets && sizes.test_samples > 0) {
        throw InputError(
            fmt::format("{}: targets is given without test_targets, so there is no test loss; add "
                        "test_inputs and test_targets, or set training.test_samples = 0",
                        supplied.source));
    }
}

}  // namespace curldescent
