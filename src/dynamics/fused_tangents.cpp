#include "fused_tangents.hpp"

#include <utility>

#include "hidden_products.hpp"
#include "lane_activations.hpp"

namespace curldescent {

using tiles::unroll;

FusedTangents::FusedTangents(const Matrix& tangents, FusedForm form) : form_(std::move(form)), count_(tangents.cols()) {
    const auto& [M, N, O, phi, phi_out] = form_.network;
    const bool units = form_.layout == FusedCore::Layout::units_in_lanes;
    lines_ = units ? M : N;
    width_ = padded(units ? N : M);
    V1_ = Matrix::Zero(width_ * lines_, count_);
    V2_ = Matrix::Zero(padded(N) * O, count_);
    for (Index k = 0; k < count_; ++k) {
        const auto W1 = tangents.col(k).head(N * M).reshaped(N, M);
        auto V1 = V1_.col(k).reshaped(width_, lines_);
        if (units) V1.topRows(N) = W1;
        if (!units) V1.topRows(M) = W1.transpose();
        V2_.col(k).reshaped(padded(N), O).topRows(N) = tangents.col(k).tail(O * N).reshaped(O, N).transpose();
    }
    hidden_gradient_ = V1_;
    readout_gradient_ = V2_;
    slopes_ = bends_ = dA_ = dH_ = Matrix::Zero(padded(N), form_.chunk_size);
    d_delta2_ = Matrix::Zero(padded(form_.chunk_size), O);
}

void FusedTangents::start_update(Index samples) {
    several_chunks_ = samples > form_.chunk_size;
    if (several_chunks_) hidden_gradient_.setZero();
    readout_gradient_.setZero();
}

void FusedTangents::add_chunk(const FusedChunk& chunk) {
    with_activation(form_.network.activation, [&]<Activation phi>() { compute_slopes<phi>(chunk); });
    const bool presynaptic = form_.plasticity.side == FlipSide::presynaptic;
    const bool signs_in_lanes = presynaptic == (form_.layout == FusedCore::Layout::inputs_in_lanes);
    for (Index k = 0; k < count_; ++k) {
        push_forward(k, chunk);
        compute_delta_tangents(k, chunk);
        add_readout_products(k, chunk);
        carry_back(k, chunk);
        signs_in_lanes ? add_hidden_products<true>(k, chunk) : add_hidden_products<false>(k, chunk);
    }
}

/// phi' and phi'' .* (F step delta2), the same for every tangent.
template <Activation phi>
void FusedTangents::compute_slopes(const FusedChunk& chunk) {
    for (Index sample = 0; sample < chunk.count; ++sample) {
        const double* H = chunk.H.col(sample).data();
        for (Index lane = 0; lane < slopes_.rows() / lane_count; ++lane) {
            Lanes carried(0.0);
            for (Index output = 0; output < form_.network.outputs; ++output) {
                carried = multiply_add(load(chunk.feedback.col(output).data(), lane),
                                       Lanes(chunk.delta2(sample, output)), carried);
            }
            const Lanes h = load(H, lane);
            const Lanes slope = times_derivative<phi>(h, Lanes(1.0));
            store(slope, slopes_.col(sample).data(), lane);
            store(second_derivative_of<phi>(h, slope) * carried, bends_.col(sample).data(), lane);
        }
    }
}

/// dA = V1 X and dH = phi' .* dA.
void FusedTangents::push_forward(Index tangent, const FusedChunk& chunk) {
    const tiles::Lines V1{V1_.col(tangent).data(), width_};
    if (form_.layout == FusedCore::Layout::units_in_lanes) {
        multiply_units(V1, lines_, chunk.X, chunk.count, dA_);
    } else {
        multiply_inputs(V1, lines_, chunk.X, chunk.count, dA_);
    }
    dH_.leftCols(chunk.count) = slopes_.leftCols(chunk.count).cwiseProduct(dA_.leftCols(chunk.count));
}

/// step d delta2 = step d delta2 / dz .* (V2 H + W2 dH).
void FusedTangents::compute_delta_tangents(Index tangent, const FusedChunk& chunk) {
    const Index stride = dH_.rows();
    const Index width = stride / lane_count;
    for (Index output = 0; output < form_.network.outputs; ++output) {
        const tiles::Lines V2{V2_.col(tangent).data() + output * stride, 0};
        const tiles::Lines W2{chunk.W2.col(output).data(), 0};
        double* sums = d_delta2_.col(output).data();
        tiles::for_each_piece<lane_count>(chunk.count, [&]<Index J>(Index sample) {
            auto of_H = tiles::multiply_lines<J, 1>({chunk.H.col(sample).data(), stride}, V2, width)[0];
            const auto of_dH = tiles::multiply_lines<J, 1>({dH_.col(sample).data(), stride}, W2, width)[0];
            unroll<J>([&](auto j) { of_H[j] += of_dH[j]; });
            tiles::sum_each(of_H).store_unaligned(sums + sample);
        });
    }
    d_delta2_.topRows(chunk.count).array() *= chunk.gains.topRows(chunk.count).array();
}

/// step (d delta2 H^T + delta2 dH^T), added to those of the chunks before.
void FusedTangents::add_readout_products(Index tangent, const FusedChunk& chunk) {
    const Index stride = dH_.rows();
    for (Index output = 0; output < form_.network.outputs; ++output) {
        double* gradient = readout_gradient_.col(tangent).data() + output * stride;
        tiles::for_each_piece<8>(stride / lane_count, [&]<Index R>(Index lane) {
            const Index first = lane * lane_count;
            const auto of_H = tiles::multiply<R, 1>({chunk.H.data() + first, stride},
                                                    {d_delta2_.col(output).data(), 0, 1}, chunk.count)[0];
            const auto of_dH = tiles::multiply<R, 1>({dH_.data() + first, stride},
                                                     {chunk.delta2.col(output).data(), 0, 1}, chunk.count)[0];
            unroll<R>([&](auto r) { store(load(gradient, lane + r) + (of_H[r] + of_dH[r]), gradient, lane + r); });
        });
    }
}

/// dA overwritten by step d delta1 = phi' .* (F d delta2 + df delta2) + phi'' .* (F delta2) .* dA, where df is V2^T, or
/// 0 for random feedback.
void FusedTangents::carry_back(Index tangent, const FusedChunk& chunk) {
    const Index outputs = form_.network.outputs;
    const double* V2 = V2_.col(tangent).data();
    for (Index sample = 0; sample < chunk.count; ++sample) {
        double* dA = dA_.col(sample).data();
        const double* slopes = slopes_.col(sample).data();
        const double* bends = bends_.col(sample).data();
        for (Index lane = 0; lane < dA_.rows() / lane_count; ++lane) {
            Lanes carried(0.0);
            for (Index output = 0; output < outputs; ++output) {
                carried = multiply_add(load(chunk.feedback.col(output).data(), lane), Lanes(d_delta2_(sample, output)),
                                       carried);
                if (form_.random_feedback) continue;
                carried =
                    multiply_add(load(V2 + output * dA_.rows(), lane), Lanes(chunk.delta2(sample, output)), carried);
            }
            store(multiply_add(load(slopes, lane), carried, load(bends, lane) * load(dA, lane)), dA, lane);
        }
    }
}

/// step d delta1 X^T with D1, added to V1 or, where more chunks follow or came before, to its increments.
template <bool signs_in_lanes>
void FusedTangents::add_hidden_products(Index tangent, const FusedChunk& chunk) {
    const bool units = form_.layout == FusedCore::Layout::units_in_lanes;
    const tiles::Lines d_delta1{dA_.data(), dA_.rows()};
    const tiles::Lines lines = units ? d_delta1 : chunk.X;
    const tiles::Lines other = units ? chunk.X : d_delta1;
    double* target = (several_chunks_ ? hidden_gradient_ : V1_).col(tangent).data();
    const Index rows = width_;
    for_each_tile(rows / lane_count, lines_, [&]<Index R, Index J>(Index lane, Index line) {
        const auto products = tiles::multiply<R, J>({lines.data + lane * lane_count, lines.stride},
                                                    {other.data + line, 1, other.stride}, chunk.count);
        double* sums = target + line * rows;
        const double* signs = form_.hidden_signs.data() + (signs_in_lanes ? lane * lane_count : line);
        unroll<J>([&](auto j) {
            unroll<R>([&](auto r) {
                const Lanes sign = signs_in_lanes ? load(signs, r) : Lanes(signs[j]);
                const Lanes sum = load(sums + j * rows, lane + r);
                store(multiply_add(sign, products[j][r], sum), sums + j * rows, lane + r);
            });
        });
    });
}

void FusedTangents::finish_update(const ScaledMatrix& W1, const ScaledMatrix& W2, const Matrix& readout_signs,
                                  const LayerFactors& factors) {
    for (Index k = 0; k < count_; ++k) {
        if (several_chunks_) V1_.col(k) += hidden_gradient_.col(k);
        V2_.col(k) += Vector::Map(readout_signs.data(), V2_.rows()).cwiseProduct(readout_gradient_.col(k));
        if (!form_.plasticity.norm_constraint) continue;
        project(V1_.col(k), W1, factors.W1);
        project(V2_.col(k), W2, factors.W2);
    }
}

Matrix FusedTangents::values() const {
    const auto& [M, N, O, phi, phi_out] = form_.network;
    const bool units = form_.layout == FusedCore::Layout::units_in_lanes;
    Matrix columns(weight_count(form_.network), count_);
    for (Index k = 0; k < count_; ++k) {
        const auto V1 = V1_.col(k).reshaped(width_, lines_);
        auto W1 = columns.col(k).head(N * M).reshaped(N, M);
        if (units) W1 = V1.topRows(N);
        if (!units) W1 = V1.topRows(M).transpose();
        columns.col(k).tail(O * N).reshaped(O, N) = V2_.col(k).reshaped(padded(N), O).topRows(N).transpose();
    }
    return columns;
}

}  // namespace curldescent
