#include "same_experiment.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "curldescent/experiment/experiment_difference.hpp"
#include "curldescent/model/error.hpp"
#include "curldescent/storage/data_file.hpp"
#include "differences_text.hpp"

namespace curldescent::cli {
namespace {

Experiment stored_experiment(ResultsFile& results) {
    try {
        return parse_experiment(results.read_provenance_text("settings"), "its settings", {});
    } catch (const InputError& error) {
        throw InputError(
            fmt::format("--resume {}: this build cannot read what the file says of its experiment ({}); go on with the "
                        "build that began it ({}), or use another output file",
                        results.path(), error.what(), results.read_provenance_text("git_commit")));
    }
}

/// Where the number of replicates is all that differs, an argument says what is meant.
void suggest_replicates(const std::string& path, std::int64_t stored, std::int64_t given) {
    if (given > stored) {
        throw InputError(
            fmt::format("--resume {0}: the file has {1} replicates and the experiment {2}; `--resume --replicates {2}` "
                        "adds the others to it",
                        path, stored, given));
    }
    throw InputError(
        fmt::format("--resume {0}: the file has {1} replicates and the experiment {2}; `--resume --replicates {1}` (or "
                    "more) goes on with it, to leave some out use another output file",
                    path, stored, given));
}

void refuse_differences(const std::string& path, const std::vector<KeyDifference>& differences) {
    if (differences.empty()) return;
    throw InputError(
        fmt::format("--resume {}: the file belongs to another experiment; use another output file, or --overwrite. "
                    "They differ in:{}",
                    path, differences_text(differences, "in the file", "now")));
}

/// Damage, or a build that counted otherwise: this one would write past the end of rows.
void check_dimensions(const ResultsFile& results, const Experiment& stored) {
    if (extents_of(stored) == results.extents()) return;
    throw InputError(
        fmt::format("--resume {}: its dimensions are not those that its settings give; see what is wrong with "
                    "`curldescent verify {}`, and use another output file",
                    results.path(), results.path()));
}

}  // namespace

void check_same_experiment(ResultsFile& results, const Experiment& experiment, const SuppliedData& supplied,
                           Replicates replicates) {
    const Experiment stored = stored_experiment(results);
    const std::int64_t before = stored.settings.replicates;
    const std::int64_t now = experiment.settings.replicates;
    std::vector<KeyDifference> differences = differing_keys(stored, experiment);
    const bool more_allowed = replicates == Replicates::as_stored_or_more && now > before;
    if (more_allowed) std::erase_if(differences, [](const auto& d) { return d.key == "experiment.replicates"; });
    if (differences.size() == 1 && differences.front().key == "experiment.replicates") {
        suggest_replicates(results.path(), before, now);
    }
    refuse_differences(results.path(), differences);
    if (results.read_provenance_text("data_checksum") != checksum(supplied)) {
        throw InputError(
            fmt::format("--resume {}: the supplied data ({}) has changed since the file was begun; use "
                        "another output file, or --overwrite",
                        results.path(), data_path(experiment)));
    }
    check_dimensions(results, stored);
}

}  // namespace curldescent::cli
