#include "kept_libraries.hpp"

#include <dlfcn.h>
#include <link.h>

#include <string>
#include <vector>

namespace curldescent::cli {
namespace {

/// The paths of the libraries that are loaded; the program itself has none.
std::vector<std::string> loaded_libraries() {
    std::vector<std::string> paths;
    const auto collect = [](dl_phdr_info* library, std::size_t /*size*/, void* list) {
        const std::string path = library->dlpi_name;
        if (!path.empty()) static_cast<std::vector<std::string>*>(list)->push_back(path);
        return 0;
    };
    ::dl_iterate_phdr(collect, &paths);
    return paths;
}

}  // namespace

void keep_libraries() {
    for (const std::string& path : loaded_libraries()) ::dlopen(path.c_str(), RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
}

}  // namespace curldescent::cli
