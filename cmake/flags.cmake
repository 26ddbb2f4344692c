# Compiler flags of our own code, as one target that only our own targets link.

add_library(curldescent_flags INTERFACE)
target_compile_options(curldescent_flags INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual -Wold-style-cast)

if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    # False alarms of GCC 12: its own AVX-512 intrinsics as uninitialized (bug 105593), std::string as overlapping
    # (bug 105651).
    target_compile_options(curldescent_flags INTERFACE -Wno-uninitialized -Wno-maybe-uninitialized -Wno-restrict)
endif()

if(CURLDESCENT_WARNINGS_AS_ERRORS)
    target_compile_options(curldescent_flags INTERFACE -Werror)
endif()

if(CURLDESCENT_NATIVE)
    target_compile_options(curldescent_flags INTERFACE -march=native)
endif()

if(CURLDESCENT_SANITIZE)
    target_compile_options(curldescent_flags INTERFACE
        -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(curldescent_flags INTERFACE -fsanitize=address,undefined)
endif()
