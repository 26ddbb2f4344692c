#include "launcher.hpp"

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <thread>

#include "commands.hpp"

namespace curldescent::cli {
namespace {

/// The rank that a launcher gave this process, as a text, or nullptr.
const char* launched_rank() {
    for (const char* name : {"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", "SLURM_PROCID"}) {
        if (const char* rank = std::getenv(name); rank != nullptr) return rank;
    }
    return nullptr;
}

}  // namespace

bool is_first_process() {
    // Asked for once: MPI, when it starts a process that nobody launched, calls it rank 0 in its environment.
    static const bool is_first = launched_rank() == nullptr || std::string_view(launched_rank()) == "0";
    return is_first;
}

bool is_launched_for_mpi() {
    return std::getenv("OMPI_COMM_WORLD_RANK") != nullptr || std::getenv("PMIX_RANK") != nullptr;
}

void end_with_launcher() {
    // What a batch script starts in the background has Slurm's variables, too, but no launcher that waits for it.
    if (!is_launched_for_mpi()) return;
    std::thread([launcher = ::getppid()] {
        while (::getppid() == launcher) std::this_thread::sleep_for(std::chrono::seconds(1));
        std::fputs("curldescent: the launcher of this rank is gone; go on with --resume\n", stderr);
        ::_exit(ExitCode::failed);
    }).detach();
}

}  // namespace curldescent::cli
