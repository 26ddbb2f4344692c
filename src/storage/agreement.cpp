#include "curldescent/storage/agreement.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace curldescent {

bool agree(double stored, double expected, Agreement agreement) {
    if (std::bit_cast<std::uint64_t>(stored) == std::bit_cast<std::uint64_t>(expected)) return true;
    if (agreement == Agreement::exact) return false;
    constexpr double tolerance = 1e-9;
    if (std::isnan(stored) || std::isnan(expected)) return std::isnan(stored) && std::isnan(expected);
    if (std::isinf(stored) || std::isinf(expected)) return false;
    return std::abs(stored - expected) <= tolerance * std::max(std::abs(stored), std::abs(expected));
}

}  // namespace curldescent
