#include "kept_libraries.hpp"

#include <dlfcn.h>
#include <gtest/gtest.h>

namespace curldescent::cli {
namespace {

/// A library of every glibc that no program is linked with.
constexpr const char* library = "libthread_db.so.1";

bool is_loaded() {
    void* handle = ::dlopen(library, RTLD_LAZY | RTLD_NOLOAD);
    if (handle != nullptr) ::dlclose(handle);
    return handle != nullptr;
}

TEST(KeepLibraries, LeavesThemInMemoryWhenTheyAreClosed) {
    ASSERT_FALSE(is_loaded());
    void* first = ::dlopen(library, RTLD_LAZY);
    ASSERT_NE(first, nullptr);
    ::dlclose(first);
    ASSERT_FALSE(is_loaded());

    void* second = ::dlopen(library, RTLD_LAZY);
    keep_libraries();
    ::dlclose(second);
    EXPECT_TRUE(is_loaded());
}

}  // namespace
}  // namespace curldescent::cli
