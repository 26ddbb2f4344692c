# Writes OUTPUT, a header with version, git commit and compiler, at each build, and touches it only when it changed.
# Run with cmake -P and -D SOURCE, OUTPUT, PROJECT_VERSION, BUILD_COMPILER.

execute_process(COMMAND git -C ${SOURCE} rev-parse --short=12 HEAD
    OUTPUT_VARIABLE BUILD_COMMIT OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE no_git)
if(no_git)
    set(BUILD_COMMIT "unknown")
else()
    execute_process(COMMAND git -C ${SOURCE} diff --quiet HEAD RESULT_VARIABLE changed ERROR_QUIET)
    if(changed)
        string(APPEND BUILD_COMMIT "-dirty")
    endif()
endif()
configure_file(${CMAKE_CURRENT_LIST_DIR}/version.hpp.in ${OUTPUT} @ONLY)
