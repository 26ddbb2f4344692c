#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <utility>

#include "curldescent/theory/phase_boundary.hpp"
#include "layout_parts.hpp"

namespace curldescent {
namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
constexpr double input_variance = 0.5;  // C = I/2

/// Whether theory is asked about a teacher's weights: where the student starts there, and where they are measured.
bool is_about_teacher(const RunSettings& run) {
    return run.initialization.start == Start::teacher || run.analysis.stability.place == StabilityPlace::teacher;
}

/// sigma1^2, the variance of a hidden weight times M; ||W2||^2 is the same. Of the teacher, or of the student's start,
/// near which its solution is.
double weight_variance(const RunSettings& run) {
    const Initialization& initialization = run.initialization;
    const bool teacher = is_about_teacher(run);
    if (teacher && initialization.rescale_teacher) return 1.0;
    const double scale = teacher ? initialization.teacher_scale : initialization.student_scale;
    return initialization.distribution == Distribution::uniform ? scale * scale / 3.0 : scale * scale;
}

/// The random matrix of a point's networks, as they are, with whole neurons. Nothing where theory is silent: for
/// several outputs, postsynaptic flips, flips of another strength, and weights of no size.
std::optional<SpectrumParameters> spectrum_parameters(const RunSettings& run) {
    const auto& [network, initialization, plasticity, training, recording, analysis] = run;
    const double variance = weight_variance(run);
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

/// Of every point. Nothing for data of the user's own, whose weights and inputs theory does not know.
std::vector<std::optional<SpectrumParameters>> parameters_of_points(const Experiment& experiment) {
    std::vector<std::optional<SpectrumParameters>> points(static_cast<std::size_t>(experiment.sweep.points()));
    if (!experiment.settings.data_file.empty()) return points;
    for (std::size_t point = 0; point < points.size(); ++point) {
        points[point] =
            spectrum_parameters(resolve(experiment.sweep.at(experiment.settings, static_cast<std::int64_t>(point))));
    }
    return points;
}

/// `critical_flip_fraction` of one layer, solved once for all points that differ in that layer's fraction alone.
class CriticalFraction {
  public:
    explicit CriticalFraction(FlippedLayer layer) : layer_(layer) {}

    double operator()(SpectrumParameters parameters) {
        auto& [ratio, hidden, readout, variance, squared_norm] = parameters;
        (layer_ == FlippedLayer::hidden ? hidden : readout) = 0.0;
        const auto [place, is_new] = known_.try_emplace({ratio, hidden, readout, variance, squared_norm});
        if (is_new) place->second = critical_flip_fraction(parameters, layer_);
        return place->second;
    }

  private:
    FlippedLayer layer_;
    std::map<std::array<double, 5>, double> known_;
};

/// One quantity of theory at every point.
template <class Quantity>
std::vector<double> at_points(const std::vector<std::optional<SpectrumParameters>>& points, Quantity quantity) {
    std::vector<double> values;
    for (const auto& parameters : points) values.push_back(parameters ? quantity(*parameters) : missing);
    return values;
}

}  // namespace

std::vector<Variable> theory_variables(const Experiment& experiment, const std::string& labels) {
    const auto points = parameters_of_points(experiment);
    const auto variable = [&](std::string_view name, std::string_view units, std::string_view description,
                              auto quantity) {
        return Variable{.name = std::string(name),
                        .dimensions = {Dimension::point},
                        .type = ValueType::real64,
                        .units = std::string(units),
                        .description = std::string(description),
                        .content = at_points(points, std::move(quantity)),
                        .group = Group::root,
                        .coordinates = labels};
    };
    return {
        variable("theory_lower_edge", "1",
                 "lower edge of the spectrum of ||W2||^2 D1 + W1^T D2 W1 by random-matrix theory, for large linear "
                 "networks with the weights' variances; positive: the solution manifold is stable",
                 [](const SpectrumParameters& parameters) { return lower_edge(parameters); }),
        variable("theory_rightmost", "per epoch and learning rate",
                 "rate of the fastest growing direction by theory of linear networks, -theory_lower_edge / 2: for "
                 "inputs of variance 1/2 and many samples, to compare with stability_rightmost_unconstrained",
                 [](const SpectrumParameters& parameters) { return -input_variance * lower_edge(parameters); }),
        variable("theory_stable", "1",
                 "1 where theory says that the solution manifold of a linear network is stable, else 0",
                 [](const SpectrumParameters& parameters) { return is_stable(parameters) ? 1.0 : 0.0; }),
        variable(
            "theory_critical_hidden_flip_fraction", "1",
            "the hidden_flip_fraction above which the solution manifold of a linear network is unstable by theory; "
            "infinite: none, minus infinite: unstable without flips",
            CriticalFraction(FlippedLayer::hidden)),
        variable("theory_critical_readout_flip_fraction", "1", "the same for readout_flip_fraction",
                 CriticalFraction(FlippedLayer::readout)),
    };
}

}  // namespace curldescent
