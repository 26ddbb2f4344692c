// Refuses a CPU that lacks instructions this program was built with, before it meets one of them.
//
// This file is compiled for every processor of the family, all others for CURLDESCENT_ARCHITECTURE. It uses plain C and
// nothing of the standard library's templates: of a function that several files instantiate, the linker keeps any one.

#ifdef __x86_64__

#include <cpuid.h>
#include <unistd.h>

#include <cstddef>
#include <cstdio>

namespace {

struct InstructionSet {
    const char* name;
    bool is_here;
};

// NOLINTBEGIN(cppcoreguidelines-avoid-c-arrays,modernize-avoid-c-arrays)

/// The model of this CPU, as it calls itself.
struct CpuName {
    unsigned words[13] = {};  // the last one ends the text

    CpuName() {
        for (unsigned i = 0; i < 3; ++i) {
            unsigned* part = words + std::size_t{4} * i;
            if (__get_cpuid(0x80000002U + i, part, part + 1, part + 2, part + 3) == 0) words[0] = 0;
        }
    }

    [[nodiscard]] const char* text() const {
        const auto* start = reinterpret_cast<const char*>(words);
        while (*start == ' ') ++start;
        return *start != '\0' ? start : "unknown";
    }
};

/// Runs before the initialisers of all other files, which are the first that could fail.
__attribute__((constructor(101))) void check_cpu() {
    __builtin_cpu_init();
    const InstructionSet required[] = {
#include "required_instructions.inc"
        {nullptr, true},
    };
    char missing[512] = "";
    int length = 0;
    for (const InstructionSet* set = required; set->name != nullptr; ++set) {
        if (set->is_here) continue;
        length += std::snprintf(missing + length, sizeof missing - static_cast<std::size_t>(length), " %s", set->name);
    }
    if (length == 0) return;
    std::fprintf(stderr,
                 "curldescent: this CPU (%s) lacks instructions that this program was built with:%s; build it on this "
                 "machine (bash jobs/build.sh), or once for all x86 machines since about 2015 (bash jobs/build.sh "
                 "--portable)\n",
                 CpuName().text(), missing);
    constexpr int bad_input = 2;
    _exit(bad_input);
}

// NOLINTEND(cppcoreguidelines-avoid-c-arrays,modernize-avoid-c-arrays)

}  // namespace

#endif
