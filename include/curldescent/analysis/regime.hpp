#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

#include "curldescent/analysis/lyapunov.hpp"
#include "curldescent/model/enumeration.hpp"

namespace curldescent {

/// Where a training has come to (MODEL.md section 5). A fixed point is one off the solution manifold; in a drift the
/// loss is constant while the weights move.
enum class Regime : std::uint8_t {
    missing,  ///< not looked at
    converged,
    fixed_point,
    drift,
    oscillation,
    chaos,
    diverged,
    undetermined
};

template <>
inline constexpr std::array<std::string_view, 8> enumeration_names<Regime>{
    "missing", "converged", "fixed_point", "drift", "oscillation", "chaos", "diverged", "undetermined"};

/// The thresholds between regimes.
struct RegimeOptions {
    bool classify = false;          ///< whether regimes are told apart at all
    double converged_loss = 1e-12;  ///< relative loss below which a run has converged; above 0
    double constant_loss = 1e-6;    ///< relative deviation below which the loss is constant; above 0
    double moving_weights = 1e-9;   ///< order parameter q above which the weights move; above 0
};

/// The least number of losses that tell regimes apart.
inline constexpr int least_losses = 100;

/// What the loss did in the last epochs.
struct LossSummary {
    std::int64_t count = 0;                                   ///< of losses
    double level = std::numeric_limits<double>::quiet_NaN();  ///< mean of the last tenth, over the loss of zero outputs
    double variation = std::numeric_limits<double>::quiet_NaN();  ///< standard deviation over mean
    double trend = std::numeric_limits<double>::quiet_NaN();      ///< (second half's mean - first half's) / mean
    double swing = std::numeric_limits<double>::quiet_NaN();  ///< standard deviation about a straight line, over mean
    double crossings = std::numeric_limits<double>::quiet_NaN();  ///< how often it passes this line
};

/// The numbers that lead to a regime. NaN: not known.
struct RegimeNumbers {
    bool diverged = false;       ///< the weights overflowed
    bool came_to_rest = false;   ///< the training was ended because it had converged to rounding
    bool deterministic = false;  ///< full batch: the loss varies by itself, not by the sampling
    LossSummary loss;
    double order_parameter = std::numeric_limits<double>::quiet_NaN();
    double zero_one = std::numeric_limits<double>::quiet_NaN();  ///< K of the 0-1 test
    LyapunovVerdict verdict = LyapunovVerdict::unmeasured;
};

/// What a series of losses did. `zero_output_loss` is 1/2 mean of y^2. NaN for an empty series.
LossSummary summarise_loss(std::span<const double> losses, double zero_output_loss);

/// Whether losses vary by more than rounding: off the solutions, and about their straight line, by the thresholds.
/// Else the 0-1 test and a spectrum see the rounding, which looks like chaos.
bool vary_by_themselves(const LossSummary& loss, const RegimeOptions& options);

/// The regime, the first of these that holds:
///
///     diverged      the weights overflowed
///     converged     the training came to rest at rounding level, or `least_losses` losses or more lie below
///                   `converged_loss` and do not rise (trend below 1/2)
///     drift         the loss is constant, q above `moving_weights`
///     fixed point   the loss is constant, q below; stable or not: the leading exponent tells
///     chaos         the loss swings about a level, and the leading exponent is positive by its own interval
///     oscillation   full batch; the loss swings about a level, and the leading exponent is zero or negative or, where
///                   none was measured, the 0-1 test gives less than 1/5
///     undetermined  else: less than `least_losses` losses, still learning, sampling noise, or an exponent that is not
///     settled
///
/// A loss swings about a level when it passes its straight line of least squares at least ten times, not by rounding
/// (`swing` is `constant_loss` or more), and its trend is within 1/10, or within what so few swings leave between two
/// halves, 4 swing sqrt(2 / crossings), and within 1/2. One that falls all the time passes its line twice.
Regime regime_of(const RegimeNumbers& numbers, const RegimeOptions& options);

}  // namespace curldescent
