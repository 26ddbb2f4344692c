#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace curldescent {

/// The name under which this process makes a results file: `path`, host, process and ".partial".
std::string partial_path(const std::string& path);

/// Removes the files of such names that processes of this host have left which no longer exist.
void remove_leftovers(const std::string& path);

/// What a file may do to one that has its name already.
enum class Replace : std::uint8_t { never, allowed };

/// Renames a file that was made; ranks that have it open keep it open. Throws StorageError, also when there is a file
/// of that name that may not be replaced; then the one that was made is removed.
void publish_results_file(const std::string& partial, const std::string& path, Replace replace);

/// Waits until a file's or a folder's content is on disk. Throws StorageError.
void sync_to_disk(const std::string& path);

/// Lets `write` make a file and syncs it to disk. Throws what `write` throws, and StorageError; then no file is left.
void write_whole_file(const std::string& path, const std::function<void()>& write);

}  // namespace curldescent
