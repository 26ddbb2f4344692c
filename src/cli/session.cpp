#include "session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/mpi/collectives.hpp>
#include <boost/mpi/environment.hpp>
#include <vector>

#include "commands.hpp"
#include "curldescent/ensemble/mpi_channel.hpp"
#include "shared_file.hpp"

namespace curldescent::cli {
namespace {

namespace mpi = boost::mpi;

std::string named(const mpi::communicator& world, const std::string& message) {
    if (world.rank() == 0) return message;
    return fmt::format("rank {} on {}: {}", world.rank(), mpi::environment::processor_name(), message);
}

}  // namespace

bool all_well(const mpi::communicator& world, const std::string& problem) {
    barrier(world);
    std::vector<std::string> problems;
    mpi::all_gather(world, problem, problems);
    const auto first = std::ranges::find_if(problems, [](const std::string& text) { return !text.empty(); });
    if (first == problems.end()) return true;
    if (world.rank() == 0) fmt::print(stderr, "curldescent: {}\n", *first);
    return false;
}

std::string problem_of(const mpi::communicator& world, const std::function<void()>& action) {
    try {
        action();
    } catch (const std::exception& error) {
        return named(world, error.what());
    }
    return {};
}

std::unique_ptr<ResultsFile> open_together(const mpi::communicator& world, const std::string& path) {
    std::string refusal = why_not_writable(path);
    if (refusal.empty()) refusal = why_not_open(path);
    if (!all_well(world, refusal.empty() ? "" : named(world, path + ": cannot be written: " + refusal))) return nullptr;

    std::unique_ptr<ResultsFile> results;
    const std::string problem = problem_of(world, [&] { results = std::make_unique<ResultsFile>(path, world); });
    if (all_well(world, problem)) return results;
    barrier(world);
    // Open here and not elsewhere: to close it would be to wait for those who do not have it.
    if (results) mpi::environment::abort(ExitCode::bad_input);
    return nullptr;
}

void run_or_abort(const mpi::communicator& world, const std::function<void()>& action) {
    const std::string problem = problem_of(world, action);
    if (problem.empty()) return;
    fmt::print(stderr, "curldescent: {}\n", problem);
    mpi::environment::abort(ExitCode::failed);
}

}  // namespace curldescent::cli
