#pragma once

#include <boost/mpi/environment.hpp>
#include <cstdint>

namespace curldescent::cli {

/// What an exception that leaves the scope of MPI does to the ranks.
enum class OnException : std::uint8_t { ends_all, ends_this };

/// MPI, as this program uses it, from its construction to its end. Make it first in a function, so that it outlives all
/// that speaks to other ranks.
///
/// Open MPI tries lock files in the folder of each file it opens, for shared file pointers, which are not used here. A
/// kill would leave them beside the results, so they are switched off, unless the user has set OMPI_MCA_sharedfp.
class MpiEnvironment {
  public:
    explicit MpiEnvironment(OnException on_exception = OnException::ends_all);

  private:
    boost::mpi::environment environment_;
};

}  // namespace curldescent::cli
