#include <fmt/format.h>

#include <array>
#include <boost/mpi/collectives.hpp>
#include <boost/mpi/environment.hpp>
#include <chrono>
#include <filesystem>
#include <memory>
#include <numeric>

#include "commands.hpp"
#include "curldescent/ensemble/ensemble.hpp"
#include "curldescent/ensemble/mpi_channel.hpp"
#include "curldescent/ensemble/statistics.hpp"
#include "curldescent/model/error.hpp"
#include "curldescent/storage/data_file.hpp"
#include "output.hpp"
#include "progress.hpp"

namespace curldescent::cli {
namespace {

namespace mpi = boost::mpi;

/// What rank 0 knows and the others do not need.
struct Lead {
    Experiment experiment;
    std::shared_ptr<const SuppliedData> supplied;
    PreparedOutput output;
};

SuppliedData read_data(const std::string& path) {
    return path.empty() ? SuppliedData{} : read_supplied_data(path);
}

void check_data(const SuppliedData& supplied, const Experiment& experiment) {
    if (supplied.source.empty()) return;
    for (std::int64_t point = 0; point < experiment.sweep.points(); ++point) {
        validate(supplied, resolve(experiment.sweep.at(experiment.settings, point)));
    }
}

Lead prepare(const RunArguments& arguments, const std::vector<std::string>& hosts) {
    if (arguments.resume && arguments.overwrite) {
        throw InputError("--resume and --overwrite exclude each other; give one of them");
    }
    Lead lead;
    lead.experiment = read_experiment(arguments.experiment, arguments.overrides);
    lead.supplied = std::make_shared<const SuppliedData>(read_data(data_path(lead.experiment)));
    check_data(*lead.supplied, lead.experiment);
    lead.output = prepare_output(arguments, lead.experiment, *lead.supplied, hosts);
    return lead;
}

/// What every rank learns from rank 0 before it opens the files.
struct Start {
    bool created = false;  ///< whether the results file is new
    std::string data;      ///< path of the supplied data, or empty
};

/// Rank 0 prepares; all ranks learn whether it could. Nothing when it could not.
std::optional<Start> agree_on_start(const mpi::communicator& world, const RunArguments& arguments, Lead& lead) {
    std::vector<std::string> hosts;
    mpi::gather(world, mpi::environment::processor_name(), hosts, 0);
    const std::string created = "+";
    const std::string resumed = "=";
    const std::string refused = "-";
    std::string verdict;
    if (world.rank() == 0) {
        try {
            lead = prepare(arguments, hosts);
            verdict = (lead.output.created ? created : resumed) + data_path(lead.experiment);
        } catch (const std::exception& error) {
            fmt::print(stderr, "curldescent: {}\n", error.what());
            verdict = refused;
        }
    }
    verdict = broadcast(world, verdict);
    if (verdict == refused) return std::nullopt;
    return Start{.created = verdict.starts_with(created), .data = verdict.substr(1)};
}

/// Opens the results and the supplied data on every rank, or on none. A new file still has its partial name.
std::unique_ptr<ResultsFile> open_together(const mpi::communicator& world, const RunArguments& arguments,
                                           const Start& start, Lead& lead) {
    const std::string path = start.created ? partial_path(arguments.output) : arguments.output;
    std::unique_ptr<ResultsFile> results;
    std::string problem;
    try {
        if (world.rank() != 0) lead.supplied = std::make_shared<const SuppliedData>(read_data(start.data));
        results = std::make_unique<ResultsFile>(path, world);
        results->set_path(arguments.output);
    } catch (const std::exception& error) {
        problem = fmt::format("rank {} on {}: {}", world.rank(), mpi::environment::processor_name(), error.what());
    }
    std::vector<std::string> problems;
    mpi::all_gather(world, problem, problems);
    const auto first = std::ranges::find_if(problems, [](const std::string& text) { return !text.empty(); });
    if (first == problems.end()) return results;
    if (world.rank() == 0) {
        fmt::print(stderr, "curldescent: {}\n", *first);
        if (start.created) std::filesystem::remove(path);
    }
    return nullptr;
}

using RunsByStatus = std::array<std::int64_t, enumeration_names<RunStatus>.size()>;

RunsByStatus lead_tasks(const mpi::communicator& world, const RunArguments& arguments, const Lead& lead,
                        ResultsFile& results) {
    const std::vector<PlannedTask>& tasks = lead.output.tasks;
    std::int64_t runs = 0;
    double cost = 0.0;
    for (const PlannedTask& task : tasks) {
        runs += run_count(task.rules);
        cost += task.expected_cost;
    }
    fmt::print(stderr, "curldescent: {} runs in {} tasks on {} {}\n", runs, tasks.size(), world.size(),
               world.size() == 1 ? "rank" : "ranks");
    Progress progress(arguments.progress, runs, cost);
    RunsByStatus counts{};
    lead_ensemble(world, lead.experiment, tasks, lead.supplied, results,
                  [&](const PlannedTask& task, const TaskReport& report) {
                      for (std::size_t k = 0; k < counts.size(); ++k) counts[k] += report.runs_by_status[k];
                      progress.add(run_count(task.rules), task.expected_cost);
                  });
    progress.finish();
    return counts;
}

double seconds_since_1970() {
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

/// What became of the runs of this session, and where to find why some failed.
void print_outcome(const RunsByStatus& counts, const PreparedOutput& prepared, const std::string& output) {
    const auto count = [&](RunStatus status) { return counts[static_cast<std::size_t>(status)]; };
    if (prepared.tasks.empty()) {
        fmt::print(stderr, "curldescent: {}: complete, nothing was left to run\n", output);
        return;
    }
    fmt::print(stderr, "curldescent: {}: {}{} runs done, {} diverged, {} failed\n", output,
               prepared.created ? "" : "resumed, now ", count(RunStatus::done), count(RunStatus::diverged),
               count(RunStatus::failed));
    if (count(RunStatus::failed) > 0) {
        fmt::print(stderr, "curldescent: see why with `curldescent status {}`; --resume tries them again\n", output);
    }
}

int run_together(const mpi::communicator& world, const RunArguments& arguments, const Lead& lead,
                 ResultsFile& results) {
    RunsByStatus counts{};
    if (world.rank() == 0) {
        // All ranks have it open: only now may it replace what is there.
        if (lead.output.created) publish_results_file(arguments.output);
        counts = lead_tasks(world, arguments, lead, results);
    } else {
        join_ensemble(world, *lead.supplied, results);
    }
    finish_ensemble(world, results);
    if (world.rank() == 0) results.write_provenance("end_time", seconds_since_1970());
    results.close();
    if (world.rank() == 0) print_outcome(counts, lead.output, arguments.output);
    auto failures = counts[static_cast<std::size_t>(RunStatus::failed)];
    mpi::broadcast(world, failures, 0);
    return failures > 0 ? ExitCode::failed : ExitCode::done;
}

}  // namespace

int run(const RunArguments& arguments) {
    // Outside of any try block: it must outlive the handlers below, which still speak to the other ranks.
    const mpi::environment environment(mpi::threading::funneled);
    const mpi::communicator world;
    Lead lead;
    const auto start = agree_on_start(world, arguments, lead);
    if (!start) return ExitCode::bad_input;
    const auto results = open_together(world, arguments, *start, lead);
    if (!results) return ExitCode::bad_input;
    try {
        return run_together(world, arguments, lead, *results);
    } catch (const std::exception& error) {
        // Before the file is closed, which would wait for the other ranks forever.
        fmt::print(stderr, "curldescent: rank {} on {}: {}\n", world.rank(), mpi::environment::processor_name(),
                   error.what());
        mpi::environment::abort(ExitCode::failed);
    }
    return ExitCode::failed;
}

int recompute_statistics(const std::string& file) {
    const mpi::environment environment(mpi::threading::funneled);
    const mpi::communicator world;
    ResultsFile results(file, world);
    finish_ensemble(world, results);
    results.close();
    return ExitCode::done;
}

}  // namespace curldescent::cli
