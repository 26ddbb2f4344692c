#include "rank_one_tangents.hpp"

#include <array>
#include <utility>

#include "tiles.hpp"

namespace curldescent {
namespace {

using tiles::unroll;

constexpr Index tile_lanes = 4;
constexpr Index tile_tangents = tiles::accumulators / tile_lanes;
constexpr std::int64_t updates_between_measures = 8;  // of overlaps that are known

/// Visits the sums over k < count of lines(k) * scalars(j, k), `width` Lanes long, of every tangent j:
/// visit(j, lane, sum).
template <class Visit>
void combine_each(tiles::Lines lines, const Matrix& scalars, Index count, Index width, Visit visit) {
    tiles::for_each_piece<tile_lanes>(width, [&]<Index R>(Index lane) {
        tiles::for_each_piece<tile_tangents>(scalars.cols(), [&]<Index J>(Index tangent) {
            const auto sums = tiles::multiply<R, J>({lines.data + lane * lane_count, lines.stride},
                                                    {scalars.col(tangent).data(), scalars.rows(), 1}, count);
            unroll<J>([&](auto j) { unroll<R>([&](auto r) { visit(tangent + j, lane + r, sums[j][r]); }); });
        });
    });
}

}  // namespace

RankOneTangents::RankOneTangents(const Matrix& tangents, const ScaledMatrix& W1, const ScaledMatrix& W2,
                                 Vector readout_feedback, const Plasticity& plasticity, Index batch)
    : readout_feedback_(std::move(readout_feedback)),
      norm_constraint_(plasticity.norm_constraint),
      has_known_overlaps_(plasticity.side == FlipSide::presynaptic && !readout_feedback_.isZero(0.0)),
      hidden_(W1.entries.cols()),
      inputs_(tangents.rows() / hidden_ - 1) {
    const Index lines = W1.entries.rows();
    const Index units = W2.entries.rows();
    const Index count = tangents.cols();
    V1_ = Matrix::Zero(lines, hidden_ * count);
    V2_ = Matrix::Zero(units, count);
    maps_ = descents_ = differences_ = Matrix::Zero(lines, count);
    overlaps_ = Vector::Zero(count);
    overlap_parts_ = Matrix::Zero(padded(count), 3);
    descent_ = map_factor_ = Vector::Zero(lines);
    errors_ = Matrix::Zero(padded(batch), count);
    readouts_ = Matrix::Zero(units, count);
    carried_ = shared_carried_ = Vector::Zero(units);
    for (Index k = 0; k < count; ++k) {
        const auto column = tangents.col(k);
        auto V1 = V1_.middleCols(k * hidden_, hidden_);
        V1.topRows(inputs_) = column.head(hidden_ * inputs_).reshaped(hidden_, inputs_).transpose();
        V2_.col(k).head(hidden_) = column.tail(hidden_);
        maps_.col(k).noalias() = V1 * W2.entries.col(0).head(hidden_);
    }
}

void RankOneTangents::compute_increments(const RankOneUpdate& update) {
    compute_map_tangents(update);
    compute_descent_tangents(update);
    compute_readout_increments(update);
    descent_ = update.input_signs.cwiseProduct(update.descent);
    for (auto descent : descents_.colwise()) descent.array() *= update.input_signs.array();
    if (norm_constraint_ && has_known_overlaps_) compute_overlaps(update);
}

/// dm = (V2 - overlap W2) W1 + scale W2 entries.
void RankOneTangents::compute_map_tangents(const RankOneUpdate& update) {
    for (Index k = 0; k < V2_.cols(); ++k) {
        readouts_.col(k) = update.W1.scale * (V2_.col(k) - overlaps_[k] * update.W2.entries.col(0));
    }
    combine_each({update.W1.entries.data(), V1_.rows()}, readouts_, hidden_, lanes_for(inputs_),
                 [&](Index k, Index lane, const Lanes& sum) {
                     double* map = maps_.col(k).data();
                     store(multiply_add(Lanes(scale_), load(map, lane), sum), map, lane);
                 });
}

/// dg.
void RankOneTangents::compute_descent_tangents(const RankOneUpdate& update) {
    const Index width = lanes_for(inputs_);
    if (const Matrix& C = update.covariance; C.size() > 0) {
        const Lanes step(update.gains[0]);
        return combine_each({C.data(), C.rows()}, maps_, inputs_, width, [&](Index k, Index lane, const Lanes& sum) {
            store(step * sum, descents_.col(k).data(), lane);
        });
    }
    const tiles::Lines X{update.batch.X.data(), update.batch.X.rows()};
    const Index samples = update.batch.X.cols();
    for (Index k = 0; k < maps_.cols(); ++k) {
        tiles::multiply_by_line(X, samples, maps_.col(k).data(), width, errors_.col(k).data());
        errors_.col(k).head(samples).array() *= update.gains.head(samples).array();
    }
    combine_each(X, errors_, samples, width,
                 [&](Index k, Index lane, const Lanes& sum) { store(sum, descents_.col(k).data(), lane); });
}

/// W1 dg^T + V1 g^T.
void RankOneTangents::compute_readout_increments(const RankOneUpdate& update) {
    const Matrix& W1 = update.W1.entries;
    const Index width = lanes_for(inputs_);
    const Index lines = V1_.rows();
    descent_ = scale_ * update.descent;
    for (Index k = 0; k < maps_.cols(); ++k) {
        differences_.col(k) = update.W1.scale * (descents_.col(k) - overlaps_[k] * update.descent);
    }
    tiles::for_each_piece<lane_count>(hidden_, [&]<Index I>(Index unit) {
        tiles::for_each_piece<2>(maps_.cols(), [&]<Index J>(Index tangent) {
            const auto of_W1 = tiles::multiply_lines<I, J>({W1.col(unit).data(), lines},
                                                           {differences_.col(tangent).data(), lines}, width);
            unroll<J>([&](auto j) {
                const double* V1 = V1_.col((tangent + j) * hidden_ + unit).data();
                auto products = tiles::multiply_lines<I, 1>({V1, lines}, {descent_.data(), 0}, width)[0];
                unroll<I>([&](auto i) { products[i] += of_W1[j][i]; });
                tiles::sum_each(products).store_unaligned(readouts_.col(tangent + j).data() + unit);
            });
        });
    });
}

/// <U, V1> for the weights U and the tangent before their projection, where F = W2^T and flips are presynaptic. With V1
/// perpendicular to W1 it follows from what is known: dm (g D1)^T + (m + ||W2||^2 g D1) (dg D1)^T + V2 W2^T ||g D1||^2.
void RankOneTangents::compute_overlaps(const RankOneUpdate& update) {
    const auto& W2 = update.W2.entries.col(0);
    const Index width = lanes_for(inputs_);
    const auto multiply = [&](const Matrix& tangents, const Vector& factor, Index lanes, Index part) {
        tiles::multiply_by_line({tangents.data(), tangents.rows()}, tangents.cols(), factor.data(), lanes,
                                overlap_parts_.col(part).data());
    };
    multiply(maps_, descent_, width, 0);
    map_factor_ = update.map + W2.squaredNorm() * descent_;
    multiply(descents_, map_factor_, width, 1);
    carried_ = descent_.squaredNorm() * W2;
    multiply(V2_, carried_, lanes_for(hidden_), 2);
}

void RankOneTangents::add_increments(const RankOneUpdate& update, const LayerFactors& factors) {
    const bool measures = !has_known_overlaps_ || updates_ % updates_between_measures == 0;
    shared_carried_ = update.carried / scale_;
    for (Index k = 0; k < V2_.cols(); ++k) {
        move_readout(k, update, factors.W2);
        if (norm_constraint_ && measures) {
            add_hidden_increment_and_project(k, update, factors.W1);
        } else {
            add_hidden_increment(k, update, factors.W1);
        }
    }
    rescale_hidden(factors.W1);
    ++updates_;
}

/// df + overlap f of the old V2, then V2 with its increment and projected.
void RankOneTangents::move_readout(Index tangent, const RankOneUpdate& update, double factor) {
    double* V2 = V2_.col(tangent).data();
    const Lanes inverse_scale(1.0 / scale_);
    const Lanes overlap(overlaps_[tangent]);
    for (Index lane = 0; lane < lanes_for(hidden_); ++lane) {
        const Lanes old_V2 = load(V2, lane);
        const Lanes df = inverse_scale * load(readout_feedback_.data(), lane) * old_V2;
        store(multiply_add(overlap, load(shared_carried_.data(), lane), df), carried_.data(), lane);
        const Lanes increment = load(readouts_.col(tangent).data(), lane);
        const Lanes new_V2 = multiply_add(load(update.readout_signs.data(), lane), increment, old_V2);
        store(new_V2, V2, lane);
    }
    if (norm_constraint_) project(V2_.col(tangent), update.W2, factor);
}

/// V1 += f (dg D1) + (df + overlap f) (g D1), for W1 of before the update is U - f (g D1): the overlap, now with U,
/// stays off the entries.
void RankOneTangents::add_hidden_increment(Index tangent, const RankOneUpdate& update, double factor) {
    tiles::for_each_piece<tile_lanes>(lanes_for(inputs_), [&]<Index R>(Index lane) {
        add_to_lanes<R, Overlap::kept>(tangent, lane, update, Lanes(0.0));
    });
    if (!norm_constraint_) return;
    const double share = factor / update.W1.norm;  // 1 / ||U||
    overlaps_[tangent] += overlap_parts_.row(tangent).sum() * share * share;
}

/// The same, but the overlap with U is taken off the entries and the new one measured.
void RankOneTangents::add_hidden_increment_and_project(Index tangent, const RankOneUpdate& update, double factor) {
    const ScaledMatrix& W1 = update.W1;
    const Lanes shift(-overlaps_[tangent] * W1.scale / (factor * scale_));
    double overlap = 0.0;
    tiles::for_each_piece<tile_lanes>(lanes_for(inputs_), [&]<Index R>(Index lane) {
        overlap += add_to_lanes<R, Overlap::measured>(tangent, lane, update, shift);
    });
    overlaps_[tangent] = factor * scale_ * overlap / (W1.scale * W1.square);
}

/// The entries of R Lanes of inputs, from every unit, and their part of W2 entries. Returns that of <W1, entries>, if
/// that is measured.
template <Index R, RankOneTangents::Overlap overlap_is>
double RankOneTangents::add_to_lanes(Index tangent, Index lane, const RankOneUpdate& update, Lanes shift) {
    const Index stride = V1_.rows();
    const double* weights = update.W1.entries.data() + lane * lane_count;
    double* entries = V1_.col(tangent * hidden_).data() + lane * lane_count;
    const double* f = shared_carried_.data();
    const double* df = carried_.data();
    const double* W2 = update.W2.entries.data();
    std::array<Lanes, R> dg{};
    std::array<Lanes, R> g{};
    std::array<Lanes, R> map{};
    std::array<Lanes, R> overlap{};
    unroll<R>([&](auto r) {
        dg[r] = load(descents_.col(tangent).data(), lane + r);
        g[r] = load(descent_.data(), lane + r);
        map[r] = overlap[r] = Lanes(0.0);
    });
    for (Index unit = 0; unit < hidden_; ++unit, weights += stride, entries += stride) {
        unroll<R>([&](auto r) {
            Lanes V1 = multiply_add(Lanes(f[unit]), dg[r], load(entries, r));
            V1 = multiply_add(Lanes(df[unit]), g[r], V1);
            if constexpr (overlap_is == Overlap::measured) {
                const Lanes W1 = load(weights, r);
                V1 = multiply_add(shift, W1, V1);
                overlap[r] = multiply_add(W1, V1, overlap[r]);
            }
            map[r] = multiply_add(Lanes(W2[unit]), V1, map[r]);
            store(V1, entries, r);
        });
    }
    Lanes sums(0.0);
    unroll<R>([&](auto r) {
        store(map[r], maps_.col(tangent).data(), lane + r);
        sums += overlap[r];
    });
    return overlap_is == Overlap::measured ? sum(sums) : 0.0;
}

/// Multiplies V1 by the factor of the constraint.
void RankOneTangents::rescale_hidden(double factor) {
    if (factor == 0.0) {  // W1 is zero and stays it
        V1_.setZero();
        maps_.setZero();
        overlaps_.setZero();
        return;
    }
    scale_ *= factor;
    if (scale_ > 0.5 && scale_ < 2.0) return;
    V1_ *= scale_;
    maps_ *= scale_;
    scale_ = 1.0;
}

Matrix RankOneTangents::values(const ScaledMatrix& W1) const {
    Matrix columns(hidden_ * (inputs_ + 1), V2_.cols());
    for (Index k = 0; k < columns.cols(); ++k) {
        const Matrix V1 = scale_ * V1_.middleCols(k * hidden_, hidden_) - overlaps_[k] * W1.scale * W1.entries;
        columns.col(k).head(hidden_ * inputs_) = V1.topRows(inputs_).transpose().reshaped();
        columns.col(k).tail(hidden_) = V2_.col(k).head(hidden_);
    }
    return columns;
}

}  // namespace curldescent
