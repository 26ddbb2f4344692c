#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What can be wrong with how a run was launched. Every function takes what is known, and returns what is wrong, where,
/// and what to do; empty when all is well.
namespace curldescent::cli {

/// How many processes the launchers say they started, from their environment variables; 0: they say nothing.
struct LaunchedCounts {
    std::int64_t mpirun = 0;           ///< OMPI_COMM_WORLD_SIZE
    std::int64_t process_manager = 0;  ///< PMI_SIZE
    std::int64_t srun = 0;             ///< SLURM_STEP_NUM_TASKS, of a step that srun made
    std::int64_t slurm_job = 0;        ///< SLURM_NTASKS, in a job's own shell as well
};

/// Refuses a world that is smaller than what was asked for: each process would make a run of its own. One process that
/// `mpirun -n 1` or `srun -n 1` started is what it is meant to be.
std::string singleton_problem(const LaunchedCounts& counts, int world_size);

/// Whether the user told the launcher that ranks may share cores.
enum class CoreSharing : std::uint8_t { unasked, asked_for };

/// The value of an environment variable; null where it has none.
using Environment = std::function<const char*(const char* name)>;

/// Whether the environment says so: OpenMPI 4 and Slurm leave it there for the ranks when told by an option
/// (`--oversubscribe`, `--overcommit`), and users export it, for OpenMPI 5 as a policy of mapping.
CoreSharing core_sharing(const Environment& environment);

/// What a rank says of itself.
struct RankReport {
    std::string host;
    int node = 0;  ///< the lowest rank that shares memory with this one
    std::string version;
    std::string program;     ///< checksum of its executable
    std::string arguments;   ///< of the command line
    std::vector<int> cores;  ///< that it may run on
    CoreSharing core_sharing = CoreSharing::unasked;
    std::string output_error;  ///< why it cannot write where rank 0 does; empty: it can
};

/// Some ranks with their hosts, such as "ranks 1-3, 7 on node1, rank 4 on node2". The hosts after the eighth are
/// counted. `hosts` has the host of each rank.
std::string name_ranks(std::span<const int> ranks, std::span<const std::string> hosts);

/// The host of each rank.
std::vector<std::string> hosts_of(std::span<const RankReport> reports);

/// Refuses ranks with another executable than rank 0's.
std::string program_problem(std::span<const RankReport> reports);

/// Refuses ranks with another command line than rank 0's.
std::string arguments_problem(std::span<const RankReport> reports);

/// Refuses hosts with fewer cores, in what all their ranks may use, than ranks.
std::string core_problem(std::span<const RankReport> reports);

/// Refuses ranks that cannot write where rank 0 writes the output.
std::string output_problem(std::span<const RankReport> reports, std::string_view output);

/// The first of these problems of all ranks.
std::string launch_problem(std::span<const RankReport> reports, std::string_view output);

/// Refuses ranks that read other data than rank 0. Both have an entry for each rank.
std::string data_problem(std::span<const std::string> checksums, std::span<const std::string> hosts,
                         std::string_view path);

/// Refuses a file system on which ranks do not read what all wrote. `errors` has an entry for each rank.
std::string exchange_problem(std::span<const std::string> errors, std::span<const std::string> hosts,
                             std::string_view output);

}  // namespace curldescent::cli
