#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "curldescent/dynamics/trainer.hpp"
#include "curldescent/model/enumeration.hpp"

namespace curldescent {

/// How recorded epochs are spread over a training.
enum class RecordSpacing : std::uint8_t { log, linear };

template <>
inline constexpr std::array<std::string_view, 2> enumeration_names<RecordSpacing>{"log", "linear"};

/// The epochs at which losses are recorded: 0 (the start), then the distinct values of `records` points spread over
/// 1 .. epochs, truncated to integers; the last is always `epochs`. Strictly increasing.
/// Example: epochs = 100, records = 3: log {0, 1, 10, 100}, linear {0, 1, 50, 100}.
std::vector<std::int64_t> record_epochs(std::int64_t epochs, std::int64_t records, RecordSpacing spacing);

/// The losses of a training at the recorded epochs, as an observer. Epochs that a diverged run never reached count as
/// infinite loss; those that a converged run was spared have its last loss. Test losses are NaN when there are no test
/// samples.
class LearningCurve : public Observer {
  public:
    /// Keeps references to `network` and `problem`. `epochs` as made by `record_epochs`.
    LearningCurve(const Network& network, const Problem& problem, std::vector<std::int64_t> epochs);

    void observe(const TrainingState& state) override;
    void finish(const Core& core, const TrainingOutcome& outcome) override;
    void exchange(StateArchive& archive) override { archive(train_loss_, test_loss_); }

    /// Training loss at each recorded epoch, once finished.
    [[nodiscard]] const std::vector<double>& train_loss() const { return train_loss_; }

    /// Test loss at each recorded epoch, once finished.
    [[nodiscard]] const std::vector<double>& test_loss() const { return test_loss_; }

  private:
    void record(const Weights& weights);

    const Network& network_;
    const Problem& problem_;
    std::vector<std::int64_t> epochs_;
    std::vector<double> train_loss_;
    std::vector<double> test_loss_;
};

}  // namespace curldescent
