#include "curldescent/storage/partial_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <vector>

#include "curldescent/storage/hdf5.hpp"
#include "host.hpp"

namespace curldescent {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view ending = ".partial";

/// What the partial names of this host begin with, before the process.
std::string beginning(const std::string& path) {
    return fmt::format("{}.{}-", path, host_name());
}

/// Whether a file is the partial one, of that beginning, of a process that no longer exists.
bool is_leftover(std::string_view file, std::string_view begins) {
    if (!file.starts_with(begins) || !file.ends_with(ending) || file.size() <= begins.size() + ending.size()) {
        return false;
    }
    const std::string_view digits = file.substr(begins.size(), file.size() - begins.size() - ending.size());
    pid_t process = 0;
    const auto [end, error] = std::from_chars(digits.begin(), digits.end(), process);
    return error == std::errc() && end == digits.end() && process > 0 && ::kill(process, 0) != 0 && errno == ESRCH;
}

}  // namespace

std::string partial_path(const std::string& path) {
    return fmt::format("{}{}{}", beginning(path), ::getpid(), ending);
}

void remove_leftovers(const std::string& path) {
    std::error_code ignored;
    const fs::path absolute = fs::absolute(path);
    const std::string begins = beginning(absolute.filename().string());
    std::vector<fs::path> leftovers;
    for (const fs::directory_entry& entry : fs::directory_iterator(absolute.parent_path(), ignored)) {
        if (is_leftover(entry.path().filename().string(), begins)) leftovers.push_back(entry.path());
    }
    for (const fs::path& leftover : leftovers) fs::remove(leftover, ignored);
}

void publish_results_file(const std::string& partial, const std::string& path, Replace replace) {
    std::error_code ignored;
    if (replace == Replace::never && fs::exists(path)) {
        fs::remove(partial, ignored);
        throw StorageError(path + ": was made by another run meanwhile; choose another name, or --resume");
    }
    std::error_code error;
    fs::rename(partial, path, error);
    if (error) {
        fs::remove(partial, ignored);
        throw StorageError(fmt::format("{}: cannot be renamed to: {}", path, error.message()));
    }
    sync_to_disk(fs::absolute(path).parent_path().string());
}

void sync_to_disk(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    const bool synced = descriptor >= 0 && ::fsync(descriptor) == 0;
    const int error = errno;
    if (descriptor >= 0) ::close(descriptor);
    if (!synced) throw StorageError(fmt::format("{}: cannot sync to disk: {}", path, std::strerror(error)));
}

void write_whole_file(const std::string& path, const std::function<void()>& write) {
    try {
        write();
        sync_to_disk(path);
    } catch (...) {
        std::error_code ignored;
        fs::remove(path, ignored);
        throw;
    }
}

}  // namespace curldescent
