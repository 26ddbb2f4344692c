#pragma once

#include <cstdint>

namespace curldescent {

/// How often this program's own code, Eigen's included, has asked for memory. Needs --wrap of malloc and operator new
/// when linked.
std::int64_t allocation_count();

}  // namespace curldescent
