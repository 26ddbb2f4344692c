#pragma once

#include <algorithm>

#include "curldescent/model/network.hpp"
#include "tiles.hpp"

/// Products with weights that are laid out as those of `FusedCore`.
namespace curldescent {

inline constexpr Index tile_lanes = 2;  // Lanes of a tile's line
inline constexpr Index tile_lines = tiles::accumulators / tile_lanes;

/// Covers a result of `lanes` Lanes by `lines` with tiles: visit.template operator()<R, J>(lane, line) for each.
template <class Visit>
void for_each_tile(Index lanes, Index lines, Visit visit) {
    const auto visit_lanes = [&]<Index R>(Index lane) {
        tiles::for_each_piece<tile_lines>(lines,
                                          [&]<Index J>(Index line) { visit.template operator()<R, J>(lane, line); });
    };
    for (Index lane = 0; lane + 1 < lanes; lane += 2) visit_lanes.template operator()<2>(lane);
    if (lanes % 2 == 1) visit_lanes.template operator()<1>(lanes - 1);
}

/// The first `count` columns of A [padded(N) x count] are W1 X where a line of W1, one of `inputs`, is one input.
inline void multiply_units(tiles::Lines W1, Index inputs, tiles::Lines X, Index count, Matrix& A) {
    for_each_tile(A.rows() / lane_count, count, [&]<Index R, Index J>(Index lane, Index sample) {
        const auto tile = tiles::multiply<R, J>({W1.data + lane * lane_count, W1.stride},
                                                {X.data + sample * X.stride, X.stride, 1}, inputs);
        double* sums = A.col(sample).data();
        const Index rows = A.rows();
        tiles::unroll<J>(
            [&](auto j) { tiles::unroll<R>([&](auto r) { store(tile[j][r], sums + j * rows, lane + r); }); });
    });
}

/// The same where a line is one unit, one of `hidden`: dot products along the lines.
inline void multiply_inputs(tiles::Lines W1, Index hidden, tiles::Lines X, Index count, Matrix& A) {
    tiles::for_each_piece<lane_count>(hidden, [&]<Index I>(Index unit) {
        tiles::for_each_piece<std::min<Index>(tiles::accumulators / I, 12)>(count, [&]<Index J>(Index sample) {
            const auto tile =
                tiles::multiply_lines<I, J>({W1.data + unit * W1.stride, W1.stride},
                                            {X.data + sample * X.stride, X.stride}, W1.stride / lane_count);
            // Units in order, so that the zeros behind a short piece are overwritten by the next.
            tiles::unroll<J>(
                [&](auto j) { tiles::sum_each(tile[j]).store_unaligned(A.col(sample + j).data() + unit); });
        });
    });
}

}  // namespace curldescent
