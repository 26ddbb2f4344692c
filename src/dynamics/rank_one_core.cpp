#include "curldescent/dynamics/rank_one_core.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <utility>

#include "curldescent/model/lane_functions.hpp"
#include "output_gain.hpp"
#include "rank_one_tangents.hpp"
#include "tiles.hpp"

namespace curldescent {
namespace {

constexpr double least_condition = 1e-8;  // of C: below, rounding could hide small errors
constexpr Index block_bytes = 1 << 14;    // of W1 that is read twice in a row: half of a small first cache

Vector with_zeros(const Eigen::Ref<const Vector>& vector) {
    Vector result = Vector::Zero(padded(vector.size()));
    result.head(vector.size()) = vector;
    return result;
}

}  // namespace

RankOneCore::RankOneCore(const Student& student, const Problem& problem)
    : network_(student.network),
      plasticity_(student.plasticity),
      rate_(student.step.per_update()),
      samples_(static_cast<double>(student.step.samples)),
      W2_(with_zeros(student.start.W2.row(0).transpose())),
      random_feedback_(student.feedback.size() > 0),
      has_teacher_(problem.teacher_map.size() > 0),
      gains_(Vector::Zero(padded(student.step.batch))) {
    const Index inputs = padded(network_.inputs);
    Matrix units = Matrix::Zero(inputs, network_.hidden);
    units.topRows(network_.inputs) = student.start.W1.transpose();
    W1_ = ScaledMatrix(std::move(units));

    const bool presynaptic = plasticity_.side == FlipSide::presynaptic;
    const Vector all_units = Vector::Ones(network_.hidden);
    const Vector unit_signs = presynaptic ? all_units : student.signs.D1;
    feedback_ = with_zeros(random_feedback_ ? Vector(unit_signs.cwiseProduct(student.feedback.col(0))) : unit_signs);
    input_signs_ = with_zeros(presynaptic ? student.signs.D1 : Vector(Vector::Ones(network_.inputs)));
    readout_signs_ = with_zeros(presynaptic ? student.signs.D2 : Vector(student.signs.D2[0] * all_units));

    map_ = with_zeros((student.start.W2 * student.start.W1).row(0).transpose());
    teacher_ = has_teacher_ ? with_zeros(problem.teacher_map.row(0).transpose()) : Vector(Vector::Zero(inputs));
    residual_ = descent_ = signed_descent_ = Vector::Zero(inputs);
    block_ =
        std::max(lane_count, block_bytes / (static_cast<Index>(sizeof(double)) * inputs) / lane_count * lane_count);
    carried_ = Vector::Zero(padded(network_.hidden));
    errors_ = Vector::Zero(padded(student.step.batch));

    // C costs M^2 an update, the samples 2 M P. But where the samples do not see all directions, r keeps a part that
    // none of them sees, and small errors would be lost in its rounding.
    if (has_teacher_ && student.step.batch == student.step.samples && network_.inputs <= student.step.samples) {
        const Matrix C = problem.X * problem.X.transpose();
        if (const Eigen::LLT<Matrix> factors(C);
            factors.info() == Eigen::Success && factors.rcond() > least_condition) {
            covariance_ = Matrix::Zero(inputs, network_.inputs);
            covariance_.topRows(network_.inputs) = C;
        }
    }
}

RankOneCore::~RankOneCore() = default;

void RankOneCore::update(const Batch& batch) {
    for (Index k = 0; k < lanes_for(network_.inputs); ++k) {
        store(load(map_.data(), k) - load(teacher_.data(), k), residual_.data(), k);
    }
    if (covariance_.size() > 0) {
        add_all_samples();
    } else {
        add_batch(batch);
    }
    if (tangents_) tangents_->compute_increments(as_seen_by_tangents(batch));
    update_weights();
    const double scale = W1_.scale;
    LayerFactors factors{.W1 = scale, .W2 = 1.0};
    if (plasticity_.norm_constraint) factors = constrain();
    if (tangents_) tangents_->add_increments(as_seen_by_tangents(batch), {factors.W1 / scale, factors.W2});
}

/// g of a full batch through its fixed C.
void RankOneCore::add_all_samples() {
    tiles::combine({covariance_.data(), covariance_.rows()}, residual_.data(), network_.inputs, descent_.data(),
                   lanes_for(network_.inputs));
    const Lanes step(-rate_ / samples_);
    Lanes squares(0.0);
    for (Index k = 0; k < lanes_for(network_.inputs); ++k) {
        const Lanes gradient = load(descent_.data(), k);
        squares = multiply_add(gradient, load(residual_.data(), k), squares);
        store(step * gradient, descent_.data(), k);
    }
    add_squared_error(sum(squares));
    gains_[0] = -rate_ / samples_;
}

/// g of a batch, sample by sample.
void RankOneCore::add_batch(const Batch& batch) {
    const Index count = batch.X.cols();
    const Index stride = batch.X.rows();
    tiles::multiply_by_line({batch.X.data(), stride}, count, residual_.data(), stride / lane_count, errors_.data());

    const double step = -rate_ / static_cast<double>(count);
    if (!has_teacher_) apply_activation(network_.output_activation, errors_.head(count));
    if (tangents_) compute_gains(batch, step);
    const bool with_gradient = plasticity_.output_delta == OutputDelta::gradient;
    double squared_error = 0.0;
    for (Index sample = 0; sample < count; ++sample) {
        const double y_hat = errors_[sample];
        const double error = has_teacher_ ? y_hat : y_hat - batch.Y(0, sample);
        squared_error += error * error;
        errors_[sample] = step * (with_gradient ? error * derivative(network_.output_activation, y_hat) : error);
    }
    add_squared_error(squared_error);
    tiles::combine({batch.X.data(), stride}, errors_.data(), count, descent_.data(), stride / lane_count);
}

/// The gains of a batch whose y_hat, or errors in the case of a teacher, are in `errors_`.
void RankOneCore::compute_gains(const Batch& batch, double step) {
    for (Index sample = 0; sample < batch.X.cols(); ++sample) {
        const double y_hat = errors_[sample];
        const double error = y_hat - batch.Y(0, sample);
        gains_[sample] = step * output_gain(network_.output_activation, plasticity_.output_delta, y_hat, error);
    }
}

void RankOneCore::update_weights() {
    const Lanes inverse_scale(1.0 / W1_.scale);
    for (Index k = 0; k < lanes_for(network_.inputs); ++k) {
        store(inverse_scale * load(input_signs_.data(), k) * load(descent_.data(), k), signed_descent_.data(), k);
        store(Lanes(0.0), map_.data(), k);
    }
    SquareSum squares;
    for (Index first = 0; first < network_.hidden; first += block_) {
        const Index count = std::min(block_, network_.hidden - first);
        tiles::for_each_piece<lane_count>(count, [&]<Index I>(Index unit) { update_readout<I>(first + unit); });
        tiles::for_each_piece<lane_count>(count, [&]<Index I>(Index unit) { update_units<I>(first + unit, squares); });
    }
    W1_.square = squares.total();
    W2_.square = W2_.entries.squaredNorm();
}

/// Returns the factors from the layers' entries to their weights.
LayerFactors RankOneCore::constrain() {
    const LayerFactors factors{.W1 = W1_.constrain(), .W2 = W2_.constrain()};
    map_ *= factors.W1 * factors.W2;
    W2_.fold();
    return factors;
}

/// W2 of up to `lane_count` units, and what they carry back.
template <Index I>
void RankOneCore::update_readout(Index unit) {
    const auto& units = W1_.entries;
    const auto products = tiles::multiply_lines<I, 1>({units.col(unit).data(), units.rows()}, {descent_.data(), 0},
                                                      units.rows() / lane_count);
    const Lanes increment = Lanes(W1_.scale) * tiles::sum_each(products[0]);  // W1 g^T
    double* W2 = W2_.entries.data() + unit;
    const Lanes old_W2 = Lanes::load_unaligned(W2);
    const Lanes feedback = Lanes::load_unaligned(feedback_.data() + unit);
    (random_feedback_ ? feedback : feedback * old_W2).store_unaligned(carried_.data() + unit);
    // Behind the last of the units the increment is zero.
    multiply_add(Lanes::load_unaligned(readout_signs_.data() + unit), increment, old_W2).store_unaligned(W2);
}

/// W1 of up to `lane_count` units, and their part of W2 W1.
template <Index I>
void RankOneCore::update_units(Index unit, SquareSum& squares) {
    const double* F = carried_.data() + unit;
    const double* W2 = W2_.entries.data() + unit;
    double* units = W1_.entries.col(unit).data();
    const Index stride = W1_.entries.rows();
    for (Index k = 0; k < stride / lane_count; ++k) {
        const Lanes descent = load(signed_descent_.data(), k);
        Lanes map = load(map_.data(), k);
        tiles::unroll<I>([&](auto i) {
            double* W1 = units + i * stride;
            const Lanes updated = multiply_add(Lanes(F[i]), descent, load(W1, k));
            squares.add(updated, i);
            map = multiply_add(Lanes(W2[i]), updated, map);
            store(updated, W1, k);
        });
        store(map, map_.data(), k);
    }
}

Weights RankOneCore::weights() const {
    return {.W1 = W1_.scale * W1_.entries.topRows(network_.inputs).transpose(),
            .W2 = W2_.entries.topRows(network_.hidden).transpose()};
}

void RankOneCore::set_weights(const Weights& weights) {
    W1_.set(weights.W1.transpose());
    W2_.set(weights.W2.transpose());
    map_.head(network_.inputs) = (weights.W2 * weights.W1).row(0).transpose();
}

bool RankOneCore::finite() const {
    if (W1_.surely_finite() && W2_.surely_finite()) return true;
    const Weights now = weights();
    return now.W1.allFinite() && now.W2.allFinite();
}

void RankOneCore::set_tangents(const Matrix& tangents) {
    tangents_.reset();
    if (tangents.size() == 0) return;
    const Vector readout_feedback = random_feedback_ ? Vector(Vector::Zero(feedback_.size())) : feedback_;
    tangents_ = std::make_unique<RankOneTangents>(tangents, W1_, W2_, readout_feedback, plasticity_, errors_.size());
}

Matrix RankOneCore::tangents() const {
    return tangents_ ? tangents_->values(W1_) : Matrix(weight_count(network_), 0);
}

void RankOneCore::exchange_weights(StateArchive& archive) {
    Index count = tangents_ ? tangents_->count() : 0;
    archive(W1_, W2_, map_, count);
    if (archive.restores()) set_tangents(Matrix::Zero(weight_count(network_), count));
    if (tangents_) tangents_->exchange(archive);
}

/// The tangents' view of an update.
RankOneUpdate RankOneCore::as_seen_by_tangents(const Batch& batch) const {
    return {batch, covariance_, gains_, W1_, W2_, carried_, descent_, map_, input_signs_, readout_signs_};
}

}  // namespace curldescent
