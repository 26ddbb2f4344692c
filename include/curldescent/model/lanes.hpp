#pragma once

#include <Eigen/Core>
#include <xsimd/xsimd.hpp>

namespace curldescent {

static_assert(XSIMD_VERSION_MAJOR == 8, "the names of xsimd 8 are used; take its last 8.x, which is headers alone");

/// As many doubles as one instruction of the machine built for takes: 8 with AVX-512, 4 with AVX2, 2 with SSE2.
using Lanes = xsimd::batch<double>;

/// The number of doubles in `Lanes`.
inline constexpr Eigen::Index lane_count = Lanes::size;
static_assert(sizeof(Lanes) <= EIGEN_DEFAULT_ALIGN_BYTES, "Eigen's matrices start on whole Lanes");

/// Number of `Lanes` that hold `count` doubles.
constexpr Eigen::Index lanes_for(Eigen::Index count) {
    return (count + lane_count - 1) / lane_count;
}

/// `count` rounded up to whole `Lanes`: the length of a padded line.
constexpr Eigen::Index padded(Eigen::Index count) {
    return lanes_for(count) * lane_count;
}

/// The `index`-th Lanes of a line that starts on a whole `Lanes` in memory.
inline Lanes load(const double* line, Eigen::Index index = 0) {
    return Lanes::load_aligned(line + index * lane_count);
}

/// Overwrites the `index`-th Lanes of a line.
inline void store(const Lanes& lanes, double* line, Eigen::Index index = 0) {
    lanes.store_aligned(line + index * lane_count);
}

/// a b + c with one rounding where the machine has FMA. (xsimd 8 leaves it to the compiler for AVX-512.)
inline Lanes multiply_add(const Lanes& a, const Lanes& b, const Lanes& c) {
#ifdef __AVX512F__
    return _mm512_fmadd_pd(a, b, c);
#else
    return xsimd::fma(a, b, c);
#endif
}

/// c - a b, likewise.
inline Lanes negative_multiply_add(const Lanes& a, const Lanes& b, const Lanes& c) {
#ifdef __AVX512F__
    return _mm512_fnmadd_pd(a, b, c);
#else
    return xsimd::fnma(a, b, c);
#endif
}

/// The sum of all lanes.
inline double sum(const Lanes& lanes) {
    return xsimd::hadd(lanes);
}

}  // namespace curldescent
