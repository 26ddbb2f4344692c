#pragma once

#include <span>
#include <vector>

#include "curldescent/model/random.hpp"

namespace curldescent {

/// The two-sided p of Student's t test that the mean of these finite differences is 0, as SciPy's `ttest_rel` gives it.
/// NaN below two differences, and when they are all equal up to rounding: without a scatter nothing tells how far their
/// mean may be off.
double paired_t_test(std::span<const double> differences);

/// The two-sided p of Wilcoxon's signed-rank test that these differences are symmetric about 0, as SciPy's `wilcoxon`
/// gives it with zero_method = "wilcox" and correction = False: zeros are left out, equal sizes share their mean rank.
/// Exact for up to 50 differences without zeros and ties (method = "exact"), else by the normal approximation with the
/// variance corrected for ties (method = "approx"). Infinite differences rank above all others, as equal ones. NaN when
/// every difference is 0.
double wilcoxon_test(std::span<const double> differences);

/// Holm's step-down correction of these p-values for testing all of them: for the k-th smallest of m, k from 0, the
/// largest of (m - j) p_j over j <= k, at most 1. NaN stays NaN and does not count.
std::vector<double> holm_correction(std::span<const double> p_values);

/// A ratio of medians, and an interval around it.
struct MedianRatio {
    double ratio;
    double low;
    double high;
};

/// median(x) / median(y) of pairs (x_k, y_k), at least 0, infinite ones included, and the 2.5 % and 97.5 % quantiles of
/// the same over 1000 resamplings of the pairs. 0 / 0 and infinite / infinite are no ratio: NaN; in a resampling they
/// count as 0 for the lower end and as infinite for the upper one. NaN without pairs; the ends of the interval are NaN
/// for one pair, too, which has but one resampling.
MedianRatio ratio_of_medians(std::span<const double> x, std::span<const double> y, RandomStream resampling);

}  // namespace curldescent
