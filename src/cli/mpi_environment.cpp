#include "mpi_environment.hpp"

#include <mpi.h>

#include <cstdlib>

#include "curldescent/ensemble/mpi_channel.hpp"
#include "kept_libraries.hpp"
#include "launcher.hpp"

namespace curldescent::cli {
namespace {

/// Sets what MPI reads from the environment when it starts.
void prepare_start() {
    constexpr int keep_the_users = 0;
    ::setenv("OMPI_MCA_sharedfp", "^lockedfile,individual", keep_the_users);
}

/// As boost::mpi::environment does, but without its destructor, which would end MPI.
void start_alone() {
    int level = 0;
    check_mpi(MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &level), "MPI_Init_thread");
    check_mpi(MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
}

}  // namespace

MpiEnvironment::MpiEnvironment(OnException on_exception) {
    const bool is_launched = is_launched_for_mpi();
    prepare_start();
    if (is_launched) {
        environment_.emplace(boost::mpi::threading::funneled, on_exception == OnException::ends_all);
    } else {
        start_alone();
    }
    keep_libraries();
}

}  // namespace curldescent::cli
