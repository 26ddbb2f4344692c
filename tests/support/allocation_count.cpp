#include "support/allocation_count.hpp"

#include <atomic>
#include <cstddef>

namespace {

std::atomic<std::int64_t> count{0};

}  // namespace

// The linker's --wrap=symbol sends every call of `symbol` to __wrap_symbol, and __real_symbol to the symbol itself.
extern "C" {

void* __real_malloc(std::size_t size);
void* __real__Znwm(std::size_t size);  // operator new

void* __wrap_malloc(std::size_t size) {
    ++count;
    return __real_malloc(size);
}

void* __wrap__Znwm(std::size_t size) {
    ++count;
    return __real__Znwm(size);
}
}

namespace curldescent {

std::int64_t allocation_count() {
    return count;
}

}  // namespace curldescent
