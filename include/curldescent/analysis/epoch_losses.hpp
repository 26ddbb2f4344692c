#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "curldescent/analysis/ascent.hpp"
#include "curldescent/analysis/learning_speed.hpp"
#include "curldescent/dynamics/trainer.hpp"
#include "curldescent/model/enumeration.hpp"

namespace curldescent {

/// Where the training loss of an epoch comes from. `evaluated`: the loss of the weights after it, by a pass over the
/// data. `streamed`: the mean loss of its samples, each before its update, which the training computes anyway. For a
/// full batch that is the loss of the weights before the epoch, and counted as theirs; else it stands for the weights
/// in the middle of the epoch.
enum class TrainLossSource : std::uint8_t { evaluated, streamed };

template <>
inline constexpr std::array<std::string_view, 2> enumeration_names<TrainLossSource>{"evaluated", "streamed"};

/// `evaluated` where that takes at most 5 % of the multiply-adds of an epoch, else `streamed`. The same for all rules
/// of a point. With w the width that is trained (N, or min(N, M + O) where it is reduced):
///
///     an evaluation   linear: O M (w + P)                              else: P w (M + O)
///     an epoch        linear, O = 1: 2 M P + 3 w M ceil(P / B)          else: w (M + O) (2 P + ceil(P / B))
///
/// The test loss, where thresholds ask for it, has no such choice: it costs as much as an evaluation of P_test samples,
/// little where P_test << P.
TrainLossSource choose_train_loss_source(const Network& network, const Training& training);

/// Looks at the training and the test loss after every epoch, as an observer: for their thresholds, and for the ascent
/// of the training loss. The test loss, and the training loss of the start and of the end, are always evaluated.
///
/// A run that diverged has an infinite loss in the epoch in which it did. Of mini-batches the loss of the last weights
/// counts for thresholds and the best loss, not for the ascent: it is none of the streamed ones.
class EpochLosses : public Observer {
  public:
    /// Keeps a reference to `problem`. Without thresholds no test loss is looked at. `network` as the core sees it;
    /// `batch` is the number of samples of an update.
    EpochLosses(const Network& network, const Problem& problem, TrainLossSource source, Index batch,
                const LossThresholds& thresholds);

    void observe(const TrainingState& state) override;
    void finish(const Core& core, const TrainingOutcome& outcome) override;
    void exchange(StateArchive& archive) override { archive(train_, test_, ascent_); }

    [[nodiscard]] const LearningSpeed& train() const { return train_; }
    [[nodiscard]] const LearningSpeed& test() const { return test_; }
    [[nodiscard]] AscentSummary ascent() const { return ascent_.summary(); }

  private:
    void add_train_loss(std::int64_t epoch, double loss);
    void add_streamed(const TrainingState& state);
    [[nodiscard]] double train_loss(const Weights& weights) const;

    Network network_;
    const Problem& problem_;
    TrainLossSource source_;
    bool full_batch_;
    bool has_test_;
    LearningSpeed train_;
    LearningSpeed test_;
    Ascent ascent_;
};

}  // namespace curldescent
