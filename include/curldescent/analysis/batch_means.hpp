#pragma once

#include <limits>
#include <span>

namespace curldescent {

/// The mean of a stationary series of correlated numbers, with its confidence interval.
struct MeanEstimate {
    double mean = std::numeric_limits<double>::quiet_NaN();
    double half_width = std::numeric_limits<double>::quiet_NaN();  ///< of the 95 % interval; NaN for a short series
    bool has_plateau = false;  ///< whether the series is long enough for its correlations to show their length

    [[nodiscard]] double low() const { return mean - half_width; }
    [[nodiscard]] double high() const { return mean + half_width; }
};

/// The least length of a series that gets an interval.
inline constexpr int least_batches = 16;

/// The mean of a series of n numbers and its 95 % interval, by batch means over blocks of b = 1, 2, 4, ... numbers
/// (Flyvbjerg and Petersen, J. Chem. Phys. 91, 1989). With s_b^2 the variance of the n_b = n / b block means,
///
///     v_b = s_b^2 / n_b
///
/// is the variance of the mean once the blocks are longer than the correlations, and no longer changes: b is the first
/// whose v_b agrees with that of all longer blocks with n_b >= 16 to their standard errors, sqrt(2 / (n_b - 1)) of
/// v_b. The interval is mean +- t sqrt(v_b), t the 97.5 % quantile of Student's distribution with n_b - 1 degrees of
/// freedom.
///
/// There is no plateau when v_b still rises: over the last two doublings by more than three standard errors of the last
/// v_b; nor can there be one for less than 64 numbers. The correlations may then be as long as the series, and the
/// interval is as wide as that makes it: v_b at most doubles from one length to the next, up to s_b^2 for a single
/// block, so it is mean +- t s_b of the largest blocks.
///
/// Where the sum of the series stays bounded (the stretching of regular motion, or of a map that is conjugate to one of
/// constant slope), s_b^2 falls like 1 / b^2, v_b like 1 / b, and the mean is better than any v_b says. If from n_b =
/// 256 to 16 v_b has fallen by more than the square root of the ratio of lengths, the largest block's s_b^2 is
/// extrapolated to the whole series: s_b^2 / n_b^2.
MeanEstimate batch_means(std::span<const double> series);

}  // namespace curldescent
