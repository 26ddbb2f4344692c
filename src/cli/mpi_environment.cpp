#include "mpi_environment.hpp"

#include <cstdlib>

#include "kept_libraries.hpp"

namespace curldescent::cli {
namespace {

/// The kind of threads to start MPI with, after what it reads from the environment is set.
boost::mpi::threading::level configure() {
    constexpr int keep_the_users = 0;
    ::setenv("OMPI_MCA_sharedfp", "^lockedfile", keep_the_users);
    return boost::mpi::threading::funneled;
}

}  // namespace

MpiEnvironment::MpiEnvironment(OnException on_exception)
    : environment_(configure(), on_exception == OnException::ends_all) {
    keep_libraries();
}

}  // namespace curldescent::cli
