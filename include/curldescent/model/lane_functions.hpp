#pragma once

#include <array>
#include <cstdint>

#include "curldescent/model/lanes.hpp"

namespace curldescent {

/// e^y = 2^k (1 + p) for y = k ln 2 + r with |r| <= ln 2 / 2 and p = e^r - 1.
struct SplitExponential {
    Lanes power;  ///< 2^k
    Lanes rest;   ///< p, to within an ulp of itself however small it is
};

/// Takes e^y apart. y from -708 to 708.
inline SplitExponential split_exponential(const Lanes& y) {
    // Adding 1.5 * 2^52 rounds to a whole number and leaves it in the lowest bits.
    const Lanes rounder(0x1.8p52);
    const Lanes rounded = multiply_add(y, Lanes(0x1.71547652b82fep0), rounder);  // y / ln 2
    const Lanes k = rounded - rounder;
    // ln 2 in two parts, the first short enough for k times it to be exact.
    const Lanes r = multiply_add(k, Lanes(-0x1.a39ef35793c76p-33), multiply_add(k, Lanes(-0x1.62e42feep-1), y));

    // (e^r - 1 - r - r^2 / 2) / r^3, interpolated at the 10 Chebyshev nodes of |r| <= ln 2 / 2: p to 1.1e-18.
    constexpr std::array<double, 10> coefficients{0x1.5555555555556p-3,  0x1.5555555555555p-5,  0x1.11111111109b5p-7,
                                                  0x1.6c16c16c167e2p-10, 0x1.a01a01a7c2f03p-13, 0x1.a01a01a47a594p-16,
                                                  0x1.71de0db2f585ep-19, 0x1.27e4e1f721817p-22, 0x1.af389ed28db09p-26,
                                                  0x1.1f66d94a3bcd6p-29};
    Lanes q(coefficients.back());
    for (std::size_t term = coefficients.size() - 1; term-- > 0;) q = multiply_add(q, r, Lanes(coefficients[term]));
    const Lanes p = multiply_add(r * r, multiply_add(q, r, Lanes(0.5)), r);

    using Bits = xsimd::batch<std::int64_t>;
    const Bits exponent = (xsimd::bitwise_cast<Bits>(rounded) + Bits(1023)) << 52;
    return {.power = xsimd::bitwise_cast<Lanes>(exponent), .rest = p};
}

/// tanh(x) = -n / (2 + n) with n = e^(-2 |x|) - 1 and the sign of x: within 2 ulp for every x. NaN stays NaN.
inline Lanes tanh(const Lanes& x) {
    // Beyond 20 it is 1 to the last bit. NaN passes: min returns its second argument unless the first is smaller.
    const Lanes magnitude = xsimd::min(Lanes(20.0), xsimd::abs(x));
    const auto [power, p] = split_exponential(Lanes(-2.0) * magnitude);
    const Lanes whole = power - Lanes(1.0);
    const Lanes part = power * p;
    const Lanes n = whole + part;
    const Lanes n_gained = (n - whole) - part;  // by rounding
    const Lanes denominator = n + Lanes(2.0);
    const Lanes denominator_lost = (n - (denominator - Lanes(2.0))) - n_gained;
    const Lanes quotient = n / denominator;  // -tanh |x|
    const Lanes excess = multiply_add(quotient, denominator_lost, n_gained);
    const Lanes inverse = negative_multiply_add(quotient, Lanes(0.5), Lanes(0.5));  // 1 / (2 + n)
    return xsimd::copysign(negative_multiply_add(excess, inverse, quotient), x);
}

/// The logistic function 1 / (1 + e^-x), within 2 ulp from -708 on; below, under 4e-308, it is 0. NaN stays NaN.
inline Lanes sigmoid(const Lanes& x) {
    const Lanes zero(0.0);
    const Lanes one(1.0);
    const Lanes magnitude = xsimd::min(Lanes(708.0), xsimd::abs(x));
    const auto [power, p] = split_exponential(-magnitude);
    const Lanes sum = one + p;
    const Lanes e = power * sum;  // e^-|x|, and what rounding took from it:
    const Lanes e_lost = power * (p - (sum - one));
    const Lanes denominator = one + e;
    const Lanes denominator_lost = (e - (denominator - one)) + e_lost;

    const auto negative = x < zero;
    const Lanes numerator = xsimd::select(negative, e, one);
    const Lanes inverse = one / denominator;
    const Lanes quotient = numerator * inverse;
    const Lanes remainder = multiply_add(-quotient, denominator, numerator) + xsimd::select(negative, e_lost, zero) -
                            quotient * denominator_lost;
    return xsimd::select(x < Lanes(-708.0), zero, multiply_add(remainder, inverse, quotient));
}

}  // namespace curldescent
