# Compiler flags of our own code, as one target that only our own targets link; the warnings alone are another.

add_library(curldescent_warnings INTERFACE)
target_compile_options(curldescent_warnings INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual -Wold-style-cast)

if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    # False alarms of GCC 12: its own AVX-512 intrinsics as uninitialized (bug 105593), std::string as overlapping
    # (bug 105651).
    target_compile_options(curldescent_warnings INTERFACE -Wno-uninitialized -Wno-maybe-uninitialized -Wno-restrict)
endif()

if(CURLDESCENT_WARNINGS_AS_ERRORS)
    target_compile_options(curldescent_warnings INTERFACE -Werror)
endif()

# The list is defined for every file, so that all are compiled anew when it changes: another machine that builds in the
# same folder means something else by native.
add_library(curldescent_flags INTERFACE)
target_link_libraries(curldescent_flags INTERFACE curldescent_warnings)
target_compile_options(curldescent_flags INTERFACE ${architecture_flag})
target_compile_definitions(curldescent_flags INTERFACE CURLDESCENT_INSTRUCTION_SET="${instruction_set}")

# Else Eigen cuts its sums to the caches it finds, and CPUs that differ in them alone disagree in the last digits.
target_compile_definitions(curldescent_flags INTERFACE EIGEN_NO_CPUID)

if(CURLDESCENT_SANITIZE)
    # The address sanitizer ends what reads or writes at null; to check every pointer takes a quarter of the build.
    target_compile_options(curldescent_flags INTERFACE
        -fsanitize=address,undefined -fno-sanitize=null -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_compile_definitions(curldescent_flags INTERFACE CURLDESCENT_SANITIZE)
    target_link_options(curldescent_flags INTERFACE -fsanitize=address,undefined)
endif()
