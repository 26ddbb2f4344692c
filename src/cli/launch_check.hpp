#pragma once

#include <boost/mpi/communicator.hpp>
#include <optional>
#include <string>
#include <vector>

namespace curldescent::cli {

/// Before MPI starts: refuses a process that was started with others, or in a Slurm job for several, by something that
/// this MPI does not speak with. MPI itself would end it with a message of its own, or let it run alone. Returns
/// whether all is well; the first process says what is not.
bool can_join_others();

/// Refuses a launch that cannot make one good run, before anything is made: see launch_guards.hpp for what is looked
/// at. Every rank calls it with its `--output`; rank 0 says what is wrong. Returns the host of each rank, on rank 0
/// alone, or nothing, on every rank, where the launch is refused.
std::optional<std::vector<std::string>> check_launch(const boost::mpi::communicator& world, const std::string& output);

/// Whether all ranks read the same data from `path`, by its checksum on each. Rank 0, which alone needs `hosts`, says
/// when not.
bool have_same_data(const boost::mpi::communicator& world, const std::vector<std::string>& hosts,
                    const std::string& path, const std::string& checksum);

}  // namespace curldescent::cli
