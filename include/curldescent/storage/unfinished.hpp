#pragma once

#include <filesystem>
#include <string>

namespace curldescent {

/// The folder beside a results file for what a run needs until it is complete: its lock, and what its tasks keep of
/// their own.
std::filesystem::path unfinished_folder(const std::string& output);

/// The file in it that a run keeps locked while it writes the results.
std::filesystem::path lock_path(const std::string& output);

/// Removes the files of that folder, the lock apart, whose owner removes it. Called when a run is complete.
void remove_unfinished(const std::string& output);

}  // namespace curldescent
