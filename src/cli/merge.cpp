#include <fmt/format.h>

#include <algorithm>
#include <boost/algorithm/string/replace.hpp>
#include <boost/mpi/communicator.hpp>
#include <filesystem>

#include "commands.hpp"
#include "curldescent/ensemble/ensemble.hpp"
#include "curldescent/experiment/experiment_difference.hpp"
#include "curldescent/model/error.hpp"
#include "curldescent/storage/merged_file.hpp"
#include "curldescent/storage/output_lock.hpp"
#include "curldescent/storage/provenance.hpp"
#include "differences_text.hpp"
#include "missing_shares.hpp"
#include "mpi_environment.hpp"
#include "new_file.hpp"
#include "run_text.hpp"
#include "shard.hpp"

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

/// What is known of all parts before their rows are read.
struct Parts {
    Experiment experiment;
    Provenance provenance;      ///< that of the first part, with the hosts of all and the earliest start
    std::vector<Shard> shards;  ///< that each was begun for
    bool of_one_build = true;
};

/// Throws where a part is not of the experiment and the data of the first one; warns where its build is another.
void check_like_first(Parts& parts, const std::string& first, ResultsFile& part, const Provenance& provenance) {
    const auto differences = differing_keys(parts.experiment, part.read_experiment());
    if (!differences.empty()) {
        throw InputError(fmt::format("merge {}: belongs to another experiment than {}; they differ in:{}", part.path(),
                                     first, differences_text(differences, "there", "here")));
    }
    if (provenance.data_checksum != parts.provenance.data_checksum) {
        throw InputError(fmt::format("merge {}: was run with other supplied data than {}", part.path(), first));
    }
    const auto builds = differing_builds(provenance, parts.provenance);
    if (builds.empty()) return;
    parts.of_one_build = false;
    fmt::print(stderr,
               "curldescent: warning: {} was begun by another build than {}; their rows agree only where the builds "
               "do. They differ in:{}\n",
               part.path(), first, differences_text(builds, "there", "here"));
}

Parts read_parts(std::span<const std::string> paths) {
    ResultsFile first(paths.front());
    Parts parts{.experiment = first.read_experiment(), .provenance = read_provenance(first), .shards = {}};
    Provenance& merged = parts.provenance;
    parts.shards.push_back(stored_shard(merged.shard));
    merged.shard = shard_text({});
    for (const std::string& path : paths.subspan(1)) {
        ResultsFile part(path);
        const Provenance provenance = read_provenance(part);
        check_like_first(parts, first.path(), part, provenance);
        parts.shards.push_back(stored_shard(provenance.shard));
        merged.hosts += "\n" + provenance.hosts;
        merged.ranks += provenance.ranks;
        merged.start_time = std::min(merged.start_time, provenance.start_time);
    }
    return parts;
}

/// One build gives a run the same results to the last bit: of two others nobody knows which to take, and the merge is
/// refused. Those of several builds agree to rounding, which is said, and the first ones are taken.
void check_contradictions(const Contradictions& found, ResultsFile& part, std::span<const std::string> paths,
                          bool of_one_build) {
    if (found.runs == 0) return;
    const std::string text =
        fmt::format("{}: {} of its runs {} other results in a file before it, first {} in {}", part.path(), found.runs,
                    found.runs == 1 ? "has" : "have", run_text(found.first, part.read_rules()),
                    paths[static_cast<std::size_t>(found.file)]);
    if (of_one_build) {
        throw InputError(
            fmt::format("merge {}: one of the two was changed, or came from other system libraries; leave it out, and "
                        "`run --resume` on the merged file computes what is then missing",
                        text));
    }
    fmt::print(stderr, "curldescent: warning: {}; those of the file before it are taken\n", text);
}

RowSources find_rows(std::span<const std::string> paths, const Parts& parts) {
    RowSources sources(extents_of(parts.experiment));
    for (const std::string& path : paths) {
        ResultsFile part(path);
        check_contradictions(sources.add(part), part, paths, parts.of_one_build);
    }
    return sources;
}

/// Statistics over all rows, in the file under its partial name, which it then loses.
void complete(const std::string& partial, const MergeArguments& arguments, const MergedRuns& runs) {
    write_whole_file(partial, [&] {
        ResultsFile results(partial, MPI_COMM_SELF);
        RowSources written(results.extents());
        written.add(results);
        if (written.count() != runs) {
            throw StorageError(partial +
                               ": a file was written while it was merged; merge again when no run is writing");
        }
        finish_alone(results);
        if (runs.missing == 0) results.write_provenance("end_time", seconds_since_1970());
        results.close();
    });
    publish_results_file(partial, arguments.output, arguments.overwrite ? Replace::allowed : Replace::never);
}

ExitCode report(const MergeArguments& arguments, const RowSources& sources, const Parts& parts) {
    const MergedRuns runs = sources.count();
    const Provenance& provenance = parts.provenance;
    fmt::print(stderr, "curldescent: {}: {} runs of {} files, {} failed, {} missing\n", arguments.output,
               runs.finished + runs.failed, arguments.parts.size(), runs.failed, runs.missing);
    if (runs.missing > 0) {
        const std::string shares = missing_shares(sources, parts.shards, arguments.parts);
        if (!shares.empty()) fmt::print(stderr, "curldescent: the missing runs are those of share {}\n", shares);
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
    const MpiEnvironment environment(OnException::ends_this);  // nobody waits for this rank
    const int ranks = boost::mpi::communicator().size();
    if (ranks > 1) throw InputError(fmt::format("merge: works on one rank, not on {}; start it without mpirun", ranks));
    check_arguments(arguments);
    const OutputLock lock(arguments.output);
    const Parts parts = read_parts(arguments.parts);
    const RowSources sources = find_rows(arguments.parts, parts);
    const std::string partial = make_partial(arguments.output, parts.experiment, [&](const std::string& path) {
        create_merged_file(arguments.parts, sources, path, whole_layout(parts.experiment, parts.provenance));
    });
    complete(partial, arguments, sources.count());
    return report(arguments, sources, parts);
}

}  // namespace curldescent::cli
