#pragma once

#include <numeric>

namespace curldescent {

/// The end of the part of [low, high] where `holds` is true, which begins at `low`, to 2^-64 of its length: a value
/// where it is true, or `low`.
template <class Predicate>
double bisect(double low, double high, const Predicate& holds) {
    constexpr int halvings = 64;
    for (int halving = 0; halving < halvings; ++halving) {
        const double middle = std::midpoint(low, high);
        (holds(middle) ? low : high) = middle;
    }
    return low;
}

}  // namespace curldescent
