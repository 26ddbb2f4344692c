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
#include "curldescent/model/error.hpp"
#include "curldescent/storage/data_file.hpp"
#include "curldescent/storage/provenance.hpp"

namespace curldescent::cli {
namespace {

namespace fs = std::filesystem;

void check_folder(const std::string& output) {
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
    const std::string stored = results.read_provenance_text("settings");
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

void create(const std::string& output, const Experiment& experiment, const SuppliedData& supplied,
            const std::vector<std::string>& hosts) {
    Provenance provenance = make_provenance(experiment, checksum(supplied));
    provenance.hosts = fmt::format("{}", fmt::join(hosts, "\n"));
    provenance.ranks = static_cast<double>(hosts.size());
    std::vector<Variable> layout = scientific_layout(experiment);
    std::ranges::move(provenance_layout(provenance), std::back_inserter(layout));
    try {
        create_results_file(output, layout, extents_of(experiment));
    } catch (const std::exception& error) {
        throw InputError(fmt::format("--output {}: the results file cannot be made: {}", output, error.what()));
    }
}

}  // namespace

PreparedOutput prepare_output(const RunArguments& arguments, const Experiment& experiment, const SuppliedData& supplied,
                              const std::vector<std::string>& hosts) {
    const std::string& output = arguments.output;
    check_folder(output);
    const bool exists = fs::exists(output);
    if (exists && arguments.resume) {
        ResultsFile results(output);
        check_same_experiment(results, experiment, supplied);
        return {.tasks = plan_missing(experiment, results), .created = false};
    }
    if (exists && !arguments.overwrite) {
        throw InputError(
            fmt::format("--output {}: the file exists; add --resume to go on with it, --overwrite to "
                        "replace it, or choose another name",
                        output));
    }
    create(output, experiment, supplied, hosts);
    return {.tasks = plan_all(experiment), .created = true};
}

}  // namespace curldescent::cli
