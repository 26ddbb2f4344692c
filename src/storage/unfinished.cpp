#include "curldescent/storage/unfinished.hpp"

#include <vector>

namespace curldescent {

namespace fs = std::filesystem;

fs::path unfinished_folder(const std::string& output) {
    return output + ".unfinished";
}

fs::path lock_path(const std::string& output) {
    return unfinished_folder(output) / "lock";
}

void remove_unfinished(const std::string& output) {
    std::error_code ignored;
    std::vector<fs::path> files;
    for (const fs::directory_entry& entry : fs::directory_iterator(unfinished_folder(output), ignored)) {
        if (entry.path() != lock_path(output)) files.push_back(entry.path());
    }
    for (const fs::path& file : files) fs::remove(file, ignored);
    fs::remove(unfinished_folder(output), ignored);  // stays where something is left in it
}

}  // namespace curldescent
