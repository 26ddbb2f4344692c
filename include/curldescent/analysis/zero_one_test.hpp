#pragma once

#include <span>

namespace curldescent {

/// The 0-1 test for chaos of a series of a deterministic system (Gottwald and Melbourne, SIAM J. Appl. Dyn. Syst. 8,
/// 2009): near 1 for chaotic, near 0 for regular motion. Noise looks like chaos to it. With f the series less its mean,
/// and for each frequency c
///
///     p(n) = sum over j <= n of f(j) cos(j c),   q(n) = the same with sin(j c)
///     M(n) = mean over j of (p(j + n) - p(j))^2 + (q(j + n) - q(j))^2,   n = 1 .. N / 10
///     K_c  = correlation of M(n) with n
///
/// it is the median of K_c over 100 frequencies spread evenly over (pi / 5, 4 pi / 5). A series that is sampled too
/// often looks regular whatever it is: of every `decorrelation_stride` one is taken, and of these the last 2000 at
/// most. NaN where fewer than 100 are left, and for a series that is constant to rounding.
double zero_one_test(std::span<const double> series);

/// The first lag at which the autocorrelation of a series is not positive: about a quarter of a period. At least 1; the
/// length of the series if there is none up to a hundredth of it.
int decorrelation_stride(std::span<const double> series);

/// Whether a series varies by no more than rounding, 1e-13 of its largest modulus.
bool is_constant(std::span<const double> series);

}  // namespace curldescent
