#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <boost/mpi/collectives.hpp>
#include <boost/mpi/environment.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <limits>
#include <memory>

#include "commands.hpp"
#include "curldescent/ensemble/ensemble.hpp"
#include "curldescent/ensemble/mpi_channel.hpp"
#include "curldescent/model/error.hpp"
#include "curldescent/storage/checkpoints.hpp"
#include "curldescent/storage/data_file.hpp"
#include "curldescent/storage/provenance.hpp"
#include "curldescent/storage/unfinished.hpp"
#include "duration.hpp"
#include "input.hpp"
#include "launch_check.hpp"
#include "launcher.hpp"
#include "mpi_environment.hpp"
#include "outcome.hpp"
#include "output.hpp"
#include "progress.hpp"
#include "session.hpp"
#include "stop_signals.hpp"
#include "time_limit.hpp"

namespace curldescent::cli {
namespace {

namespace mpi = boost::mpi;

/// What rank 0 has made ready. The others know the supplied data alone.
struct Lead {
    Input input;
    PreparedOutput output;
    std::string origin;  ///< of checkpoints
    std::vector<std::string> hosts;
    ExitCode refusal = ExitCode::bad_input;  ///< if it cannot be made ready
};

double seconds_since_start() {
    static const auto start = std::chrono::steady_clock::now();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void prepare(Lead& lead, const RunArguments& arguments, const std::vector<std::string>& hosts) {
    if (arguments.resume && arguments.overwrite) {
        throw InputError("--resume and --overwrite exclude each other; give one of them");
    }
    (void)limits_of(arguments, 0.0);  // refuses what is no limit before anything is made
    std::vector<std::string> overrides = arguments.overrides;
    if (arguments.replicates) overrides.push_back(fmt::format("experiment.replicates={}", *arguments.replicates));
    lead.input = read_input(arguments.experiment, overrides);
    try {
        lead.output = prepare_output(arguments, lead.input.experiment, *lead.input.supplied, hosts);
    } catch (const OutputTaken&) {
        if (arguments.wait_for_output > 0.0) lead.refusal = ExitCode::stopped;  // for today: try again later
        throw;
    }
    lead.origin = checkpoint_origin(lead.input.experiment, checksum(*lead.input.supplied));
    lead.hosts = hosts;
}

/// Rank 0 prepares the run, and all ranks open the results: under their partial name when they are new, which they lose
/// only when all have them open, so that nothing is replaced before the run can start. Nothing when that fails
/// anywhere.
std::unique_ptr<ResultsFile> start_together(const mpi::communicator& world, const RunArguments& arguments, Lead& lead) {
    const auto hosts = check_launch(world, arguments.output);
    if (!hosts) return nullptr;
    std::string problem;
    if (world.rank() == 0) problem = problem_of(world, [&] { prepare(lead, arguments, *hosts); });
    if (!all_well(world, problem)) return nullptr;

    const std::string data = broadcast(world, data_path(lead.input.experiment));
    const std::string partial = broadcast(world, lead.output.partial);
    problem = world.rank() == 0 ? "" : problem_of(world, [&] { lead.input.supplied = read_data(data); });
    std::unique_ptr<ResultsFile> results;
    const bool have_data =
        all_well(world, problem) && have_same_data(world, *hosts, data, checksum(*lead.input.supplied));
    if (have_data) results = open_together(world, partial.empty() ? arguments.output : partial);
    if (results && !partial.empty()) {
        const auto publish = [&] { publish_results_file(partial, arguments.output, lead.output.replace); };
        problem = world.rank() == 0 ? problem_of(world, publish) : "";
        if (!all_well(world, problem)) results.reset();
    }
    if (results) results->set_path(arguments.output);
    if (!results && world.rank() == 0 && !partial.empty()) std::filesystem::remove(partial);
    return results;
}

SessionOutcome lead_tasks(const EnsembleContext& context, const RunArguments& arguments, const Lead& lead) {
    const std::vector<PlannedTask>& tasks = lead.output.tasks;
    // The statistics in the file are those of its rows only as long as no row changes.
    if (!tasks.empty()) context.results.write_provenance("end_time", std::numeric_limits<double>::quiet_NaN());
    const int ranks = context.world.size();
    std::int64_t runs = 0;
    double cost = 0.0;
    for (const PlannedTask& task : tasks) {
        runs += run_count(task.rules);
        cost += task.expected_seconds;
    }
    fmt::print(stderr, "curldescent: {} runs in {} tasks on {} {}\n", runs, tasks.size(), ranks,
               ranks == 1 ? "rank" : "ranks");
    Progress progress(arguments.progress, runs, cost);
    SessionOutcome outcome;
    const EnsembleNews news{.on_report =
                                [&](const PlannedTask& task, const TaskReport& report) {
                                    for (std::size_t k = 0; k < outcome.counts.size(); ++k) {
                                        outcome.counts[k] += report.runs_by_status[k];
                                    }
                                    progress.add(run_count(task.rules), task.expected_seconds);
                                },
                            .while_waiting = [&] { progress.tick(); },
                            .on_silence = [&](const SilentWorker& silent) { name_silent(silent, lead.hosts); }};
    outcome.dispatch =
        lead_ensemble(context, lead.input.experiment, tasks, limits_of(arguments, seconds_since_start()), news);
    progress.finish();
    return outcome;
}

/// Ends a session in which ranks do not answer: what all do together cannot be done.
void end_without(const SessionOutcome& outcome, const Lead& lead, const RunArguments& arguments, ResultsFile& results) {
    for (const SilentWorker& silent : outcome.dispatch.given_up) name_silent(silent, lead.hosts);
    print_outcome(outcome, lead.output, arguments);
    finish_alone(results);
    mpi::environment::abort(ExitCode::stopped);
}

/// The same on every rank.
ExitCode broadcast_code(const mpi::communicator& world, ExitCode rank_zeros) {
    int code = rank_zeros;
    mpi::broadcast(world, code, 0);
    return static_cast<ExitCode>(code);
}

/// All runs, statistics and the end of the file. Returns the exit code, the same on every rank.
ExitCode run_together(const EnsembleContext& context, const RunArguments& arguments, const Lead& lead) {
    const bool leads = context.world.rank() == 0;
    SessionOutcome outcome;
    if (leads) {
        outcome = lead_tasks(context, arguments, lead);
    } else {
        join_ensemble(context);
    }
    ResultsFile& results = context.results;
    if (!outcome.dispatch.given_up.empty()) end_without(outcome, lead, arguments, results);  // does not return
    finish_ensemble(context.world, results);
    const bool complete = outcome.dispatch.left == 0 && arguments.shard == Shard{};
    if (leads && complete) results.write_provenance("end_time", seconds_since_1970());
    results.close();
    if (leads && outcome.exit_code() == ExitCode::done) remove_unfinished(arguments.output);
    if (leads) print_outcome(outcome, lead.output, arguments);
    if (leads && !arguments.exit_code_file.empty()) {
        std::ofstream(arguments.exit_code_file) << static_cast<int>(outcome.exit_code()) << '\n';
    }
    return broadcast_code(context.world, outcome.exit_code());
}

}  // namespace

int run(const RunArguments& arguments) {
    (void)seconds_since_start();  // starts the clock
    end_with_launcher();
    catch_stop_signals();
    if (!can_join_others()) return ExitCode::bad_input;
    const MpiEnvironment environment;
    const mpi::communicator world;
    Lead lead;
    const auto results = start_together(world, arguments, lead);
    if (!results) return broadcast_code(world, lead.refusal);
    ExitCode code = ExitCode::done;
    run_or_abort(world, [&] {
        const Checkpoints checkpoints(unfinished_folder(arguments.output), broadcast(world, lead.origin));
        const EnsembleContext context{
            .world = world,
            .supplied = lead.input.supplied,
            .results = *results,
            .checkpoints = checkpoints,
            .options = {.between_saves = arguments.between_checkpoints,
                        .task_limit = arguments.task_limit,
                        .between_signs = std::min(5.0, arguments.silence / 4.0)},
            .stop_requested = [] { return !stop_signal().empty(); },
            .warn = [](const std::string& text) { fmt::print(stderr, "curldescent: warning: {}\n", text); }};
        code = run_together(context, arguments, lead);
    });
    return code;
}

int recompute_statistics(const std::string& file) {
    const MpiEnvironment environment;
    const mpi::communicator world;
    std::unique_ptr<OutputLock> lock;
    const auto look = [&] {
        const ResultsFile opened(file);  // says more clearly than MPI-IO what is wrong with a file
        lock = std::make_unique<OutputLock>(file);
    };
    if (!all_well(world, world.rank() == 0 ? problem_of(world, look) : "")) return ExitCode::bad_input;
    const auto results = open_together(world, file);
    if (!results) return ExitCode::bad_input;
    run_or_abort(world, [&] {
        finish_ensemble(world, *results);
        results->close();
    });
    return ExitCode::done;
}

}  // namespace curldescent::cli
