#pragma once

#include <algorithm>
#include <array>
#include <utility>

#include "curldescent/model/lanes.hpp"

/// Small products of matrices, held in registers. A tile is R Lanes by J scalars of the result.
namespace curldescent::tiles {

using Eigen::Index;

/// Registers for the accumulators of a tile: of the 32 of AVX-512 or the 16 of others, all but those for the factors.
inline constexpr Index accumulators = lane_count == 8 ? 24 : 12;

/// Scalars in a line of memory: entry (j, k) is at data[j * j_stride + k * k_stride].
struct Scalars {
    const double* data;
    Index j_stride;
    Index k_stride;
};

/// Whole lines of Lanes: line k starts at data + k * stride.
struct Lines {
    const double* data;
    Index stride;
};

/// visit(0), ..., visit(Count - 1), each index a constant: what it indexes can stay in registers.
template <Index Count, class Visit>
[[gnu::always_inline]] inline void unroll(Visit visit) {
    [&]<Index... K>(std::integer_sequence<Index, K...>) __attribute__((always_inline)) {
        (visit(std::integral_constant<Index, K>()), ...);
    }
    (std::make_integer_sequence<Index, Count>());
}

/// R Lanes by J scalars of a result: (j)[r].
template <Index R, Index J>
using Tile = std::array<std::array<Lanes, R>, J>;

/// (j)[r] = sum over k < count of lines(k)[r] * scalars(j, k).
template <Index R, Index J>
[[gnu::always_inline]] inline Tile<R, J> multiply(Lines lines, Scalars scalars, Index count) {
    Tile<R, J> result{};
    unroll<J>([&](auto j) { unroll<R>([&](auto r) { result[j][r] = Lanes(0.0); }); });
    for (Index k = 0; k < count; ++k) {
        std::array<Lanes, R> line{};
        unroll<R>([&](auto r) { line[r] = load(lines.data + k * lines.stride, r); });
        unroll<J>([&](auto j) {
            const Lanes scalar(scalars.data[j * scalars.j_stride + k * scalars.k_stride]);
            unroll<R>([&](auto r) { result[j][r] = multiply_add(line[r], scalar, result[j][r]); });
        });
    }
    return result;
}

/// (j)[i] = the sum of the products of line i of the one and line j of the other, both `count` Lanes long, lane by
/// lane.
template <Index I, Index J>
[[gnu::always_inline]] inline Tile<I, J> multiply_lines(Lines one, Lines other, Index count) {
    Tile<I, J> result{};
    unroll<J>([&](auto j) { unroll<I>([&](auto i) { result[j][i] = Lanes(0.0); }); });
    for (Index k = 0; k < count; ++k) {
        std::array<Lanes, I> line{};
        unroll<I>([&](auto i) { line[i] = load(one.data + i * one.stride, k); });
        unroll<J>([&](auto j) {
            const Lanes factor = load(other.data + j * other.stride, k);
            unroll<I>([&](auto i) { result[j][i] = multiply_add(line[i], factor, result[j][i]); });
        });
    }
    return result;
}

/// The sum of each of I <= lane_count Lanes, in their order, and zeros behind them.
template <std::size_t I>
[[gnu::always_inline]] inline Lanes sum_each(const std::array<Lanes, I>& rows) {
    std::array<Lanes, lane_count> all{};
    unroll<lane_count>([&](auto i) {
        if constexpr (i < Index{I}) all[i] = rows[i];
        if constexpr (i >= Index{I}) all[i] = Lanes(0.0);
    });
    return xsimd::haddp(all.data());
}

/// Cuts `count` into pieces of at most Most, as equal as can be, and calls visit.template operator()<Size>(first) for
/// each with its size as a constant.
template <Index Most, class Visit>
inline void for_each_piece(Index count, Visit visit) {
    const Index pieces = (count + Most - 1) / Most;
    Index first = 0;
    for (Index piece = 0; piece < pieces; ++piece) {
        const Index size = (count - first + pieces - piece - 1) / (pieces - piece);
        unroll<Most>([&](auto k) {
            if (size == k + 1) visit.template operator()<k + 1>(first);
        });
        first += size;
    }
}

/// sum = the sum over k < count of lines(k) * factors[k], `width` Lanes long.
inline void combine(Lines lines, const double* factors, Index count, double* sum, Index width) {
    for_each_piece<8>(width, [&]<Index R>(Index lane) {
        const auto part = multiply<R, 1>({lines.data + lane * lane_count, lines.stride}, {factors, 0, 1}, count);
        unroll<R>([&](auto r) { store(part[0][r], sum, lane + r); });
    });
}

/// products[j] = dot product of lines(j) and the line `factor`, for j < count. Overwrites up to whole Lanes.
inline void multiply_by_line(Lines lines, Index count, const double* factor, Index width, double* products) {
    for_each_piece<lane_count>(count, [&]<Index J>(Index j) {
        const auto part = multiply_lines<J, 1>({lines.data + j * lines.stride, lines.stride}, {factor, 0}, width);
        sum_each(part[0]).store_unaligned(products + j);
    });
}

}  // namespace curldescent::tiles
