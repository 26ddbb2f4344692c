#pragma once

#include <cstdint>
#include <limits>

namespace curldescent {

/// How a loss rose on its way (MODEL.md section 6).
struct AscentSummary {
    static constexpr double missing = std::numeric_limits<double>::quiet_NaN();

    double total = missing;               ///< sum of all rises from an epoch to the next; infinite after a divergence
    double largest_rise = missing;        ///< height of the highest loss above the lowest one before it
    double largest_rise_epoch = missing;  ///< at which it stood that high; NaN when it never rose
    double rising_share = missing;        ///< of all epochs, those that raised the loss; NaN without an epoch
};

/// Follows the rises of a loss that is shown to it after every epoch.
/// Example: 3, 1, 2, 1.5, 4 rises by 1 and 2.5: in total 3.5, at most 3, at epoch 4, in half of its 4 epochs.
class Ascent {
  public:
    /// What rises by at most 16 epsilon of the lower loss and `noise`, the level of rounding, does not count as risen.
    explicit Ascent(double noise = 0.0) : noise_(noise) {}

    /// Takes the loss after the next epoch; the first call is for epoch 0, the start. NaN, an overflow, is infinite.
    void add(std::int64_t epoch, double loss);

    [[nodiscard]] AscentSummary summary() const;

  private:
    /// Whether a loss is above another one by more than rounding.
    [[nodiscard]] bool above(double loss, double other) const;

    double noise_;
    double last_ = std::numeric_limits<double>::quiet_NaN();
    double lowest_ = std::numeric_limits<double>::infinity();
    double total_ = 0.0;
    double largest_rise_ = 0.0;
    double largest_rise_epoch_ = std::numeric_limits<double>::quiet_NaN();
    double rising_ = 0.0;  // epochs
    double epochs_ = 0.0;
};

}  // namespace curldescent
