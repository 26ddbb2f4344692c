#include "curldescent/analysis/growth_series.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <numeric>

namespace curldescent {
namespace {

constexpr std::size_t most_cells = 4096;

}  // namespace

GrowthSeries::GrowthSeries(Index lengths, std::int64_t cell_steps)
    : cell_steps_(cell_steps), open_(Vector::Zero(lengths)), rates_(static_cast<std::size_t>(lengths)) {}

void GrowthSeries::add(const Eigen::Ref<const Vector>& logarithms, std::int64_t steps) {
    open_ += logarithms;
    open_steps_ += steps;
    if (open_steps_ < cell_steps_) return;
    for (std::size_t k = 0; k < rates_.size(); ++k) {
        rates_[k].push_back(open_[static_cast<Index>(k)] / static_cast<double>(open_steps_));
    }
    open_.setZero();
    open_steps_ = 0;
    if (rates_.front().size() == most_cells) merge_neighbours();
}

void GrowthSeries::merge_neighbours() {
    for (std::vector<double>& cells : rates_) {
        for (std::size_t k = 0; k < cells.size() / 2; ++k) cells[k] = 0.5 * (cells[2 * k] + cells[2 * k + 1]);
        cells.resize(cells.size() / 2);
    }
    cell_steps_ *= 2;
}

std::int64_t GrowthSeries::steps() const {
    return cell_steps_ * static_cast<std::int64_t>(rates_.front().size());
}

MeanEstimate GrowthSeries::rate(Index length) const {
    return batch_means(rates_[static_cast<std::size_t>(length)]);
}

double GrowthSeries::rate_between(Index length, double first, double last) const {
    const std::vector<double>& cells = rates_[static_cast<std::size_t>(length)];
    const auto cell_at = [&](double share) {
        return static_cast<std::ptrdiff_t>(share * static_cast<double>(cells.size()));
    };
    const auto begin = cells.begin() + cell_at(first);
    const auto end = cells.begin() + cell_at(last);
    if (begin == end) return std::numeric_limits<double>::quiet_NaN();
    return std::accumulate(begin, end, 0.0) / static_cast<double>(end - begin);
}

std::vector<double> GrowthSeries::windows(Index length, std::int64_t count) const {
    std::vector<double> rates;
    for (std::int64_t k = 0; k < count; ++k) {
        const auto share = [&](std::int64_t edge) { return static_cast<double>(edge) / static_cast<double>(count); };
        rates.push_back(rate_between(length, share(k), share(k + 1)));
    }
    return rates;
}

}  // namespace curldescent
