#include "launch_check.hpp"

#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <boost/mpi/collectives.hpp>
#include <boost/mpi/environment.hpp>
#include <boost/serialization/string.hpp>
#include <boost/serialization/vector.hpp>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <thread>

#include "curldescent/ensemble/mpi_channel.hpp"
#include "curldescent/storage/provenance.hpp"
#include "launch_guards.hpp"
#include "launcher.hpp"
#include "session.hpp"
#include "shared_file.hpp"

namespace curldescent::cli {

/// How Boost.MPI sends a report.
template <class Archive>
void serialize(Archive& archive, RankReport& report, unsigned /*version*/) {
    archive& report.host& report.node& report.version& report.program& report.arguments& report.cores& report
        .core_sharing& report.output_error;
}

namespace {

namespace mpi = boost::mpi;

/// The number that an environment variable has; 0 where it has none.
std::int64_t number_in(const char* variable) {
    const char* text = std::getenv(variable);
    std::int64_t number = 0;
    if (text != nullptr) std::from_chars(text, text + std::strlen(text), number);
    return number;
}

LaunchedCounts launched_counts() {
    // Slurm's shells, of batch scripts and of salloc, are steps of their own, with the highest numbers.
    constexpr std::int64_t first_shell = 0xfffffff0;
    const bool in_shell = number_in("SLURM_STEP_ID") >= first_shell;
    return {.mpirun = number_in("OMPI_COMM_WORLD_SIZE"),
            .process_manager = number_in("PMI_SIZE"),
            .srun = in_shell ? 0 : number_in("SLURM_STEP_NUM_TASKS"),
            .slurm_job = number_in("SLURM_NTASKS")};
}

/// Every singleton comes here by itself: the first one speaks for all, and the others give it time, since a launcher
/// ends all at the first failure.
bool is_well(const std::string& problem) {
    if (problem.empty()) return true;
    if (is_first_process()) {
        fmt::print(stderr, "curldescent: {}\n", problem);
    } else {
        std::this_thread::sleep_for(std::chrono::seconds(1));
    }
    return false;
}

/// The command line without the program's own name.
std::string own_arguments() {
    std::ifstream file("/proc/self/cmdline", std::ios::binary);
    std::string text(std::istreambuf_iterator<char>(file), {});
    while (!text.empty() && text.back() == '\0') text.pop_back();
    text.erase(0, std::min(text.find('\0'), text.size()));
    std::ranges::replace(text, '\0', ' ');
    return text.substr(std::min<std::size_t>(1, text.size()));
}

std::vector<int> own_cores() {
    cpu_set_t allowed;
    std::vector<int> cores;
    if (::sched_getaffinity(0, sizeof allowed, &allowed) != 0) return cores;
    for (int core = 0; core < CPU_SETSIZE; ++core) {
        if (CPU_ISSET(static_cast<std::size_t>(core), &allowed)) cores.push_back(core);
    }
    return cores;
}

/// The lowest rank that shares memory with this one.
int own_node(const mpi::communicator& world) {
    MPI_Comm shared = MPI_COMM_NULL;
    MPI_Comm_split_type(world, MPI_COMM_TYPE_SHARED, world.rank(), MPI_INFO_NULL, &shared);
    int lowest = world.rank();
    mpi::broadcast(mpi::communicator(shared, mpi::comm_take_ownership), lowest, 0);
    return lowest;
}

RankReport own_report(const mpi::communicator& world) {
    return {.host = mpi::environment::processor_name(),
            .node = own_node(world),
            .version = version_text(),
            .program = program_checksum(),
            .arguments = own_arguments(),
            .cores = own_cores(),
            .core_sharing = core_sharing([](const char* name) { return std::getenv(name); }),
            .output_error = {}};
}

/// Rank 0 gets the reports of all.
std::vector<RankReport> gather_reports(const mpi::communicator& world, const std::string& witness) {
    RankReport own = own_report(world);
    if (!witness.empty()) own.output_error = why_not_writable(witness);
    std::vector<RankReport> reports;
    barrier(world);
    mpi::gather(world, own, reports, 0);
    return reports;
}

/// Whether what one rank writes is read by another.
bool can_exchange(const mpi::communicator& world, const std::vector<std::string>& hosts, const std::string& output,
                  const std::string& witness) {
    std::vector<std::string> errors;
    mpi::gather(world, exchange_through(world, witness), errors, 0);
    return all_well(world, exchange_problem(errors, hosts, output));
}

}  // namespace

bool can_join_others() {
    return is_launched_for_mpi() || is_well(singleton_problem(launched_counts(), 1));
}

std::optional<std::vector<std::string>> check_launch(const mpi::communicator& world, const std::string& output) {
    const std::string problem = singleton_problem(launched_counts(), world.size());
    if (!problem.empty() && (world.rank() > 0 || !is_well(problem))) return std::nullopt;
    std::optional<WitnessFile> file;
    if (world.rank() == 0) file.emplace(output, world.size());
    const std::string witness = broadcast(world, file ? file->path() : "");
    const std::vector<RankReport> reports = gather_reports(world, witness);
    if (!all_well(world, launch_problem(reports, output))) return std::nullopt;
    std::vector<std::string> hosts = hosts_of(reports);
    bool has_room = file && file->has_room();
    mpi::broadcast(world, has_room, 0);
    if (has_room && !can_exchange(world, hosts, output, witness)) return std::nullopt;
    return hosts;
}

bool have_same_data(const mpi::communicator& world, const std::vector<std::string>& hosts, const std::string& path,
                    const std::string& checksum) {
    std::vector<std::string> checksums;
    mpi::gather(world, checksum, checksums, 0);
    return all_well(world, data_problem(checksums, hosts, path));
}

}  // namespace curldescent::cli
