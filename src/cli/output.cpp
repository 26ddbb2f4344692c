#include "output.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>

#include "curldescent/ensemble/ensemble.hpp"
#include "curldescent/experiment/calibration.hpp"
#include "curldescent/model/error.hpp"
#include "curldescent/storage/data_file.hpp"
#include "curldescent/storage/grown_file.hpp"
#include "curldescent/storage/provenance.hpp"
#include "differences_text.hpp"
#include "duration.hpp"
#include "new_file.hpp"
#include "same_experiment.hpp"
#include "shard.hpp"
#include "stop_signals.hpp"
#include "time_limit.hpp"

namespace curldescent::cli {
namespace {

namespace fs = std::filesystem;

/// The program replaces what is at the output: it must not be what the user gives.
void refuse_own_input(const std::string& output, const Experiment& experiment) {
    for (const std::string& input : {experiment.source, data_path(experiment)}) {
        std::error_code missing;
        if (!input.empty() && fs::equivalent(output, input, missing)) {
            throw InputError(
                fmt::format("--output {}: is an input of this run ({}); choose another name", output, input));
        }
    }
}

void warn_of_another_build(ResultsFile& results) {
    const auto differences = differing_builds(read_provenance(results), this_build());
    if (differences.empty()) return;
    fmt::print(stderr,
               "curldescent: warning: {} was begun by another build; rows of the two agree only where the builds do. "
               "They differ in:{}\n",
               results.path(), differences_text(differences, "in the file", "now"));
}

/// Whether to go on waiting for the run that writes the output: says so once, and ends with --wait-for-output, when
/// this run is told to stop, or has to.
std::function<bool()> patience(const RunArguments& arguments) {
    using Clock = std::chrono::steady_clock;
    const double longest = std::min(arguments.wait_for_output, limits_of(arguments, 0.0).session);
    return [&arguments, longest, start = std::optional<Clock::time_point>()]() mutable {
        if (longest <= 0.0 || !stop_signal().empty()) return false;
        if (!start) {
            start = Clock::now();
            fmt::print(stderr, "curldescent: {}: is being written by another run; waits {} for its end\n",
                       arguments.output, duration_text(longest));
        }
        return std::chrono::duration<double>(Clock::now() - *start).count() < longest;
    };
}

/// Returns the partial name of a file without results.
std::string create(const RunArguments& arguments, const Experiment& experiment, const SuppliedData& supplied,
                   const std::vector<std::string>& hosts) {
    Provenance provenance = make_provenance(experiment, checksum(supplied));
    provenance.hosts = fmt::format("{}", fmt::join(hosts, "\n"));
    provenance.ranks = static_cast<double>(hosts.size());
    provenance.shard = shard_text(arguments.shard);
    return make_partial(arguments.output, experiment, [&](const std::string& partial) {
        create_results_file(partial, whole_layout(experiment, provenance), extents_of(experiment));
    });
}

/// Returns the partial name of a file with the results of an older one, which has fewer replicates. The experiment is
/// that of today, as is the share, since other tasks make up the shares then; all else the file says of its beginning
/// stays.
std::string grow(ResultsFile& older, const Experiment& experiment, const Shard& shard) {
    Provenance provenance = read_provenance(older);
    const bool was_part = stored_shard(provenance.shard) != Shard{};
    const Provenance now = make_provenance(experiment, provenance.data_checksum);
    provenance.experiment_file = now.experiment_file;
    provenance.experiment_text = now.experiment_text;
    provenance.overrides = now.overrides;
    provenance.settings = now.settings;
    provenance.shard = shard_text(shard);
    std::string partial = make_partial(older.path(), experiment, [&](const std::string& path) {
        create_grown_file(older, path, whole_layout(experiment, provenance), extents_of(experiment));
    });
    fmt::print(stderr, "curldescent: {}: grows from {} to {} replicates\n", older.path(), older.extents().replicates,
               experiment.settings.replicates);
    if (was_part) {
        fmt::print(stderr,
                   "curldescent: warning: {}: with more replicates the tasks are dealt anew, and runs that other parts "
                   "have are computed again; to spare that, merge the parts before they grow\n",
                   older.path());
    }
    return partial;
}

/// Whoever gives another share mistakes a file, or N; without a share, all that a part lacks is computed in it.
void check_share(ResultsFile& results, const Shard& given) {
    const Shard begun = stored_shard(read_provenance(results).shard);
    if (begun == Shard{} || begun == given) return;
    if (given != Shard{}) {
        throw InputError(
            fmt::format("--shard {}: {} was begun for share {}; go on with --shard {}, or use another output file",
                        shard_text(given), results.path(), shard_text(begun), shard_text(begun)));
    }
    fmt::print(stderr, "curldescent: warning: {} was begun for share {}; without --shard it gets the runs of all\n",
               results.path(), shard_text(begun));
}

/// Goes on with the file that is there, in itself or, for more replicates, in a larger copy.
PreparedOutput resume(const RunArguments& arguments, const Experiment& experiment, const SuppliedData& supplied) {
    ResultsFile results(arguments.output);
    const bool may_grow = arguments.replicates.has_value();
    check_same_experiment(results, experiment, supplied,
                          may_grow ? Replicates::as_stored_or_more : Replicates::as_stored);
    warn_of_another_build(results);
    const bool grows = results.extents().replicates != experiment.settings.replicates;
    if (!grows) check_share(results, arguments.shard);
    const CostModel model = calibrate_if_worthwhile(experiment, supplied);
    if (!grows) {
        return {.tasks = plan_missing(experiment, supplied, model, results), .beginning = Beginning::resumed};
    }
    const std::string partial = grow(results, experiment, arguments.shard);
    ResultsFile grown(partial);
    return {.tasks = plan_missing(experiment, supplied, model, grown),
            .partial = partial,
            .beginning = Beginning::resumed,
            .replace = Replace::allowed};
}

/// Begins a new file, which may replace one that is there with --overwrite.
PreparedOutput begin(const RunArguments& arguments, const Experiment& experiment, const SuppliedData& supplied,
                     const std::vector<std::string>& hosts) {
    const std::string& output = arguments.output;
    const bool exists = fs::exists(output);
    if (exists && !arguments.overwrite) {
        throw InputError(
            fmt::format("--output {}: the file exists; add --resume to go on with it, --overwrite to "
                        "replace it, or choose another name",
                        output));
    }
    if (exists) refuse_foreign(output);
    const CostModel model = calibrate_if_worthwhile(experiment, supplied);
    return {.tasks = plan_all(experiment, supplied, model),
            .partial = create(arguments, experiment, supplied, hosts),
            .replace = arguments.overwrite ? Replace::allowed : Replace::never};
}

}  // namespace

PreparedOutput prepare_output(const RunArguments& arguments, const Experiment& experiment, const SuppliedData& supplied,
                              const std::vector<std::string>& hosts) {
    const std::string& output = arguments.output;
    check_folder(output);
    refuse_own_input(output, experiment);
    auto lock = std::make_unique<OutputLock>(output, patience(arguments));
    PreparedOutput prepared = fs::exists(output) && arguments.resume ? resume(arguments, experiment, supplied)
                                                                     : begin(arguments, experiment, supplied, hosts);
    std::erase_if(prepared.tasks, [&](const PlannedTask& task) { return !belongs(task.index, arguments.shard); });
    prepared.lock = std::move(lock);
    return prepared;
}

}  // namespace curldescent::cli
