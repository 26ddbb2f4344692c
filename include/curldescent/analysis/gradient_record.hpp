#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "curldescent/analysis/plateau.hpp"
#include "curldescent/dynamics/trainer.hpp"

namespace curldescent {

/// The gradient along a training, as an observer: at each recorded epoch the norm of the exact full-batch gradient and
/// the cosine between the rule's update and the negative gradient (MODEL.md section 6; see `evaluate_field`). Between
/// records it costs nothing; a curl rule's own steps would not tell the gradient.
///
/// It keeps the weights where the plateau is flattest, for what is measured there.
class GradientRecord : public Observer {
  public:
    /// Keeps a reference to `problem`. `student` as the core sees it; `epochs` as made by `record_epochs`.
    GradientRecord(Student student, const Problem& problem, std::vector<std::int64_t> epochs,
                   const PlateauOptions& options);

    void observe(const TrainingState& state) override;
    void finish(const Core& core, const TrainingOutcome& outcome) override;
    void exchange(StateArchive& archive) override { archive(seen_epochs_, losses_, norms_, cosines_, flattest_); }

    /// At each recorded epoch. Records that a diverged run never reached are missing at the end; those that a converged
    /// run was spared have its last value.
    [[nodiscard]] const std::vector<double>& gradient_norm() const { return norms_; }

    /// The same; NaN where the update or the gradient is zero.
    [[nodiscard]] const std::vector<double>& alignment() const { return cosines_; }

    /// Once finished.
    [[nodiscard]] const PlateauSummary& plateau() const { return plateau_; }

    /// The weights there; nothing where there is no plateau.
    [[nodiscard]] const std::optional<Weights>& on_plateau() const { return flattest_; }

  private:
    void record(double epoch, const Weights& weights);

    Student student_;
    const Problem& problem_;
    std::vector<std::int64_t> epochs_;
    PlateauOptions options_;

    std::vector<double> seen_epochs_;
    std::vector<double> losses_;
    std::vector<double> norms_;
    std::vector<double> cosines_;
    std::optional<Weights> flattest_;
    PlateauSummary plateau_;
};

}  // namespace curldescent
