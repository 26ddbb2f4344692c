#include "curldescent/experiment/sweep.hpp"

#include <algorithm>
#include <cmath>

namespace curldescent {

std::int64_t Sweep::points() const {
    std::int64_t count = 1;
    for (const SweepAxis& axis : axes) count *= axis.size();
    return count;
}

bool Sweep::varies(const Key& key) const {
    return std::ranges::any_of(axes, [&](const SweepAxis& axis) {
        return std::ranges::any_of(axis.keys, [&](const SweptKey& swept) { return swept.key == &key; });
    });
}

std::vector<std::int64_t> Sweep::axis_indices(std::int64_t point) const {
    std::vector<std::int64_t> indices(axes.size());
    for (std::size_t k = axes.size(); k-- > 0;) {
        indices[k] = point % axes[k].size();
        point /= axes[k].size();
    }
    return indices;
}

Settings Sweep::at(const Settings& base, std::int64_t point) const {
    Settings settings = base;
    const std::vector<std::int64_t> indices = axis_indices(point);
    for (std::size_t k = 0; k < axes.size(); ++k) {
        for (const SweptKey& swept : axes[k].keys) {
            swept.key->set(settings, swept.values[static_cast<std::size_t>(indices[k])]);
        }
    }
    return settings;
}

std::vector<double> linspace(double first, double last, std::int64_t count) {
    std::vector<double> values;
    const double step = count > 1 ? (last - first) / static_cast<double>(count - 1) : 0.0;
    for (std::int64_t k = 0; k < count; ++k) values.push_back(first + static_cast<double>(k) * step);
    if (count > 1) values.back() = last;
    return values;
}

std::vector<double> logspace(double first, double last, std::int64_t count) {
    std::vector<double> values = linspace(first, last, count);
    for (double& value : values) value = std::pow(10.0, value);
    return values;
}

}  // namespace curldescent
