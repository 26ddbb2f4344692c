#include <fmt/format.h>

#include <array>
#include <boost/mpi/collectives.hpp>
#include <boost/mpi/environment.hpp>
#include <filesystem>
#include <limits>
#include <memory>

#include "commands.hpp"
#include "curldescent/ensemble/ensemble.hpp"
#include "curldescent/ensemble/mpi_channel.hpp"
#include "curldescent/model/error.hpp"
#include "curldescent/storage/provenance.hpp"
#include "curldescent/storage/unfinished.hpp"
#include "input.hpp"
#include "output.hpp"
#include "progress.hpp"
#include "session.hpp"

namespace curldescent::cli {
namespace {

namespace mpi = boost::mpi;

/// What rank 0 has made ready. The others know the supplied data alone.
struct Lead {
    Input input;
    PreparedOutput output;
};

Lead prepare(const RunArguments& arguments, const std::vector<std::string>& hosts) {
    if (arguments.resume && arguments.overwrite) {
        throw InputError("--resume and --overwrite exclude each other; give one of them");
    }
    Lead lead;
    std::vector<std::string> overrides = arguments.overrides;
    if (arguments.replicates) overrides.push_back(fmt::format("experiment.replicates={}", *arguments.replicates));
    lead.input = read_input(arguments.experiment, overrides);
    lead.output = prepare_output(arguments, lead.input.experiment, *lead.input.supplied, hosts);
    return lead;
}

/// Rank 0 prepares the run, and all ranks open the results: under their partial name when they are new, which they lose
/// only when all have them open, so that nothing is replaced before the run can start. Nothing when that fails
/// anywhere.
std::unique_ptr<ResultsFile> start_together(const mpi::communicator& world, const RunArguments& arguments, Lead& lead) {
    std::vector<std::string> hosts;
    mpi::gather(world, mpi::environment::processor_name(), hosts, 0);
    std::string problem;
    if (world.rank() == 0) problem = problem_of(world, [&] { lead = prepare(arguments, hosts); });
    if (!all_well(world, problem)) return nullptr;

    const std::string data = broadcast(world, data_path(lead.input.experiment));
    const std::string partial = broadcast(world, lead.output.partial);
    problem = world.rank() == 0 ? "" : problem_of(world, [&] { lead.input.supplied = read_data(data); });
    std::unique_ptr<ResultsFile> results;
    if (all_well(world, problem)) results = open_together(world, partial.empty() ? arguments.output : partial);
    if (results && !partial.empty()) {
        const auto publish = [&] { publish_results_file(partial, arguments.output, lead.output.replace); };
        problem = world.rank() == 0 ? problem_of(world, publish) : "";
        if (!all_well(world, problem)) results.reset();
    }
    if (results) results->set_path(arguments.output);
    if (!results && world.rank() == 0 && !partial.empty()) std::filesystem::remove(partial);
    return results;
}

using RunsByStatus = std::array<std::int64_t, enumeration_names<RunStatus>.size()>;

RunsByStatus lead_tasks(const mpi::communicator& world, const RunArguments& arguments, const Lead& lead,
                        ResultsFile& results) {
    const std::vector<PlannedTask>& tasks = lead.output.tasks;
    // The statistics in the file are those of its rows only as long as no row changes.
    if (!tasks.empty()) results.write_provenance("end_time", std::numeric_limits<double>::quiet_NaN());
    std::int64_t runs = 0;
    double cost = 0.0;
    for (const PlannedTask& task : tasks) {
        runs += run_count(task.rules);
        cost += task.expected_seconds;
    }
    fmt::print(stderr, "curldescent: {} runs in {} tasks on {} {}\n", runs, tasks.size(), world.size(),
               world.size() == 1 ? "rank" : "ranks");
    Progress progress(arguments.progress, runs, cost);
    RunsByStatus counts{};
    const auto on_report = [&](const PlannedTask& task, const TaskReport& report) {
        for (std::size_t k = 0; k < counts.size(); ++k) counts[k] += report.runs_by_status[k];
        progress.add(run_count(task.rules), task.expected_seconds);
    };
    lead_ensemble(world, lead.input.experiment, tasks, lead.input.supplied, results, on_report,
                  [&] { progress.tick(); });
    progress.finish();
    return counts;
}

/// What became of the runs of this session, and where to find why some failed.
void print_outcome(const RunsByStatus& counts, const PreparedOutput& prepared, const std::string& output) {
    const auto count = [&](RunStatus status) { return counts[static_cast<std::size_t>(status)]; };
    if (prepared.tasks.empty()) {
        fmt::print(stderr, "curldescent: {}: complete, nothing was left to run\n", output);
        return;
    }
    fmt::print(stderr, "curldescent: {}: {}{} runs done, {} diverged, {} failed\n", output,
               prepared.beginning == Beginning::resumed ? "resumed, now " : "", count(RunStatus::done),
               count(RunStatus::diverged), count(RunStatus::failed));
    if (count(RunStatus::failed) > 0) {
        fmt::print(stderr, "curldescent: see why with `curldescent status {}`; --resume tries them again\n", output);
    }
}

/// All runs, statistics and the end of the file. Returns the number of failed runs, on every rank.
std::int64_t run_together(const mpi::communicator& world, const RunArguments& arguments, const Lead& lead,
                          ResultsFile& results) {
    RunsByStatus counts{};
    if (world.rank() == 0) {
        counts = lead_tasks(world, arguments, lead, results);
    } else {
        join_ensemble(world, *lead.input.supplied, results);
    }
    finish_ensemble(world, results);
    if (world.rank() == 0) results.write_provenance("end_time", seconds_since_1970());
    results.close();
    if (world.rank() == 0) remove_unfinished(arguments.output);
    if (world.rank() == 0) print_outcome(counts, lead.output, arguments.output);
    auto failures = counts[static_cast<std::size_t>(RunStatus::failed)];
    mpi::broadcast(world, failures, 0);
    return failures;
}

}  // namespace

int run(const RunArguments& arguments) {
    // First, so that it outlives all that speaks to other ranks.
    const mpi::environment environment(mpi::threading::funneled);
    const mpi::communicator world;
    Lead lead;
    const auto results = start_together(world, arguments, lead);
    if (!results) return ExitCode::bad_input;
    std::int64_t failures = 0;
    run_or_abort(world, [&] { failures = run_together(world, arguments, lead, *results); });
    return failures > 0 ? ExitCode::failed : ExitCode::done;
}

int recompute_statistics(const std::string& file) {
    const mpi::environment environment(mpi::threading::funneled);
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
