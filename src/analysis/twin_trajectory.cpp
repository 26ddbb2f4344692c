#include "curldescent/analysis/twin_trajectory.hpp"

#include <cmath>

namespace curldescent {
namespace {

/// A random direction, of the length of the layer or so; along the sphere on which the layer is kept.
Matrix direction(const Matrix& layer, RandomStream& random, bool constrained) {
    Matrix move(layer.rows(), layer.cols());
    for (double& entry : move.reshaped()) entry = random.next_normal();
    const double square = layer.squaredNorm();
    if (constrained && square > 0.0) move -= layer * (layer.cwiseProduct(move).sum() / square);
    return move;
}

double distance(const Weights& a, const Weights& b) {
    return std::sqrt((a.W1 - b.W1).squaredNorm() + (a.W2 - b.W2).squaredNorm());
}

}  // namespace

Student make_twin(const Student& student, const StreamKey& key) {
    RandomStream random(key, Stream::twin);
    const bool constrained = student.plasticity.norm_constraint;
    const Weights& start = student.start;
    const Matrix move_W1 = direction(start.W1, random, constrained);
    const Matrix move_W2 = direction(start.W2, random, constrained);
    const double step = twin_distance * std::sqrt((start.W1.squaredNorm() + start.W2.squaredNorm()) /
                                                  (move_W1.squaredNorm() + move_W2.squaredNorm()));
    Student twin = student;
    twin.start.W1 += step * move_W1;
    twin.start.W2 += step * move_W2;
    if (constrained) {
        twin.start.W1 *= start.W1.norm() / twin.start.W1.norm();
        twin.start.W2 *= start.W2.norm() / twin.start.W2.norm();
    }
    return twin;
}

TwinTrajectory::TwinTrajectory(Core& twin, const LyapunovOptions& options, std::int64_t epochs)
    : twin_(twin),
      first_(options.start + options.transient + 1),
      last_(first_ + measured_epochs(options, epochs) - 1) {}

void TwinTrajectory::observe(const TrainingState& state) {
    if (state.epoch > last_) return;
    const Weights weights = state.core.weights();
    Weights twin = twin_.weights();
    const double d = distance(twin, weights);
    if (state.epoch == 0) {
        distance_ = d;
        return;
    }
    if (state.epoch >= first_) growth_.add(Vector::Constant(1, std::log(d / distance_)), 1);
    const double factor = distance_ / d;
    twin.W1 = weights.W1 + factor * (twin.W1 - weights.W1);
    twin.W2 = weights.W2 + factor * (twin.W2 - weights.W2);
    twin_.set_weights(twin);
}

void TwinTrajectory::finish(const Core& /*core*/, const TrainingOutcome& outcome) {
    if (outcome.diverged) growth_ = GrowthSeries(1, 1);
}

}  // namespace curldescent
