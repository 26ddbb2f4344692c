#include "curldescent/storage/file_identity.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "curldescent/storage/hdf5.hpp"

namespace curldescent {
namespace {

struct stat look_at(const std::string& path) {
    struct stat found {};
    if (::stat(path.c_str(), &found) == 0) return found;
    if (errno == ENOENT || errno == ESTALE) {
        throw StorageError(fmt::format("{}: was removed while it was in use; what is written now is lost", path));
    }
    throw StorageError(fmt::format("{}: can no longer be reached: {}", path, std::strerror(errno)));
}

}  // namespace

FileIdentity::FileIdentity(const std::string& path) {
    const struct stat found = look_at(path);
    device_ = found.st_dev;
    inode_ = found.st_ino;
    size_ = found.st_size;
}

void FileIdentity::check(const std::string& path) const {
    const struct stat found = look_at(path);
    if (found.st_dev != device_ || found.st_ino != inode_) {
        throw StorageError(
            fmt::format("{}: was replaced by another file while it was in use; what is written now is lost", path));
    }
    if (found.st_size < size_) {
        throw StorageError(
            fmt::format("{}: was truncated from {} to {} bytes while it was in use; it can no longer be read", path,
                        size_, found.st_size));
    }
}

}  // namespace curldescent
