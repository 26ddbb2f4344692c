#pragma once

namespace curldescent {

/// Whether this build runs under the sanitizers, which take ten to a hundred times as long. What a test
/// repeats to be sure of numbers, it need not repeat as often to touch the same memory.
#ifdef CURLDESCENT_SANITIZE
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif

}  // namespace curldescent
