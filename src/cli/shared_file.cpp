#include "shared_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <mpi.h>
#include <unistd.h>

#include <boost/mpi/collectives.hpp>
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

void check(int code, const char* call) {
    if (code == MPI_SUCCESS) return;
    std::string text(MPI_MAX_ERROR_STRING, '\0');
    int length = 0;
    MPI_Error_string(code, text.data(), &length);
    text.resize(static_cast<std::size_t>(length));
    throw std::runtime_error(fmt::format("MPI-IO fails ({}: {})", call, text));
}

/// What a rank writes: never the zero of a hole.
std::int64_t mark_of(int rank) {
    return std::int64_t{rank} + 1;
}

void write_own(MPI_File file, int rank) {
    const std::int64_t mark = mark_of(rank);
    check(MPI_File_write_at(file, rank * MPI_Offset{sizeof mark}, &mark, 1, MPI_INT64_T, MPI_STATUS_IGNORE), "write");
}

void read_neighbours(MPI_File file, int neighbour) {
    std::int64_t mark = 0;
    check(MPI_File_read_at(file, neighbour * MPI_Offset{sizeof mark}, &mark, 1, MPI_INT64_T, MPI_STATUS_IGNORE),
          "read");
    if (mark == mark_of(neighbour)) return;
    throw std::runtime_error(fmt::format("what rank {} wrote is not seen", neighbour));
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
    const off_t bytes = static_cast<off_t>(sizeof(std::int64_t)) * ranks;
    const bool made = descriptor >= 0 && ::posix_fallocate(descriptor, 0, bytes) == 0;
    if (descriptor >= 0) ::close(descriptor);
    if (made) return;
    if (descriptor >= 0) ::unlink(path_.c_str());
    path_.clear();
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

std::string exchange_through(const mpi::communicator& world, const std::string& path) {
    MPI_File file = MPI_FILE_NULL;
    std::string error =
        error_of([&] { check(MPI_File_open(world, path.c_str(), MPI_MODE_RDWR, MPI_INFO_NULL, &file), "open"); });
    if (!mpi::all_reduce(world, error.empty(), std::logical_and<bool>())) return error;
    const auto step = [&](const std::function<void()>& action) {
        if (error.empty()) error = error_of(action);
    };
    step([&] { write_own(file, world.rank()); });
    MPI_File_sync(file);
    barrier(world);
    MPI_File_sync(file);
    step([&] { read_neighbours(file, (world.rank() + 1) % world.size()); });
    const int closed = MPI_File_close(&file);
    step([&] { check(closed, "close"); });
    return error;
}

}  // namespace curldescent::cli
