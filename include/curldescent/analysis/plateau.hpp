#pragma once

#include <limits>
#include <span>

namespace curldescent {

/// What counts as a plateau.
struct PlateauOptions {
    bool measured = false;
    double gradient = 0.1;  ///< its gradient norm is at most this share of the steepest (see `find_plateau`), 0 to 1
    double loss = 0.1;      ///< its loss is at least this share of the loss at the start, 0 to 1
};

/// The plateau of a run (MODEL.md section 6), in epochs.
struct PlateauSummary {
    static constexpr double missing = std::numeric_limits<double>::quiet_NaN();

    double epoch = missing;   ///< at which it is flattest; NaN: there is no plateau
    double length = missing;  ///< to the escape, or to the end of the run; 0: there is no plateau
    double escape = missing;  ///< the first record behind it, or the divergence; NaN: it never ended, or there is none
};

/// A run as it was recorded: at these epochs, one after the other, this training loss and norm of its gradient.
struct GradientSeries {
    std::span<const double> epochs;
    std::span<const double> losses;
    std::span<const double> norms;
};

/// The record where the gradient is smallest while the loss is at least `options.loss` of that at the start: the place
/// of the plateau, if there is one. Of equal ones the first; a gradient that is not finite is none.
std::size_t flattest_record(const GradientSeries& series, const PlateauOptions& options);

/// The neighbouring records around the flattest one at which both conditions of `options` hold. The steepest gradient
/// is looked for where the loss is at most that at the start, so that a run that blows up does not make a plateau of
/// all before. What lies between two records is not seen: a plateau and its escape are as exact as the records are
/// close. `diverged` is the epoch at which the weights overflowed, or NaN.
///
/// All this is of the training loss E: not of what a rule that takes the output's error for its delta descends where
/// outputs are not linear.
PlateauSummary find_plateau(const GradientSeries& series, const PlateauOptions& options,
                            double diverged = PlateauSummary::missing);

}  // namespace curldescent
