#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "curldescent/ensemble/schedule.hpp"
#include "curldescent/model/enumeration.hpp"
#include "curldescent/theory/phase_boundary.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's name
class App;
}

namespace curldescent::cli {

/// Exit codes of every command.
enum ExitCode : int {
    done = 0,
    failed = 1,     ///< a run failed, or the program did
    bad_input = 2,  ///< bad input or usage
    stopped = 3,    ///< ended early by a time limit or a signal, with work left
};

/// How `run` shows its progress: a bar that is redrawn, lines now and then, nothing, or what suits the
/// output.
enum class ProgressMode : std::uint8_t { automatic, bar, lines, none };

/// The arguments of `run`.
struct RunArguments {
    std::string experiment;
    std::string output;
    bool resume = false;
    bool overwrite = false;
    std::optional<std::int64_t> replicates;  ///< in place of the experiment's; with --resume a file may grow to it
    Shard shard;                             ///< of the tasks, that is to be run
    std::vector<std::string> overrides;
    ProgressMode progress = ProgressMode::automatic;

    // In seconds.
    double time_limit = never;           ///< of the whole program
    double grace = missing;              ///< before the limit, or after a signal, to end in; missing: see `limits_of`
    double between_checkpoints = 600.0;  ///< of a task under way
    double task_limit = never;           ///< of one task
    double silence = 900.0;              ///< of a rank with a task, before it is named
    double wait_for_output = 0.0;        ///< while another run writes the output

    std::string exit_code_file;  ///< to write the exit code to at an orderly end; empty: none

    static constexpr double never = std::numeric_limits<double>::infinity();
    static constexpr double missing = std::numeric_limits<double>::quiet_NaN();
};

/// The arguments of `plan`.
struct PlanArguments {
    std::string experiment;
    std::vector<std::string> overrides;
    std::int64_t ranks = 0;  ///< to plan for; 0: as many as are worth using
    std::int64_t cores_per_node = 64;
    std::optional<std::string> sbatch;  ///< job script to write; empty: named after the experiment
};

/// The arguments of the commands of `theory`, each for every combination of ratios and fractions.
struct TheoryArguments {
    std::vector<double> ratios{1.0};
    std::vector<double> hidden_flip_fractions{0.0};
    std::vector<double> readout_flip_fractions{0.0};
    double weight_variance = 1.0;
    double squared_readout_norm = 1.0;
    std::int64_t points = 200;  ///< of each band, for its density
    FlippedLayer layer =
        FlippedLayer::hidden;       ///< whose fraction is sought or, for critical ratios, given in `fractions`
    std::vector<double> fractions;  ///< of flips in `layer`
};

/// The arguments of `compare`.
struct CompareArguments {
    std::string file;
    std::string baseline = "gradient-descent";
    std::vector<std::string> variables;  ///< empty: all that can be compared
    bool csv = false;
};

/// The arguments of `merge`.
struct MergeArguments {
    std::vector<std::string> parts;
    std::string output;
    bool overwrite = false;
};

/// Each command does its work, prints results to standard output and messages to standard error, and returns
/// its exit code. They throw InputError and StorageError.
int run(const RunArguments& arguments);
int print_plan(const PlanArguments& arguments);
int print_status(const std::string& file);
int verify(const std::string& file);
int print_digest(const std::string& file);
int print_template();
int recompute_statistics(const std::string& file);
int print_lower_edges(const TheoryArguments& arguments);
int print_bands(const TheoryArguments& arguments);
int print_density(const TheoryArguments& arguments);
int print_boundary(const TheoryArguments& arguments);
int print_critical_ratios(const TheoryArguments& arguments);

/// Adds `theory` and its commands to the command line. They fill `arguments`, and `command` with what to do.
void describe_theory(CLI::App& app, TheoryArguments& arguments, std::function<int()>& command);
int compare(const CompareArguments& arguments);
int merge(const MergeArguments& arguments);

}  // namespace curldescent::cli

template <>
inline constexpr std::array<std::string_view, 4> curldescent::enumeration_names<curldescent::cli::ProgressMode>{
    "auto", "bar", "lines", "none"};

template <>
inline constexpr std::array<std::string_view, 2> curldescent::enumeration_names<curldescent::FlippedLayer>{"hidden",
                                                                                                           "readout"};
