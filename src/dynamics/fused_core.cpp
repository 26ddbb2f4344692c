#include "curldescent/dynamics/fused_core.hpp"

#include <algorithm>
#include <utility>

#include "fused_tangents.hpp"
#include "hidden_products.hpp"
#include "lane_activations.hpp"
#include "output_gain.hpp"

namespace curldescent {
namespace {

using tiles::unroll;

constexpr Index largest_chunk = 16;  // keeps the activations of a few hundred units in the first cache
/// The matrix with rows of zeros below it.
Matrix with_rows(const ConstMatrixRef& matrix, Index rows) {
    Matrix result = Matrix::Zero(rows, matrix.cols());
    result.topRows(matrix.rows()) = matrix;
    return result;
}

}  // namespace

FusedCore::Layout FusedCore::choose_layout(const Network& network) {
    // Passes of Lanes a sample takes, forward and back. With inputs in lanes each unit's sum must be brought together,
    // which takes about as long as 2.5 of them.
    const double units = 2.0 * static_cast<double>(network.inputs * lanes_for(network.hidden));
    const double inputs =
        static_cast<double>(network.hidden) * (2.0 * static_cast<double>(lanes_for(network.inputs)) + 2.5);
    return units <= inputs ? Layout::units_in_lanes : Layout::inputs_in_lanes;
}

FusedCore::FusedCore(const Student& student)
    : network_(student.network),
      plasticity_(student.plasticity),
      layout_(choose_layout(student.network)),
      rate_(student.step.per_update()),
      chunk_size_(std::min(student.step.batch, largest_chunk)),
      W2_(with_rows(student.start.W2.transpose(), padded(student.network.hidden))) {
    const bool units = layout_ == Layout::units_in_lanes;
    const Index width = padded(units ? network_.hidden : network_.inputs);
    W1_ = ScaledMatrix(with_rows(units ? student.start.W1 : Matrix(student.start.W1.transpose()), width));
    if (student.feedback.size() > 0) feedback_ = with_rows(student.feedback, W2_.entries.rows());

    const bool presynaptic = plasticity_.side == FlipSide::presynaptic;
    signs_in_lanes_ = presynaptic != units;
    hidden_signs_ = with_rows(student.signs.D1, std::max(width, W1_.entries.cols()));
    readout_signs_ = Matrix::Zero(W2_.entries.rows(), network_.outputs);
    auto readout_signs = readout_signs_.topRows(network_.hidden);
    if (presynaptic) readout_signs.colwise() = student.signs.D2;
    if (!presynaptic) readout_signs.rowwise() = student.signs.D2.transpose();

    hidden_ = Matrix::Zero(W2_.entries.rows(), chunk_size_);
    outputs_ = Matrix::Zero(padded(chunk_size_), network_.outputs);
    carried_ = outputs_;
    gains_ = outputs_;
    products_ = Vector::Zero(W2_.entries.rows());
    if (student.step.batch > chunk_size_) hidden_gradient_ = Matrix::Zero(width, W1_.entries.cols());
    readout_gradient_ = Matrix::Zero(W2_.entries.rows(), network_.outputs);
}

FusedCore::~FusedCore() = default;

void FusedCore::update(const Batch& batch) {
    const Index samples = batch.X.cols();
    const double step = -rate_ / static_cast<double>(samples);
    readout_gradient_.setZero();
    if (samples > chunk_size_) hidden_gradient_.setZero();
    if (tangents_) tangents_->start_update(samples);
    for (Index first = 0; first < samples; first += chunk_size_) {
        const Index count = std::min(chunk_size_, samples - first);
        const Place place = first + count < samples ? Place::early : first == 0 ? Place::only : Place::last;
        const Chunk chunk{batch.X.col(first).data(), batch.X.rows(), batch.Y.col(first).data(), count, place};
        forward(chunk);
        compute_errors(chunk, step);
        if (tangents_) carry_tangents(chunk, step);
        add_readout_products(count);
        with_activation(network_.activation, [&]<Activation phi>() { carry_back<phi>(count); });
        add_products(chunk);
    }
    update_readout();
    const LayerFactors factors = plasticity_.norm_constraint ? constrain() : LayerFactors{};
    if (tangents_) tangents_->finish_update(W1_, W2_, readout_signs_, factors);
}

LayerFactors FusedCore::constrain() {
    const double scale = W1_.scale;
    const LayerFactors entry_factors{.W1 = W1_.constrain(), .W2 = W2_.constrain()};
    W2_.fold();
    return {.W1 = entry_factors.W1 / scale, .W2 = entry_factors.W2};
}

/// H = phi(W1 X) and W2 H.
void FusedCore::forward(const Chunk& chunk) {
    const tiles::Lines W1{W1_.entries.data(), W1_.entries.rows()};
    const tiles::Lines X{chunk.X, chunk.stride};
    if (layout_ == Layout::units_in_lanes) {
        multiply_units(W1, network_.inputs, X, chunk.count, hidden_);
    } else {
        multiply_inputs(W1, network_.hidden, X, chunk.count, hidden_);
    }
    with_activation(network_.activation, [&]<Activation phi>() { activate<phi>(chunk.count); });
}

/// The activations of the chunk, and their products with W2 summed over units.
template <Activation phi>
void FusedCore::activate(Index count) {
    const Lanes scale(W1_.scale);
    const Index width = lanes_for(network_.hidden);
    for (Index sample = 0; sample < count; ++sample) {
        double* H = hidden_.col(sample).data();
        for (Index lane = 0; lane < width; ++lane) store(activation_of<phi>(scale * load(H, lane)), H, lane);
    }
    for (Index output = 0; output < network_.outputs; ++output) {
        tiles::multiply_by_line({hidden_.data(), hidden_.rows()}, count, W2_.entries.col(output).data(), width,
                                outputs_.col(output).data());
    }
}

/// E = phi_out(W2 H) - Y, its squares, and -(eta_b / |b|) delta2, the factor of the increments.
void FusedCore::compute_errors(const Chunk& chunk, double step) {
    const bool with_gradient = plasticity_.output_delta == OutputDelta::gradient;
    const double inverse_scale = 1.0 / W1_.scale;
    double squared_error = 0.0;
    for (Index output = 0; output < network_.outputs; ++output) {
        double* values = outputs_.col(output).data();
        with_activation(network_.output_activation, [&]<Activation phi>() {
            for (Index lane = 0; lane < lanes_for(chunk.count); ++lane)
                store(activation_of<phi>(load(values, lane)), values, lane);
        });
        if (tangents_) gains_.col(output) = outputs_.col(output);
        for (Index sample = 0; sample < chunk.count; ++sample) {
            const double y_hat = values[sample];
            const double error = y_hat - chunk.Y[sample * network_.outputs + output];
            squared_error += error * error;
            const double delta2 = with_gradient ? error * derivative(network_.output_activation, y_hat) : error;
            values[sample] = step * delta2;
            carried_(sample, output) = inverse_scale * values[sample];
        }
    }
    add_squared_error(squared_error);
}

/// delta2 H^T of the chunk, added to that of the chunks before.
void FusedCore::add_readout_products(Index count) {
    const tiles::Lines H{hidden_.data(), hidden_.rows()};
    for (Index output = 0; output < network_.outputs; ++output) {
        tiles::combine(H, outputs_.col(output).data(), count, products_.data(), lanes_for(network_.hidden));
        readout_gradient_.col(output) += products_;
    }
}

/// H overwritten by delta1 = (F delta2) .* phi'(W1 X), as an increment of the entries of W1.
template <Activation phi>
void FusedCore::carry_back(Index count) {
    const Matrix& feedback = feedback_.size() > 0 ? feedback_ : W2_.entries;
    const Index width = lanes_for(network_.hidden);
    for (Index sample = 0; sample < count; ++sample) {
        double* H = hidden_.col(sample).data();
        const double* delta2 = &carried_(sample, 0);
        const Lanes first_delta2(delta2[0]);
        for (Index lane = 0; lane < width; ++lane) {
            Lanes delta1 = load(feedback.data(), lane) * first_delta2;
            for (Index output = 1; output < network_.outputs; ++output) {
                delta1 = multiply_add(load(feedback.col(output).data(), lane), Lanes(delta2[output * carried_.rows()]),
                                      delta1);
            }
            store(times_derivative<phi>(load(H, lane), delta1), H, lane);
        }
    }
}

/// delta1 X^T of the chunk, added to that of the chunks before; behind the last chunk, to W1.
template <FusedCore::Place place, bool signs_in_lanes>
void FusedCore::add_products_at(const Chunk& chunk) {
    const bool units = layout_ == Layout::units_in_lanes;
    const tiles::Lines delta1{hidden_.data(), hidden_.rows()};
    const tiles::Lines inputs{chunk.X, chunk.stride};
    const tiles::Lines lines = units ? delta1 : inputs;
    const tiles::Lines other = units ? inputs : delta1;
    const Index rows = W1_.entries.rows();
    SquareSum squares;

    const auto add_tile = [&]<Index R, Index J>(Index lane, Index line) {
        const auto product = tiles::multiply<R, J>({lines.data + lane * lane_count, lines.stride},
                                                   {other.data + line, 1, other.stride}, chunk.count);
        double* gradient = place == Place::only ? nullptr : hidden_gradient_.col(line).data();
        double* W1 = W1_.entries.col(line).data();
        const double* signs = hidden_signs_.data() + (signs_in_lanes ? lane * lane_count : line);
        SquareSum tile_squares = squares;
        unroll<J>([&](auto j) {
            unroll<R>([&](auto r) {
                Lanes sum = product[j][r];
                if constexpr (place != Place::only) sum += load(gradient + j * rows, lane + r);
                if constexpr (place == Place::early) {
                    store(sum, gradient + j * rows, lane + r);
                } else {
                    const Lanes sign = signs_in_lanes ? load(signs, r) : Lanes(signs[j]);
                    const Lanes updated = multiply_add(sign, sum, load(W1 + j * rows, lane + r));
                    tile_squares.add(updated, j * R + r);
                    store(updated, W1 + j * rows, lane + r);
                }
            });
        });
        squares = tile_squares;
    };
    for_each_tile(rows / lane_count, W1_.entries.cols(), add_tile);
    if constexpr (place != Place::early) W1_.square = squares.total();
}

void FusedCore::add_products(const Chunk& chunk) {
    const auto add = [&]<Place place>() {
        signs_in_lanes_ ? add_products_at<place, true>(chunk) : add_products_at<place, false>(chunk);
    };
    switch (chunk.place) {
        case Place::only:
            return add.template operator()<Place::only>();
        case Place::early:
            return add.template operator()<Place::early>();
        case Place::last:
            return add.template operator()<Place::last>();
    }
}

void FusedCore::update_readout() {
    double* W2 = W2_.entries.data();
    SquareSum squares;
    for (Index k = 0; k < W2_.entries.size() / lane_count; ++k) {
        const Lanes updated =
            multiply_add(load(readout_signs_.data(), k), load(readout_gradient_.data(), k), load(W2, k));
        squares.add(updated, static_cast<std::size_t>(k));
        store(updated, W2, k);
    }
    W2_.square = squares.total();
}

Weights FusedCore::weights() const {
    const auto& lines = W1_.entries;
    Matrix W1 = W1_.scale *
                (layout_ == Layout::units_in_lanes ? lines.topRows(network_.hidden) : lines.topRows(network_.inputs));
    if (layout_ == Layout::inputs_in_lanes) W1.transposeInPlace();
    return {.W1 = std::move(W1), .W2 = W2_.entries.topRows(network_.hidden).transpose()};
}

void FusedCore::set_weights(const Weights& weights) {
    W1_.set(layout_ == Layout::units_in_lanes ? weights.W1 : Matrix(weights.W1.transpose()));
    W2_.set(weights.W2.transpose());
}

bool FusedCore::finite() const {
    if (W1_.surely_finite() && W2_.surely_finite()) return true;
    const Weights now = weights();
    return now.W1.allFinite() && now.W2.allFinite();
}

void FusedCore::set_tangents(const Matrix& tangents) {
    tangents_.reset();
    if (tangents.size() == 0) return;
    tangents_ = std::make_unique<FusedTangents>(
        tangents, FusedForm{network_, plasticity_, layout_, hidden_signs_, feedback_.size() > 0, chunk_size_});
}

Matrix FusedCore::tangents() const {
    return tangents_ ? tangents_->values() : Matrix(weight_count(network_), 0);
}

void FusedCore::exchange_weights(StateArchive& archive) {
    Index count = tangents_ ? tangents_->count() : 0;
    archive(W1_, W2_, count);
    if (archive.restores()) set_tangents(Matrix::Zero(weight_count(network_), count));
    if (tangents_) tangents_->exchange(archive);
}

/// The tangents' way through a chunk, between its errors and what they do to the activations.
void FusedCore::carry_tangents(const Chunk& chunk, double step) {
    for (Index output = 0; output < network_.outputs; ++output) {
        for (Index sample = 0; sample < chunk.count; ++sample) {
            const double y_hat = gains_(sample, output);
            const double error = y_hat - chunk.Y[sample * network_.outputs + output];
            gains_(sample, output) =
                step * output_gain(network_.output_activation, plasticity_.output_delta, y_hat, error);
        }
    }
    const Matrix& feedback = feedback_.size() > 0 ? feedback_ : W2_.entries;
    tangents_->add_chunk({{chunk.X, chunk.stride}, chunk.count, hidden_, outputs_, gains_, W2_.entries, feedback});
}

}  // namespace curldescent
