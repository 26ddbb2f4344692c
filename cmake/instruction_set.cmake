# Which instructions our own code may use beyond those of every processor of its family, in the compiler's own words:
# architecture_flag       what CURLDESCENT_ARCHITECTURE means on the command line
# instruction_set         the processor family and the names, for provenance
# required_instructions   lines of a C++ table, by which the program checks its CPU
# baseline_flag           the flag of code that runs everywhere

set(architecture_flag "")
if(CURLDESCENT_ARCHITECTURE AND NOT CURLDESCENT_ARCHITECTURE STREQUAL none)
    set(architecture_flag -march=${CURLDESCENT_ARCHITECTURE})
endif()

separate_arguments(user_flags UNIX_COMMAND "${CMAKE_CXX_FLAGS}")
execute_process(COMMAND ${CMAKE_CXX_COMPILER} ${user_flags} ${architecture_flag} -dM -E -x c++ /dev/null
    OUTPUT_VARIABLE macros ERROR_VARIABLE complaint RESULT_VARIABLE refused)
if(refused)
    message(FATAL_ERROR "the compiler refuses CURLDESCENT_ARCHITECTURE=${CURLDESCENT_ARCHITECTURE}; choose another "
        "value of its -march=, or its default, by\n    cmake -DCURLDESCENT_ARCHITECTURE=none ${PROJECT_BINARY_DIR}\n"
        "and build again. ${complaint}")
endif()

set(instruction_set ${CMAKE_SYSTEM_PROCESSOR})
set(required_instructions "")
set(baseline_flag "")
if(macros MATCHES "#define __x86_64__ ")
    set(baseline_flag -march=x86-64)
    # What compilers use on their own and GCC 12 and clang 14 can ask a CPU for. With bmi2 come lzcnt and movbe.
    foreach(name sse3 ssse3 sse4.1 sse4.2 sse4a popcnt avx avx2 fma fma4 xop bmi bmi2 gfni avx512f avx512cd avx512bw
            avx512dq avx512vl avx512ifma avx512vbmi avx512vbmi2 avx512vnni avx512bitalg avx512vpopcntdq)
        string(TOUPPER ${name} macro)
        string(REPLACE . _ macro ${macro})
        if(macros MATCHES "#define __${macro}__ ")
            string(APPEND instruction_set " ${name}")
            string(APPEND required_instructions "{\"${name}\", __builtin_cpu_supports(\"${name}\") != 0},\n")
        endif()
    endforeach()
endif()
