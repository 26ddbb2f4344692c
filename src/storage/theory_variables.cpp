#include <cmath>
#include <limits>
#include <optional>

#include "curldescent/theory/phase_boundary.hpp"
#include "layout_parts.hpp"

namespace curldescent {
namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
constexpr double input_variance = 0.5;  // C = I/2

/// The scale of the weights on the solution manifold near a student: the teacher's where it starts there, else its own.
double solution_scale(const Initialization& initialization) {
    return initialization.start == Start::teacher ? initialization.teacher_scale : initialization.student_scale;
}

/// sigma1^2, the variance of a hidden weight times M; ||W2||^2 is the same.
double weight_variance(const Initialization& initialization) {
    if (initialization.start == Start::teacher && initialization.rescale_teacher) return 1.0;
    const double scale = solution_scale(initialization);
    return initialization.distribution == Distribution::uniform ? scale * scale / 3.0 : scale * scale;
}

/// The random matrix of a point's networks, as they are, with whole neurons. Nothing where theory is silent: for
/// several outputs, postsynaptic flips, flips of another strength, and weights of no size.
std::optional<SpectrumParameters> spectrum_parameters(const RunSettings& run) {
    const auto& [network, initialization, plasticity, training, recording, analysis] = run;
    const double variance = weight_variance(initialization);
    const bool known = network.outputs == 1 && plasticity.side == FlipSide::presynaptic &&
                       plasticity.flipped_strength == -1.0 && variance >= allowed_scales.least &&
                       variance <= allowed_scales.greatest;
    if (!known) return std::nullopt;
    const auto inputs = static_cast<double>(network.inputs);
    const auto hidden = static_cast<double>(network.hidden);
    return SpectrumParameters{.ratio = inputs / hidden,
                              .hidden_flip_fraction = static_cast<double>(plasticity.hidden_flips) / inputs,
                              .readout_flip_fraction = static_cast<double>(plasticity.readout_flips) / hidden,
                              .weight_variance = variance,
                              .squared_readout_norm = variance};
}

/// One quantity of theory at every point.
template <class Quantity>
std::vector<double> at_points(const Experiment& experiment, Quantity quantity) {
    std::vector<double> values;
    for (std::int64_t point = 0; point < experiment.sweep.points(); ++point) {
        const auto parameters = spectrum_parameters(resolve(experiment.sweep.at(experiment.settings, point)));
        values.push_back(parameters ? quantity(*parameters) : missing);
    }
    return values;
}

}  // namespace

std::vector<Variable> theory_variables(const Experiment& experiment, const std::string& labels) {
    const auto variable = [&](std::string name, std::string units, std::string description, auto quantity) {
        return Variable{.name = std::move(name),
                        .dimensions = {Dimension::point},
                        .type = ValueType::real64,
                        .units = std::move(units),
                        .description = std::move(description),
                        .content = at_points(experiment, quantity),
                        .group = Group::root,
                        .coordinates = labels};
    };
    return {
        variable("theory_lower_edge", "1",
                 "lower edge of the spectrum of ||W2||^2 D1 + W1^T D2 W1 by random-matrix theory, for large linear "
                 "networks with the weights' variances; positive: the solution manifold is stable",
                 [](const SpectrumParameters& parameters) { return lower_edge(parameters); }),
        variable("theory_rightmost", "per epoch and learning rate",
                 "rate of the fastest growing direction by theory, -theory_lower_edge / 2: for inputs of variance 1/2 "
                 "and many samples, to compare with stability_rightmost_unconstrained",
                 [](const SpectrumParameters& parameters) { return -input_variance * lower_edge(parameters); }),
        variable("theory_stable", "1", "1 where theory says that the solution manifold is stable, else 0",
                 [](const SpectrumParameters& parameters) { return is_stable(parameters) ? 1.0 : 0.0; }),
        variable("theory_critical_hidden_flip_fraction", "1",
                 "the hidden_flip_fraction above which theory says that the solution manifold is unstable; infinite: "
                 "none, minus infinite: unstable without flips",
                 [](const SpectrumParameters& parameters) {
                     return critical_flip_fraction(parameters, FlippedLayer::hidden);
                 }),
        variable("theory_critical_readout_flip_fraction", "1", "the same for readout_flip_fraction",
                 [](const SpectrumParameters& parameters) {
                     return critical_flip_fraction(parameters, FlippedLayer::readout);
                 }),
    };
}

}  // namespace curldescent
