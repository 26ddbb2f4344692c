#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "curldescent/analysis/curl_strength.hpp"
#include "curldescent/analysis/epoch_losses.hpp"
#include "curldescent/analysis/learning_curve.hpp"
#include "curldescent/analysis/lyapunov_measurement.hpp"
#include "curldescent/analysis/plateau.hpp"
#include "curldescent/analysis/regime.hpp"
#include "curldescent/analysis/stability.hpp"
#include "curldescent/dynamics/trainer.hpp"
#include "curldescent/model/initialization.hpp"
#include "curldescent/model/plasticity.hpp"
#include "curldescent/model/supplied_data.hpp"

namespace curldescent {

/// Which epochs are recorded.
struct Recording {
    std::int64_t records = 100;  ///< at least 1, the start not counted; fewer where rounding makes them coincide
    RecordSpacing spacing = RecordSpacing::log;
};

/// Which measurements are made beside the learning curve.
struct Analysis {
    LyapunovOptions lyapunov;
    bool twin = false;                        ///< whether a twin trajectory checks the leading exponent
    std::int64_t order_parameter_epochs = 0;  ///< K, the last recorded epochs of q; 0: no q; else at least 2
    std::int64_t loss_epochs = 0;  ///< the last epochs whose losses go through the 0-1 test and spectrum; 0: none
    RegimeOptions regime;
    StabilityOptions stability;
    LossThresholds loss_thresholds;
    bool ascent = false;     ///< of the training loss, from epoch to epoch
    bool alignment = false;  ///< of the update with the negative gradient, and the gradient's norm
    PlateauOptions plateau;
    CurlOptions curl;
    bool saddle_index = false;     ///< of the plateau
    std::optional<Rule> baseline;  ///< with which the other rules are compared in the results file

    /// Whether losses are looked at after every epoch.
    [[nodiscard]] bool sees_every_epoch() const { return loss_thresholds.count > 0 || ascent; }

    /// Whether the gradient is evaluated at recorded epochs.
    [[nodiscard]] bool needs_gradient() const { return alignment || plateau.measured; }

    /// Whether the Jacobian of the update field or of the gradient is looked at.
    [[nodiscard]] bool needs_jacobian() const { return curl.measured || saddle_index; }
};

/// Everything that determines a run, but for its rule, its random numbers and supplied data. Plain bytes: it travels
/// between ranks as it is.
struct RunSettings {
    Network network;
    Initialization initialization;
    Plasticity plasticity;
    Training training;
    Recording recording;
    Analysis analysis;
};
static_assert(std::is_trivially_copyable_v<RunSettings>);

/// The keys of an experiment file as the user wrote them, the sweep apart. Where a quantity can be given in two ways
/// (hidden or ratio, flips or fraction) both are optional here, and `resolve` decides.
struct Settings {
    std::string name = "experiment";
    std::int64_t seed = 1;
    std::int64_t replicates = 10;
    std::vector<Rule> rules{Rule::gradient_descent, Rule::curl_descent, Rule::feedback_alignment,
                            Rule::curl_feedback_alignment};
    std::string data_file;

    std::optional<std::int64_t> inputs;
    std::optional<std::int64_t> hidden;
    std::optional<std::int64_t> total_neurons;
    std::optional<double> ratio;
    std::optional<std::int64_t> teacher_hidden;
    std::optional<Activation> output_activation;
    std::optional<std::int64_t> hidden_flips;
    std::optional<double> hidden_flip_fraction;
    std::optional<std::int64_t> readout_flips;
    std::optional<double> readout_flip_fraction;

    /// The keys that need no decision. Its sizes, flips and output activation are set by `resolve`; its batch may
    /// still be 0, which means all samples.
    RunSettings run;
};

/// What every run of a point has, with all alternatives decided:
/// M = int(total / (1 + 1 / ratio)), N = int(total / (1 + ratio)), flips = int(fraction * neurons), each truncated.
/// Throws InputError when alternatives exclude each other or the keys do not fit together.
RunSettings resolve(const Settings& settings);

/// The epochs that a run's settings record, the start (0) first.
std::vector<std::int64_t> recorded_epochs(const RunSettings& run);

/// The sizes that supplied data must fit.
DataSizes data_sizes(const RunSettings& run);

/// Checks shapes, finiteness and completeness of supplied data against a run.
/// Throws InputError that names the file, the array, its shape as stored and the shape needed.
void validate(const SuppliedData& supplied, const RunSettings& run);

}  // namespace curldescent
