#include "launcher.hpp"

#include <unistd.h>

#include <chrono>
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
    const char* rank = launched_rank();
    return rank == nullptr || std::string_view(rank) == "0";
}

void end_with_launcher() {
    if (launched_rank() == nullptr) return;
    std::thread([launcher = ::getppid()] {
        while (::getppid() == launcher) std::this_thread::sleep_for(std::chrono::seconds(1));
        ::_exit(ExitCode::failed);
    }).detach();
}

}  // namespace curldescent::cli
