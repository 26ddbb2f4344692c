#include "curldescent/storage/output_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <thread>

#include "curldescent/model/error.hpp"
#include "curldescent/storage/unfinished.hpp"
#include "host.hpp"

namespace curldescent {
namespace {

/// Opens the lock's file, which is made where it is missing. Negative when that cannot be.
int open_lock_file(const std::string& output) {
    const std::string folder = unfinished_folder(output).string();
    ::mkdir(folder.c_str(), 0777);
    const int descriptor = ::open(lock_path(output).c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (descriptor < 0 && errno == ENOTDIR) {
        throw InputError(fmt::format(
            "{}: is no folder, and a run needs one of this name; move it away, or choose another output", folder));
    }
    return descriptor;
}

/// Whether another run has the lock. The lock belongs to the open file: the kernel ends it with the process.
bool is_taken(int descriptor) {
    struct flock whole {};
    whole.l_type = F_WRLCK;
    whole.l_whence = SEEK_SET;
    return ::fcntl(descriptor, F_OFD_SETLK, &whole) != 0 && (errno == EAGAIN || errno == EACCES);
}

/// Whether another run has the lock, and keeps it while one may wait.
bool stays_taken(int descriptor, const std::function<bool()>& may_wait) {
    while (is_taken(descriptor)) {
        if (!may_wait()) return true;
        std::this_thread::sleep_for(std::chrono::seconds(1));
    }
    return false;
}

/// Whether the name still leads to the open file: a run that ends removes its lock's file.
bool is_named(int descriptor, const std::string& path) {
    struct stat opened {};
    struct stat named {};
    return ::fstat(descriptor, &opened) == 0 && ::stat(path.c_str(), &named) == 0 && opened.st_dev == named.st_dev &&
           opened.st_ino == named.st_ino;
}

/// What the owner of a lock says of itself.
std::string owner_text(int descriptor) {
    std::array<char, 512> text{};
    const ssize_t length = ::pread(descriptor, text.data(), text.size() - 1, 0);
    return length > 0 ? text.data() : "which has only just begun";
}

/// Says whose lock it is, where there is room: it holds without.
void sign(int descriptor) {
    const std::string text = fmt::format("process {} on host {}", ::getpid(), host_name());
    if (::ftruncate(descriptor, 0) != 0) return;
    [[maybe_unused]] const ssize_t written = ::pwrite(descriptor, text.data(), text.size(), 0);
}

/// The locked file, or a negative number where there can be none.
int lock(const std::string& output, const std::function<bool()>& may_wait) {
    constexpr int most_attempts = 1000;
    for (int attempt = 0; attempt < most_attempts; ++attempt) {
        const int descriptor = open_lock_file(output);
        const bool folder_vanished = descriptor < 0 && errno == ENOENT;
        if (folder_vanished) continue;
        if (descriptor < 0) return descriptor;
        if (stays_taken(descriptor, may_wait)) {
            const std::string owner = owner_text(descriptor);
            ::close(descriptor);
            throw OutputTaken(
                fmt::format("{}: is being written by another run ({}); wait until it ends, or choose another output",
                            output, owner));
        }
        if (is_named(descriptor, lock_path(output).string())) return descriptor;
        ::close(descriptor);
    }
    return -1;
}

}  // namespace

OutputLock::OutputLock(const std::string& output, const std::function<bool()>& may_wait)
    : output_(output), descriptor_(lock(output, may_wait)) {
    if (descriptor_ >= 0) sign(descriptor_);
}

OutputLock::~OutputLock() {
    if (descriptor_ < 0) return;
    const std::string path = lock_path(output_).string();
    if (is_named(descriptor_, path)) ::unlink(path.c_str());
    ::close(descriptor_);  // first: network file systems keep removed files that are open
    ::rmdir(unfinished_folder(output_).c_str());
}

}  // namespace curldescent
