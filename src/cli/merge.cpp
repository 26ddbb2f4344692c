#include <fmt/format.h>

#include <algorithm>
#include <boost/algorithm/string/replace.hpp>
#include <boost/mpi/communicator.hpp>
#include <boost/mpi/environment.hpp>
#include <filesystem>

#include "commands.hpp"
#include "curldescent/ensemble/ensemble.hpp"
#include "curldescent/experiment/experiment_difference.hpp"
#include "curldescent/model/error.hpp"
#include "curldescent/storage/merged_file.hpp"
#include "curldescent/storage/output_lock.hpp"
#include "curldescent/storage/provenance.hpp"
#include "new_file.hpp"

namespace curldescent::cli {
namespace {

namespace fs = std::filesystem;

void check_arguments(const MergeArguments& arguments) {
    check_folder(arguments.output);
    for (const std::string& part : arguments.parts) {
        std::error_code missing;
        if (fs::equivalent(arguments.output, part, missing)) {
            throw InputError(fmt::format("--output {}: is one of the files to merge ({}); choose another name",
                                         arguments.output, part));
        }
    }
    if (!fs::exists(arguments.output)) return;
    if (!arguments.overwrite) {
        throw InputError(fmt::format(
            "--output {}: the file exists; add --overwrite to replace it, or choose another name", arguments.output));
    }
    refuse_foreign(arguments.output);
}

std::string differences_text(const std::vector<KeyDifference>& differences) {
    std::string text;
    for (const auto& [key, stored, given] : differences) {
        text += fmt::format("\n  {}: {} there, {} here", key, stored, given);
    }
    return text;
}

/// Throws where a part is not of the experiment, the data and the build of the first one.
void check_like_first(ResultsFile& first, const Experiment& experiment, ResultsFile& part) {
    const auto differences = differing_keys(experiment, part.read_experiment());
    if (!differences.empty()) {
        throw InputError(fmt::format("merge {}: belongs to another experiment than {}; they differ in:{}", part.path(),
                                     first.path(), differences_text(differences)));
    }
    const auto differs = [&](const char* text) {
        return first.read_provenance_text(text) != part.read_provenance_text(text);
    };
    if (differs("data_checksum")) {
        throw InputError(fmt::format("merge {}: was run with other supplied data than {}", part.path(), first.path()));
    }
    if (differs("git_commit")) {
        fmt::print(
            stderr,
            "curldescent: warning: {} was begun by another build than {} ({}, {}); their rows agree only where the "
            "builds do\n",
            part.path(), first.path(), part.read_provenance_text("git_commit"),
            first.read_provenance_text("git_commit"));
    }
}

std::vector<ResultsFile> open_parts(const std::vector<std::string>& paths) {
    std::vector<ResultsFile> parts;
    for (const std::string& path : paths) parts.emplace_back(path);
    return parts;
}

/// That of the first part, with the hosts of all and the earliest start.
Provenance merged_provenance(std::span<ResultsFile> parts) {
    Provenance merged = read_provenance(parts.front());
    for (ResultsFile& part : parts.subspan(1)) {
        const Provenance provenance = read_provenance(part);
        merged.hosts += "\n" + provenance.hosts;
        merged.ranks += provenance.ranks;
        merged.start_time = std::min(merged.start_time, provenance.start_time);
    }
    return merged;
}

/// Statistics over all rows, in the file under its partial name, which it then loses.
void complete(const std::string& partial, const MergeArguments& arguments, const MergedRuns& runs) {
    ResultsFile results(partial, MPI_COMM_SELF);
    finish_alone(results);
    if (runs.missing == 0) results.write_provenance("end_time", seconds_since_1970());
    results.close();
    publish_results_file(partial, arguments.output, arguments.overwrite ? Replace::allowed : Replace::never);
}

ExitCode report(const MergeArguments& arguments, const MergedRuns& runs, const Provenance& provenance) {
    fmt::print(stderr, "curldescent: {}: {} runs of {} files, {} failed, {} missing\n", arguments.output,
               runs.finished + runs.failed, arguments.parts.size(), runs.failed, runs.missing);
    if (runs.missing > 0) {
        std::string settings = provenance.overrides.empty() ? "" : " --set '" + provenance.overrides + "'";
        boost::replace_all(settings, "\n", "' '");
        fmt::print(stderr, "curldescent: compute the missing runs with `curldescent run {} -o {} --resume{}`\n",
                   provenance.experiment_file, arguments.output, settings);
        return ExitCode::stopped;
    }
    return runs.failed > 0 ? ExitCode::failed : ExitCode::done;
}

}  // namespace

int merge(const MergeArguments& arguments) {
    constexpr bool abort_on_exception = false;  // nobody waits for this rank
    const boost::mpi::environment environment(boost::mpi::threading::funneled, abort_on_exception);
    const int ranks = boost::mpi::communicator().size();
    if (ranks > 1) throw InputError(fmt::format("merge: works on one rank, not on {}; start it without mpirun", ranks));
    check_arguments(arguments);
    const OutputLock lock(arguments.output);
    std::vector<ResultsFile> parts = open_parts(arguments.parts);
    const Experiment experiment = parts.front().read_experiment();
    for (ResultsFile& part : std::span(parts).subspan(1)) check_like_first(parts.front(), experiment, part);

    const Provenance provenance = merged_provenance(parts);
    MergedRuns runs;
    const std::string partial = make_partial(arguments.output, experiment, [&](const std::string& path) {
        runs = create_merged_file(parts, path, whole_layout(experiment, provenance), extents_of(experiment));
    });
    complete(partial, arguments, runs);
    return report(arguments, runs, provenance);
}

}  // namespace curldescent::cli
