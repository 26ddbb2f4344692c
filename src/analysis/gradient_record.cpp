#include "curldescent/analysis/gradient_record.hpp"

#include <cmath>
#include <limits>
#include <utility>

#include "curldescent/analysis/update_field.hpp"

namespace curldescent {

GradientRecord::GradientRecord(Student student, const Problem& problem, std::vector<std::int64_t> epochs,
                               const PlateauOptions& options)
    : student_(std::move(student)), problem_(problem), epochs_(std::move(epochs)), options_(options) {}

void GradientRecord::observe(const TrainingState& state) {
    const std::size_t next = norms_.size();
    if (next < epochs_.size() && state.epoch == epochs_[next]) {
        record(static_cast<double>(state.epoch), state.core.weights());
    }
}

void GradientRecord::record(double epoch, const Weights& weights) {
    const UpdateField field = evaluate_field(student_, weights, problem_);
    seen_epochs_.push_back(epoch);
    losses_.push_back(field.loss);
    norms_.push_back(norm(field.gradient));
    cosines_.push_back(-cosine(field.update, field.gradient));
    if (flattest_record({seen_epochs_, losses_, norms_}, options_) + 1 == norms_.size()) flattest_ = weights;
}

void GradientRecord::finish(const Core& core, const TrainingOutcome& outcome) {
    const auto last = static_cast<double>(outcome.epochs_completed);
    if (!outcome.diverged && norms_.size() < epochs_.size()) record(last, core.weights());
    plateau_ = find_plateau({seen_epochs_, losses_, norms_}, options_,
                            outcome.diverged ? last + 1.0 : PlateauSummary::missing);
    if (std::isnan(plateau_.epoch)) flattest_.reset();
    const bool missing = outcome.diverged || norms_.empty();
    norms_.resize(epochs_.size(), missing ? std::numeric_limits<double>::quiet_NaN() : norms_.back());
    cosines_.resize(epochs_.size(), missing ? std::numeric_limits<double>::quiet_NaN() : cosines_.back());
}

}  // namespace curldescent
