#pragma once

#include <cmath>
#include <cstddef>
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

/// The values less their straight line of least squares.
inline std::vector<double> detrended(std::span<const double> series) {
    std::vector<double> values = centred(series);
    const double middle = 0.5 * (static_cast<double>(values.size()) - 1.0);
    double moment = 0.0;
    double squares = 0.0;
    for (std::size_t k = 0; k < values.size(); ++k) {
        const double time = static_cast<double>(k) - middle;
        moment += time * values[k];
        squares += time * time;
    }
    const double slope = squares > 0.0 ? moment / squares : 0.0;
    for (std::size_t k = 0; k < values.size(); ++k) values[k] -= slope * (static_cast<double>(k) - middle);
    return values;
}

/// The root of the mean square.
inline double root_mean_square(std::span<const double> values) {
    return std::sqrt(std::inner_product(values.begin(), values.end(), values.begin(), 0.0) /
                     static_cast<double>(values.size()));
}

}  // namespace curldescent
