#include "mpi_environment.hpp"

#include <cstdlib>

#include "kept_libraries.hpp"

namespace curldescent::cli {
namespace {

/// The kind of threads to start MPI with. It reads the environment when it starts, so that this comes first.
boost::mpi::threading::level prepare_start() {
    constexpr int keep_the_users = 0;
    ::setenv("OMPI_MCA_sharedfp", "^lockedfile,individual", keep_the_users);
    return boost::mpi::threading::funneled;
}

}  // namespace

MpiEnvironment::MpiEnvironment(OnException on_exception)
    : environment_(prepare_start(), on_exception == OnException::ends_all) {
    keep_libraries();
}

}  // namespace curldescent::cli
