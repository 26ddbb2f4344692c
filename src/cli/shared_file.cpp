#include "shared_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <mpi.h>
#include <unistd.h>

#include <boost/mpi/collectives.hpp>
#include <boost/mpi/operations.hpp>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <functional>
#include <stdexcept>

#include "curldescent/ensemble/mpi_channel.hpp"
#include "curldescent/storage/partial_file.hpp"

namespace curldescent::cli {
namespace {

namespace mpi = boost::mpi;

/// What a rank writes: never the zero of a hole.
std::int64_t mark_of(int rank) {
    return std::int64_t{rank} + 1;
}

void write_own(MPI_File file, int rank) {
    const std::int64_t mark = mark_of(rank);
    check_mpi(MPI_File_write_at(file, rank * MPI_Offset{sizeof mark}, &mark, 1, MPI_INT64_T, MPI_STATUS_IGNORE),
              "MPI-IO write");
}

void read_neighbours(MPI_File file, int neighbour) {
    std::int64_t mark = 0;
    check_mpi(MPI_File_read_at(file, neighbour * MPI_Offset{sizeof mark}, &mark, 1, MPI_INT64_T, MPI_STATUS_IGNORE),
              "MPI-IO read");
    if (mark == mark_of(neighbour)) return;
    throw std::runtime_error(fmt::format("what rank {} wrote is not seen", neighbour));
}

/// The file, open on all ranks of a communicator, which all call it.
MPI_File open_on(MPI_Comm ranks, const std::string& path) {
    MPI_File file = MPI_FILE_NULL;
    check_mpi(MPI_File_open(ranks, path.c_str(), MPI_MODE_RDWR, MPI_INFO_NULL, &file), "MPI-IO open");
    return file;
}

void close_file(MPI_File file) {
    check_mpi(MPI_File_close(&file), "MPI-IO close");
}

/// What `action` throws.
std::string error_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const std::exception& error) {
        return error.what();
    }
    return {};
}

}  // namespace

WitnessFile::WitnessFile(const std::string& output, int ranks) : path_(partial_path(output)) {
    const int descriptor = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (descriptor < 0) {
        path_.clear();
        return;
    }
    has_room_ = ::posix_fallocate(descriptor, 0, ranks * off_t{sizeof(std::int64_t)}) == 0;
    ::close(descriptor);
}

WitnessFile::~WitnessFile() {
    if (!path_.empty()) ::unlink(path_.c_str());
}

std::string why_not_writable(const std::string& path) {
    if (::access(path.c_str(), F_OK) != 0) {
        std::error_code unknown;
        const std::string folder = std::filesystem::absolute(path, unknown).parent_path();
        return std::filesystem::is_directory(folder, unknown) ? folder + " is another folder there"
                                                              : "there is no folder " + folder;
    }
    return ::access(path.c_str(), R_OK | W_OK) == 0 ? "" : std::strerror(errno);
}

std::string why_not_open(const std::string& path) {
    return error_of([&] { close_file(open_on(MPI_COMM_SELF, path)); });
}

std::string exchange_through(const mpi::communicator& world, const std::string& path) {
    std::string error = why_not_open(path);
    const auto fails_anywhere = [&] { return mpi::all_reduce(world, error.empty() ? 0 : 1, mpi::maximum<int>()) > 0; };
    if (fails_anywhere()) return error;
    const auto step = [&](const std::function<void()>& action) {
        if (error.empty()) error = error_of(action);
    };
    MPI_File file = MPI_FILE_NULL;
    step([&] { file = open_on(world, path); });
    if (fails_anywhere()) return error;
    step([&] { write_own(file, world.rank()); });
    MPI_File_sync(file);
    barrier(world);
    MPI_File_sync(file);
    step([&] { read_neighbours(file, (world.rank() + 1) % world.size()); });
    const std::string closing = error_of([&] { close_file(file); });
    return error.empty() ? closing : error;
}

}  // namespace curldescent::cli
