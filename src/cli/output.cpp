#include "output.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <sstream>

#include "curldescent/ensemble/ensemble.hpp"
#include "curldescent/experiment/calibration.hpp"
#include "curldescent/model/error.hpp"
#include "curldescent/storage/data_file.hpp"
#include "curldescent/storage/provenance.hpp"

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

/// --overwrite is for results: what else has the name is somebody's file.
void refuse_foreign(const std::string& output) {
    try {
        const ResultsFile opened(output);
    } catch (const StorageError& error) {
        throw InputError(
            fmt::format("--overwrite {}: replaces results files alone, and this is none ({}); remove it "
                        "yourself, or choose another name",
                        output, error.what()));
    }
}

void warn_of_another_build(ResultsFile& results) {
    const std::string commit = results.read_provenance_text("git_commit");
    if (commit == build_commit_text()) return;
    fmt::print(stderr,
               "curldescent: warning: {} was begun by another build ({}, this is {}); rows of the two agree only where "
               "the builds do\n",
               results.path(), commit, build_commit_text());
}

void check_folder(const std::string& output) {
    if (output.empty()) throw InputError("--output \"\": the name is empty; give a file name, such as results.h5");
    const fs::path folder = fs::absolute(output).parent_path();
    if (!fs::is_directory(folder)) {
        throw InputError(fmt::format("--output {}: there is no folder {}; create it first", output, folder.string()));
    }
    if (::access(folder.c_str(), W_OK | X_OK) != 0) {
        throw InputError(fmt::format("--output {}: cannot write in the folder {}: {}; choose another", output,
                                     folder.string(), std::strerror(errno)));
    }
    if (fs::is_directory(output)) {
        throw InputError(
            fmt::format("--output {}: is a folder; give a file name, such as {}/results.h5", output, output));
    }
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

/// The first lines in which two settings differ, for a message.
std::string difference(const std::string& stored, const std::string& given) {
    const std::vector<std::string> old_lines = lines_of(stored);
    const std::vector<std::string> new_lines = lines_of(given);
    std::string text;
    const auto list_missing = [&](const auto& from, const auto& in, const char* title) {
        for (const std::string& line : from) {
            if (line.empty() || std::find(in.begin(), in.end(), line) != in.end()) continue;
            text += fmt::format("\n  {}: {}", title, line);
        }
    };
    list_missing(old_lines, new_lines, "in the file");
    list_missing(new_lines, old_lines, "now");
    return text;
}

void check_same_experiment(ResultsFile& results, const Experiment& experiment, const SuppliedData& supplied) {
    const std::string stored = resolved_text(results.read_experiment());
    const std::string given = resolved_text(experiment);
    if (stored != given) {
        throw InputError(
            fmt::format("--resume {}: the file belongs to another experiment; use another output file, or "
                        "--overwrite. They differ in:{}",
                        results.path(), difference(stored, given)));
    }
    if (results.read_provenance_text("data_checksum") != checksum(supplied)) {
        throw InputError(
            fmt::format("--resume {}: the supplied data ({}) has changed since the file was begun; use "
                        "another output file, or --overwrite",
                        results.path(), data_path(experiment)));
    }
}

void check_space(const std::string& output, double needed) {
    std::error_code unknown;
    const fs::space_info space = fs::space(fs::absolute(output).parent_path(), unknown);
    const bool unlimited = unknown || space.capacity == 0;  // not a disk, or not told
    if (unlimited || needed <= static_cast<double>(space.available)) return;
    throw InputError(
        fmt::format("--output {}: the file would take {:.3g} GB, and {:.3g} GB are free there; choose another "
                    "folder, or fewer records, replicates or points",
                    output, needed / 1e9, static_cast<double>(space.available) / 1e9));
}

/// Returns the partial name of the new file.
std::string create(const std::string& output, const Experiment& experiment, const SuppliedData& supplied,
                   const std::vector<std::string>& hosts) {
    const Extents extents = extents_of(experiment);
    check_space(output, rows_size(experiment));
    Provenance provenance = make_provenance(experiment, checksum(supplied));
    provenance.hosts = fmt::format("{}", fmt::join(hosts, "\n"));
    provenance.ranks = static_cast<double>(hosts.size());
    std::vector<Variable> layout = scientific_layout(experiment);
    std::ranges::move(provenance_layout(provenance), std::back_inserter(layout));
    std::string partial = partial_path(output);
    try {
        create_results_file(partial, layout, extents);
    } catch (const std::exception& error) {
        throw InputError(fmt::format("--output {}: the results file cannot be made: {}; choose another folder", output,
                                     error.what()));
    }
    return partial;
}

}  // namespace

PreparedOutput prepare_output(const RunArguments& arguments, const Experiment& experiment, const SuppliedData& supplied,
                              const std::vector<std::string>& hosts) {
    const std::string& output = arguments.output;
    check_folder(output);
    refuse_own_input(output, experiment);
    const bool exists = fs::exists(output);
    if (exists && arguments.resume) {
        ResultsFile results(output);
        check_same_experiment(results, experiment, supplied);
        warn_of_another_build(results);
        const CostModel model = calibrate_if_worthwhile(experiment, supplied);
        return {.tasks = plan_missing(experiment, supplied, model, results), .partial = ""};
    }
    if (exists && !arguments.overwrite) {
        throw InputError(
            fmt::format("--output {}: the file exists; add --resume to go on with it, --overwrite to "
                        "replace it, or choose another name",
                        output));
    }
    if (exists) refuse_foreign(output);
    const CostModel model = calibrate_if_worthwhile(experiment, supplied);
    return {.tasks = plan_all(experiment, supplied, model), .partial = create(output, experiment, supplied, hosts)};
}

}  // namespace curldescent::cli
