#pragma once

#include <sys/types.h>

#include <string>

namespace curldescent {

/// Which file had a name, and how many bytes it had: to notice when somebody takes it away from those who have it open,
/// to whom nothing else would tell.
class FileIdentity {
  public:
    /// Throws StorageError when there is no such file.
    explicit FileIdentity(const std::string& path);

    /// Throws StorageError when the file of this name was removed, is another one, or has lost bytes.
    void check(const std::string& path) const;

  private:
    dev_t device_;
    ino_t inode_;
    off_t size_;
};

}  // namespace curldescent
