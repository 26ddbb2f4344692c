#pragma once

#include <numeric>
#include <span>
#include <vector>

namespace curldescent {

inline double mean_of(std::span<const double> values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// The values less their mean.
inline std::vector<double> centred(std::span<const double> series) {
    std::vector<double> values(series.begin(), series.end());
    const double mean = mean_of(series);
    for (double& value : values) value -= mean;
    return values;
}

}  // namespace curldescent
