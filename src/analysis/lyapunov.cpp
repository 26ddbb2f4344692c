#include "curldescent/analysis/lyapunov.hpp"

#include <Eigen/QR>
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <functional>
#include <numbers>

namespace curldescent {
namespace {

constexpr double widest_spread = 11.5;                      // ln 1e5
constexpr double power_growth = 4.0 * std::numbers::ln2;    // that t^4 adds in the second half of any time
constexpr double regular_growth = 2.0 * std::numbers::ln2;  // that t^2 adds
constexpr double halves_width = 2.0 * std::numbers::sqrt2;  // 2.8 standard deviations of their difference

bool includes_zero(const MeanEstimate& rate) {
    return rate.low() <= 0.0 && 0.0 <= rate.high();
}

std::int64_t power_of_two_below(std::int64_t steps) {
    return static_cast<std::int64_t>(std::bit_floor(static_cast<std::uint64_t>(steps)));
}

/// Whether two rates differ by more than a width, and their growths in a time by more than a power of it may.
bool differ(double difference, double width, double time) {
    return std::abs(difference) > width && std::abs(difference) * time > power_growth;
}

}  // namespace

Stretching orthonormalise(Matrix& tangents) {
    const Index count = tangents.cols() - 1;
    const Eigen::HouseholderQR<Matrix> qr(tangents.leftCols(count));
    const Matrix R = qr.matrixQR().topRows(count).triangularView<Eigen::Upper>();
    tangents.leftCols(count) = qr.householderQ() * Matrix::Identity(tangents.rows(), count);
    const double length = tangents.col(count).norm();
    if (length > 0.0) tangents.col(count) /= length;

    Vector logarithms(count + 1);
    logarithms << R.diagonal().cwiseAbs().array().log(), std::log(length);
    const double longest = std::log(R.colwise().norm().maxCoeff());
    const double apart = longest - logarithms.head(count).minCoeff();
    return {logarithms, std::max({apart, std::abs(longest), std::abs(logarithms[count])})};
}

LyapunovAccumulator::LyapunovAccumulator(Index exponents, std::int64_t transient, std::int64_t longest_interval)
    : exponents_(exponents),
      transient_(transient),
      longest_interval_(std::max(longest_interval, std::int64_t{1})),
      series_(exponents + 1, power_of_two_below(longest_interval_)) {}

std::int64_t LyapunovAccumulator::interval() const {
    return transient_ > 0 ? std::min(interval_, transient_) : std::min(interval_, series_.steps_to_cell_end());
}

void LyapunovAccumulator::add(Matrix& tangents) {
    const std::int64_t steps = interval();
    const auto [logarithms, spread] = orthonormalise(tangents);
    if (transient_ > 0) {
        transient_ -= steps;
    } else {
        series_.add(logarithms, steps);
    }
    adapt_interval(spread, steps);
}

void LyapunovAccumulator::adapt_interval(double spread, std::int64_t steps) {
    const bool is_cut_short = steps < interval_;
    if (spread > widest_spread) {
        interval_ = std::max(interval_ / 2, std::int64_t{1});
    } else if (!is_cut_short && spread < 0.25 * widest_spread && 2 * interval_ <= longest_interval_) {
        interval_ *= 2;
    }
}

LyapunovEstimate LyapunovAccumulator::estimate() const {
    LyapunovEstimate estimate;
    estimate.steps = series_.steps();
    std::vector<double> values;
    for (Index k = 0; k < exponents_; ++k) {
        const MeanEstimate rate = series_.rate(k);
        const bool is_zero = includes_zero(rate) || std::abs(second_half_growth(k)) < regular_growth;
        estimate.exponents.push_back(rate);
        values.push_back(is_zero ? 0.0 : rate.mean);
    }
    estimate.leading = {.rate = estimate.exponents.front(),
                        .half_difference = series_.rate_between(0, 0.5, 1.0) - series_.rate_between(0, 0.0, 0.5),
                        .start_difference = series_.rate(exponents_).mean - estimate.exponents.front().mean,
                        .second_half_growth = second_half_growth(0)};
    estimate.verdict = verdict_of(estimate.leading, estimate.steps);
    if (estimate.verdict == LyapunovVerdict::positive) estimate.kaplan_yorke_dimension = kaplan_yorke_dimension(values);
    return estimate;
}

double LyapunovAccumulator::second_half_growth(Index k) const {
    return series_.rate_between(k, 0.5, 1.0) * 0.5 * static_cast<double>(series_.steps());
}

LyapunovVerdict verdict_of(const LeadingGrowth& growth, std::int64_t steps) {
    if (steps == 0) return LyapunovVerdict::unmeasured;
    const auto& [rate, half_difference, start_difference, second_half_growth] = growth;
    const auto time = static_cast<double>(steps);
    if (std::isnan(rate.half_width) || differ(start_difference, rate.half_width, time)) {
        return LyapunovVerdict::unsettled;
    }
    if (std::abs(second_half_growth) < regular_growth) return LyapunovVerdict::zero;
    if (differ(half_difference, halves_width * rate.half_width, 0.5 * time)) return LyapunovVerdict::unsettled;
    if (includes_zero(rate)) return rate.has_plateau ? LyapunovVerdict::zero : LyapunovVerdict::unsettled;
    if (rate.low() > 0.0 && second_half_growth > power_growth) return LyapunovVerdict::positive;
    if (rate.high() < 0.0 && second_half_growth < -power_growth) return LyapunovVerdict::negative;
    return LyapunovVerdict::unsettled;
}

std::int64_t least_steps(double exponent) {
    constexpr double most = 1e18;
    return static_cast<std::int64_t>(std::min(std::ceil(2.0 * power_growth / exponent), most));
}

double kaplan_yorke_dimension(std::vector<double> exponents) {
    constexpr double missing = std::numeric_limits<double>::quiet_NaN();
    if (std::ranges::any_of(exponents, [](double value) { return std::isnan(value); })) return missing;
    std::ranges::sort(exponents, std::greater<>());
    constexpr double rounding = 1e-12;
    double gain = 0.0;  // sum of the positive ones
    double sum = 0.0;
    for (std::size_t j = 0; j < exponents.size(); ++j) {
        gain += std::max(exponents[j], 0.0);
        if (sum + exponents[j] < -rounding * gain) return static_cast<double>(j) + sum / -exponents[j];
        sum += exponents[j];
    }
    return gain > 0.0 && sum <= rounding * gain ? static_cast<double>(exponents.size()) : missing;
}

}  // namespace curldescent
