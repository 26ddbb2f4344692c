#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "curldescent/analysis/saddle_index.hpp"
#include "curldescent/analysis/spectrum_peak.hpp"
#include "curldescent/experiment/experiment.hpp"

namespace curldescent {

/// One unit of work: some rules of one replicate of one point, which share teacher, start, data and batch
/// order. Plain bytes: it travels between ranks as it is.
struct Task {
    std::int64_t index = 0;  ///< point * replicates + replicate
    std::int64_t point = 0;
    std::int64_t replicate = 0;
    std::uint64_t seed = 0;  ///< of the experiment
    std::array<Rule, 4> rule_list{};
    std::array<std::uint8_t, 4> rule_rows{};  ///< of each rule of the list: its place among the experiment's rules
    std::uint32_t rule_count = 0;
    double expected_seconds = 0.0;  ///< of all its runs, when none ends early; 0 when nobody has said
    RunSettings settings;

    [[nodiscard]] std::span<const Rule> rules() const { return {rule_list.data(), rule_count}; }
};
static_assert(std::is_trivially_copyable_v<Task>);
static_assert(sizeof(Task) <= 2048, "MPI sends a task at once only when it is small");

/// What became of a run.
enum class RunStatus : std::uint8_t { pending, done, diverged, failed };

/// Whether a run needs no more computing.
constexpr bool is_finished(RunStatus status) {
    return status == RunStatus::done || status == RunStatus::diverged;
}

template <>
inline constexpr std::array<std::string_view, 4> enumeration_names<RunStatus>{"pending", "done", "diverged", "failed"};

/// Chaos indicators of a run (MODEL.md section 5), exponents per epoch. Empty or NaN: not measured.
struct ChaosResult {
    std::vector<double> exponents;             ///< the leading k
    std::vector<double> exponents_low;         ///< of their 95 % intervals
    std::vector<double> exponents_high;        ///< the same
    std::vector<double> exponents_per_update;  ///< the exponents of one update
    std::vector<double> windows;               ///< the leading exponent in windows that follow each other
    LyapunovEstimate lyapunov;                 ///< what goes with them
    MeanEstimate twin;                         ///< leading exponent from twin trajectories
    double order_parameter = std::numeric_limits<double>::quiet_NaN();
    double zero_one = std::numeric_limits<double>::quiet_NaN();
    SpectrumPeak peak;  ///< of the loss
    LossSummary loss;
    Regime regime = Regime::missing;
};

/// The speed of learning of a run (MODEL.md section 6). Empty or NaN: not measured.
struct SpeedResult {
    std::vector<double> epochs_to_train_loss;  ///< at each threshold; NaN: never reached
    std::vector<double> epochs_to_test_loss;   ///< the same
    double best_train_loss = std::numeric_limits<double>::quiet_NaN();
    double best_test_loss = std::numeric_limits<double>::quiet_NaN();
    AscentSummary ascent;
};

/// When the update field of a run is looked at.
enum class Stage : std::uint8_t { start, plateau, end };

template <>
inline constexpr std::array<std::string_view, 3> enumeration_names<Stage>{"start", "plateau", "end"};

/// Gradient and curl along a run (MODEL.md section 6). Empty or NaN: not measured.
struct CurlResult {
    std::vector<double> gradient_norm;  ///< at each recorded epoch
    std::vector<double> alignment;      ///< at each recorded epoch
    PlateauSummary plateau;
    std::vector<double> curl_strength;        ///< at each stage
    std::vector<double> curl_strength_error;  ///< at each stage
    SaddleIndex saddle;
};

/// All that is stored of one run.
struct RunResult {
    RunStatus status = RunStatus::pending;
    std::string message;             ///< why it failed; empty otherwise
    double final_train_loss = 0.0;   ///< infinite when diverged, NaN when failed
    double final_test_loss = 0.0;    ///< the same
    std::vector<double> train_loss;  ///< at each recorded epoch
    std::vector<double> test_loss;   ///< at each recorded epoch
    double epochs_completed = 0.0;   ///< with finite weights; fewer than asked for when diverged or converged
    StabilityResult stability;
    SpeedResult speed;
    CurlResult curl;
    ChaosResult chaos;
    double wall_seconds = 0.0;
    double predicted_seconds = 0.0;  ///< its share of what the task was expected to take
    double updates = 0.0;
    std::int32_t rank = 0;  ///< that computed it
};

/// Every rule of an experiment, as a set of rules.
inline constexpr std::uint32_t every_rule = 0xF;

/// The task with this index. Bit k of `rules` says whether the experiment's k-th rule is part of it.
Task make_task(const Experiment& experiment, std::int64_t index, std::uint32_t rules = every_rule);

/// The number of updates of a run that does not end early.
double foreseen_updates(const RunSettings& settings);

}  // namespace curldescent
