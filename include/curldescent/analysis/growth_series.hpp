#pragma once

#include <cstdint>
#include <vector>

#include "curldescent/analysis/batch_means.hpp"
#include "curldescent/model/state_archive.hpp"

namespace curldescent {

/// The logarithms by which some lengths grow in time, as rates over cells of equal length. Takes any time in little
/// memory: when there are too many cells, neighbours are merged and cells are twice as long.
class GrowthSeries {
  public:
    /// Of so many lengths, in cells of so many steps (at least 1) at first.
    GrowthSeries(Index lengths, std::int64_t cell_steps);

    /// Adds the natural logarithms of growth over the next `steps`, at most to the end of the cell that is open: see
    /// `steps_to_cell_end`.
    void add(const Eigen::Ref<const Vector>& logarithms, std::int64_t steps);

    /// How many steps are missing in the cell that is open.
    [[nodiscard]] std::int64_t steps_to_cell_end() const { return cell_steps_ - open_steps_; }

    /// The steps in complete cells, from which all that follows is computed.
    [[nodiscard]] std::int64_t steps() const;

    /// The mean rate of a length, per step, with its 95 % interval.
    [[nodiscard]] MeanEstimate rate(Index length) const;

    /// The mean rate of a length in the part of the time from `first` to `last`, shares of it in [0, 1], per step. NaN
    /// where no cell begins in it.
    [[nodiscard]] double rate_between(Index length, double first, double last) const;

    /// The mean rates of a length in `count` windows of equal size that follow each other, per step.
    [[nodiscard]] std::vector<double> windows(Index length, std::int64_t count) const;

    void exchange(StateArchive& archive) { archive(cell_steps_, open_steps_, open_, rates_); }

  private:
    void merge_neighbours();

    std::int64_t cell_steps_;
    std::int64_t open_steps_ = 0;
    Vector open_;                             // sums of the cell that is not complete
    std::vector<std::vector<double>> rates_;  // of each length, its cells
};

}  // namespace curldescent
