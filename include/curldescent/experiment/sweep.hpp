#pragma once

#include <cstdint>
#include <vector>

#include "curldescent/experiment/keys.hpp"

namespace curldescent {

/// The values that one key takes along its axis.
struct SweptKey {
    const Key* key;  ///< of the table of keys
    std::vector<KeyValue> values;
};

/// One axis of the sweep: a key, or several of equal length that move together.
struct SweepAxis {
    std::vector<SweptKey> keys;

    [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(keys.front().values.size()); }
};

/// The axes of a sweep, crossed in the order written: the last one varies fastest. No axes: a single point.
struct Sweep {
    std::vector<SweepAxis> axes;

    [[nodiscard]] std::int64_t points() const;

    /// Whether an axis varies this key.
    [[nodiscard]] bool varies(const Key& key) const;

    /// The index along each axis of a point.
    [[nodiscard]] std::vector<std::int64_t> axis_indices(std::int64_t point) const;

    /// The settings with the swept keys at their values of this point.
    [[nodiscard]] Settings at(const Settings& base, std::int64_t point) const;
};

/// a, a + step, ..., b: `count` values, as NumPy's linspace computes them. count = 1 gives a.
std::vector<double> linspace(double first, double last, std::int64_t count);

/// 10 to the powers of linspace(first, last, count).
std::vector<double> logspace(double first, double last, std::int64_t count);

}  // namespace curldescent
