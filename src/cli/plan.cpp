#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "commands.hpp"
#include "curldescent/ensemble/ensemble.hpp"
#include "curldescent/ensemble/wall_time.hpp"
#include "curldescent/experiment/calibration.hpp"
#include "curldescent/model/error.hpp"
#include "curldescent/storage/data_file.hpp"
#include "curldescent/storage/provenance.hpp"
#include "input.hpp"
#include "job_script.hpp"

namespace curldescent::cli {
namespace {

namespace fs = std::filesystem;

constexpr double least_efficiency = 0.9;
constexpr double safety = 1.5;     // of the time asked of a cluster,
constexpr double reserve = 300.0;  // and beyond: jobs are stopped up to two minutes before their end
constexpr double start_up = 1.0;   // seconds, until the ranks have met and the scheduler has its prices
constexpr double hour = 3600.0;

void print_line(std::string_view title, const std::string& value) {
    fmt::print("{:<19}{}\n", title, value);
}

/// D-HH:MM:SS, rounded up.
std::string days_text(double seconds) {
    const auto whole = static_cast<std::int64_t>(std::ceil(std::min(seconds, 1e15)));
    return fmt::format("{}-{:02}:{:02}:{:02}", whole / 86400, whole / 3600 % 24, whole / 60 % 60, whole % 60);
}

/// A number of bytes in the unit that suits it.
std::string bytes_text(double bytes) {
    if (bytes < 1e6) return fmt::format("{:.1f} kB", bytes / 1e3);
    if (bytes < 1e9) return fmt::format("{:.2f} MB", bytes / 1e6);
    return fmt::format("{:.2f} GB", bytes / 1e9);
}

double all_updates(const Experiment& experiment) {
    double updates = 0.0;
    for (std::int64_t point = 0; point < experiment.sweep.points(); ++point) {
        updates += foreseen_updates(point_settings(experiment, point));
    }
    const Settings& settings = experiment.settings;
    return updates * static_cast<double>(settings.replicates) * static_cast<double>(settings.rules.size());
}

double results_size(const Experiment& experiment, const SuppliedData& supplied) {
    std::vector<Variable> layout = scientific_layout(experiment);
    std::ranges::move(provenance_layout(make_provenance(experiment, checksum(supplied))), std::back_inserter(layout));
    return file_size(layout, extents_of(experiment));
}

void print_work(const Experiment& experiment) {
    const Settings& settings = experiment.settings;
    std::vector<std::string_view> rules;
    for (const Rule rule : settings.rules) rules.push_back(to_string(rule));
    const std::int64_t tasks = experiment.sweep.points() * settings.replicates;
    print_line("experiment", settings.name);
    print_line("points", fmt::format("{}", experiment.sweep.points()));
    print_line("rules", fmt::format("{} ({})", rules.size(), fmt::join(rules, ", ")));
    print_line("replicates", fmt::format("{}", settings.replicates));
    print_line("tasks", fmt::format("{} (all rules of one replicate)", tasks));
    print_line("runs", fmt::format("{}", tasks * static_cast<std::int64_t>(rules.size())));
    print_line("updates", fmt::format("{:.0f}", all_updates(experiment)));
}

/// Wall times on one rank, on as many as are worth using, on some between, and on those asked for.
void print_wall_times(std::span<const TaskGroup> groups, std::int64_t worthwhile, std::int64_t asked) {
    constexpr std::int64_t step = 8;
    std::vector<std::int64_t> counts{worthwhile, asked};
    for (std::int64_t count = 1; count < worthwhile; count *= step) counts.push_back(count);
    std::ranges::sort(counts);
    counts.erase(std::unique(counts.begin(), counts.end()), counts.end());
    fmt::print("\n{:>10}  {:>14}  {:>10}\n", "ranks", "wall time", "efficiency");
    for (const std::int64_t count : counts) {
        fmt::print("{:>10}  {:>14}  {:>8.0f} %\n", count, days_text(start_up + wall_seconds(groups, count)),
                   100.0 * efficiency(groups, count, start_up));
    }
}

Job job_of(const PlanArguments& arguments, std::int64_t ranks, double wall) {
    const std::int64_t nodes = (ranks + arguments.cores_per_node - 1) / arguments.cores_per_node;
    return {.experiment = arguments.experiment,
            .output = fs::path(arguments.experiment).stem().string() + ".h5",
            .overrides = arguments.overrides,
            .nodes = nodes,
            .ranks_per_node = (ranks + nodes - 1) / nodes,
            .time = days_text(reserve + safety * wall)};
}

/// The name of the job script to write; empty when none is asked for. Throws InputError when it cannot be written.
std::string script_name(const PlanArguments& arguments) {
    if (!arguments.sbatch) return {};
    std::string name =
        arguments.sbatch->empty() ? fs::path(arguments.experiment).stem().string() + ".sbatch" : *arguments.sbatch;
    if (fs::exists(name)) {
        throw InputError(fmt::format("--sbatch {}: the file exists; remove it, or choose another name", name));
    }
    const fs::path folder = fs::absolute(name).parent_path();
    if (!fs::is_directory(folder)) {
        throw InputError(fmt::format("--sbatch {}: there is no folder {}; create it first", name, folder.string()));
    }
    return name;
}

void write_script(const std::string& name, const Job& job) {
    std::ofstream file(name);
    file << job_script(job, fs::read_symlink("/proc/self/exe").string());
    file.close();
    if (!file) throw InputError(fmt::format("--sbatch {}: cannot be written: {}", name, std::strerror(errno)));
}

}  // namespace

int print_plan(const PlanArguments& arguments) {
    const std::string script = script_name(arguments);
    const auto [experiment, supplied] = read_input(arguments.experiment, arguments.overrides);
    const CostModel model = calibrate(experiment, *supplied);
    const std::vector<TaskGroup> groups = group_tasks(plan_all(experiment, *supplied, model));
    const std::int64_t worthwhile = ranks_worth_using(groups, least_efficiency, start_up);
    const std::int64_t ranks = arguments.ranks > 0 ? arguments.ranks : worthwhile;

    print_work(experiment);
    print_line("core-hours", fmt::format("{:.4g} at most, on cores like this one: no early end of a run is foreseen",
                                         total_seconds(groups) / hour));
    print_line("longest task", fmt::format("{:.3g} s", groups.front().seconds));
    print_line("ranks worth using", fmt::format("{} (beyond, they would wait for more than {:.0f} % of their time)",
                                                worthwhile, 100.0 * (1.0 - least_efficiency)));
    print_line("results file", bytes_text(results_size(experiment, *supplied)));
    print_wall_times(groups, worthwhile, ranks);
    const Job job = job_of(arguments, ranks, wall_seconds(groups, ranks));
    if (!script.empty()) write_script(script, job);
    fmt::print("\n{}\n", script.empty() ? submission_line(job) : "sbatch " + quoted(script));
    return ExitCode::done;
}

}  // namespace curldescent::cli
