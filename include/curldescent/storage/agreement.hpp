#pragma once

#include <cstdint>

namespace curldescent {

/// How a number must agree with the same number computed again: bit for bit by the same build, to rounding by another.
enum class Agreement : std::uint8_t { exact, rounding };

/// Whether a stored number agrees with one that was expected. To rounding means 1e-9 of the larger one; what is missing
/// (NaN) agrees with what is missing.
bool agree(double stored, double expected, Agreement agreement);

}  // namespace curldescent
