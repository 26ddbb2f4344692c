#include "new_file.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <string_view>

#include "curldescent/model/error.hpp"
#include "curldescent/storage/results_file.hpp"

namespace curldescent::cli {
namespace {

namespace fs = std::filesystem;

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

}  // namespace

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

std::vector<Variable> whole_layout(const Experiment& experiment, const Provenance& provenance) {
    std::vector<Variable> layout = scientific_layout(experiment);
    std::ranges::move(provenance_layout(provenance), std::back_inserter(layout));
    return layout;
}

std::string make_partial(const std::string& output, const Experiment& experiment,
                         const std::function<void(const std::string&)>& make) {
    remove_leftovers(output);
    check_space(output, rows_size(experiment));
    std::string partial = partial_path(output);
    try {
        make(partial);
    } catch (const std::exception& error) {
        const bool lacks_locks = std::string_view(error.what()).find(std::strerror(ENOLCK)) != std::string_view::npos;
        throw InputError(fmt::format("--output {}: the results file cannot be made: {}; {}choose another folder",
                                     output, error.what(),
                                     lacks_locks ? "set HDF5_USE_FILE_LOCKING=FALSE in the environment, or " : ""));
    }
    return partial;
}

}  // namespace curldescent::cli
