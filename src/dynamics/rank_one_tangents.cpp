#include "rank_one_tangents.hpp"

#include <array>
#include <utility>

#include "tiles.hpp"

namespace curldescent {
namespace {

using tiles::unroll;

constexpr Index tile_lanes = 4;
constexpr Index tile_tangents = tiles::accumulators / tile_lanes;

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
      hidden_(W1.entries.cols()),
      inputs_(tangents.rows() / hidden_ - 1) {
    const Index lines = W1.entries.rows();
    const Index units = W2.entries.rows();
    const Index count = tangents.cols();
    V1_ = Matrix::Zero(lines, hidden_ * count);
    V2_ = Matrix::Zero(units, count);
    maps_ = descents_ = differences_ = Matrix::Zero(lines, count);
    overlaps_ = Vector::Zero(count);
    descent_ = Vector::Zero(lines);
    errors_ = Matrix::Zero(padded(batch), count);
    readouts_ = Matrix::Zero(units, count);
    carried_ = Vector::Zero(units);
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
    const auto signs = update.input_signs.asDiagonal();
    descents_ = signs * descents_ / scale_;
    descent_ = signs * update.descent / scale_;
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
    const auto store_descent = [&](Index k, Index lane, const Lanes& sum) {
        store(sum, descents_.col(k).data(), lane);
    };
    if (const Matrix& C = update.covariance; C.size() > 0) {
        maps_ *= update.gains[0];
        return combine_each({C.data(), C.rows()}, maps_, inputs_, width, store_descent);
    }
    const tiles::Lines X{update.batch.X.data(), update.batch.X.rows()};
    const Index samples = update.batch.X.cols();
    for (Index k = 0; k < maps_.cols(); ++k) {
        tiles::multiply_by_line(X, samples, maps_.col(k).data(), width, errors_.col(k).data());
        errors_.col(k).head(samples).array() *= update.gains.head(samples).array();
    }
    combine_each(X, errors_, samples, width, store_descent);
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

void RankOneTangents::add_increments(const RankOneUpdate& update, const LayerFactors& factors) {
    for (Index k = 0; k < V2_.cols(); ++k) {
        carried_ = readout_feedback_.cwiseProduct(V2_.col(k)) + overlaps_[k] * update.carried;
        V2_.col(k) += update.readout_signs.cwiseProduct(readouts_.col(k));
        if (norm_constraint_) project(V2_.col(k), update.W2, factors.W2);
        add_hidden_increment(k, update, factors.W1);
    }
    rescale_hidden(factors.W1);
}

/// V1 += f (dg D1) + (df + overlap f) (g D1) - overlap U for the weights U that the constraint then multiplied by
/// `factor`: W1 of before the update is U - f (g D1).
void RankOneTangents::add_hidden_increment(Index tangent, const RankOneUpdate& update, double factor) {
    const ScaledMatrix& W1 = update.W1;
    const double shift = -overlaps_[tangent] * W1.scale / (factor * scale_);
    double overlap = 0.0;
    tiles::for_each_piece<tile_lanes>(lanes_for(inputs_), [&]<Index R>(Index lane) {
        overlap += add_to_lanes<R>(tangent, lane, update, Lanes(shift));
    });
    if (norm_constraint_) overlaps_[tangent] = factor * scale_ * overlap / (W1.scale * W1.square);
}

/// The entries of R Lanes of inputs, from every unit, and their part of W2 entries. Returns that of <W1, entries>.
template <Index R>
double RankOneTangents::add_to_lanes(Index tangent, Index lane, const RankOneUpdate& update, Lanes shift) {
    const Index stride = V1_.rows();
    const double* weights = update.W1.entries.data() + lane * lane_count;
    double* entries = V1_.col(tangent * hidden_).data() + lane * lane_count;
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
        const Lanes f(update.carried[unit]);
        const Lanes df(carried_[unit]);
        const Lanes W2(update.W2.entries(unit, 0));
        unroll<R>([&](auto r) {
            const Lanes W1 = load(weights, r);
            const Lanes V1 =
                multiply_add(shift, W1, multiply_add(df, g[r], multiply_add(f, dg[r], load(entries, r))));
            overlap[r] = multiply_add(W1, V1, overlap[r]);
            map[r] = multiply_add(W2, V1, map[r]);
            store(V1, entries, r);
        });
    }
    Lanes sums(0.0);
    unroll<R>([&](auto r) {
        store(map[r], maps_.col(tangent).data(), lane + r);
        sums += overlap[r];
    });
    return sum(sums);
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
