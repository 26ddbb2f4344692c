#pragma once

#include <boost/mpi/environment.hpp>
#include <cstdint>
#include <optional>

namespace curldescent::cli {

/// What an exception that leaves the scope of MPI does to the ranks.
enum class OnException : std::uint8_t { ends_all, ends_this };

/// Starts MPI, as this program uses it, and ends it again where a launcher started the process. Make it first in a
/// function, so that it outlives all that speaks to other ranks. Throws std::runtime_error or boost::mpi::exception
/// when MPI does not start.
///
/// Open MPI prepares each file that it opens for shared file pointers, which are not used here, in one of three ways.
/// Two of them make files beside the results: FILE.locktest.N, FILE.data.N and FILE.metadata.N. A kill would leave them
/// there, and the user's own of these names would be lost. They are switched off, unless the environment, or mpirun,
/// says otherwise (OMPI_MCA_sharedfp). The third keeps its own in memory and in the session's folder.
///
/// A process that nobody launched leaves MPI running until it ends: Open MPI 4 would free an event loop that its own
/// thread may just be using, and then one in a hundred short commands on a busy machine waited for that thread for
/// ever.
class MpiEnvironment {
  public:
    explicit MpiEnvironment(OnException on_exception = OnException::ends_all);

  private:
    std::optional<boost::mpi::environment> environment_;  ///< ends MPI; empty in a process that nobody launched
};

}  // namespace curldescent::cli
