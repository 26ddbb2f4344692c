#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "curldescent/analysis/growth_series.hpp"
#include "curldescent/model/enumeration.hpp"

namespace curldescent {

/// What a leading exponent says, with its error: `zero` is not to be told from zero; `unsettled` is a run too short to
/// say, or halves of it, or random starts of the tangents, that disagree.
enum class LyapunovVerdict : std::uint8_t { unmeasured, positive, zero, negative, unsettled };

template <>
inline constexpr std::array<std::string_view, 5> enumeration_names<LyapunovVerdict>{"unmeasured", "positive", "zero",
                                                                                    "negative", "unsettled"};

/// A leading exponent, and what tells how far to trust it. All rates are per step.
struct LeadingGrowth {
    MeanEstimate rate;
    double half_difference = std::numeric_limits<double>::quiet_NaN();   ///< second half of the time minus first
    double start_difference = std::numeric_limits<double>::quiet_NaN();  ///< between two random starts
    double second_half_growth = 0.0;                                     ///< logarithm of it
};

/// The verdict on a leading exponent. A tangent that grows like a power t^p, as in regular motion (p = 1 where
/// frequencies depend on amplitudes), adds p ln 2 to its logarithm in the second half of any time, however long: so
/// positive is an interval above zero *and* a growth by more than 2^4 in the second half; negative the mirror image.
/// Zero is a growth or shrinkage by less than 2^2 in the second half, whatever the first did: the rate of a power of
/// time falls. Zero is also an interval around zero with a plateau (`batch_means`). What lies between is unsettled. The
/// starts disagree when their rates differ by more than the half width and their growths by more than a factor 2^4; the
/// halves when their rates differ by more than 2 sqrt(2) half widths, nearly three standard deviations, and their
/// growths by more than that factor.
LyapunovVerdict verdict_of(const LeadingGrowth& growth, std::int64_t steps);

/// The steps it takes to call an exponent of this size, above 0, positive: until its growth in their second half
/// exceeds 2^4.
std::int64_t least_steps(double exponent);

/// The leading k exponents of a map, per step, natural logarithm.
struct LyapunovEstimate {
    std::vector<MeanEstimate> exponents;  ///< in the order of the QR decomposition: falling, but for their errors
    LeadingGrowth leading;
    LyapunovVerdict verdict = LyapunovVerdict::unmeasured;
    std::int64_t steps = 0;  ///< that were measured

    /// j + (sum of the first j exponents) / |exponent j + 1| with the largest j of a sum that is not negative (Kaplan
    /// and Yorke, 1979), exponents that are not to be told from zero taken for zero. NaN when all sums are positive:
    /// more exponents are needed; and where the verdict is not positive: it would be the noise of the zero exponents.
    double kaplan_yorke_dimension = std::numeric_limits<double>::quiet_NaN();
};

/// What tangents have grown by.
struct Stretching {
    Vector logarithms;  ///< of the diagonal of R, and of the length of the second start [k + 1]; -infinity for zero
    double spread;  ///< logarithm of R's longest column over its least diagonal entry, or of a growth if that is more
};

/// Orthonormalises the tangents [n x (k + 1)], k at most n: the first k together, the last by itself.
Stretching orthonormalise(Matrix& tangents);

/// Lyapunov exponents by the method of Benettin et al. (Meccanica 15, 1980): k tangents, carried by the derivative of a
/// map, are orthonormalised by thin QR decompositions from time to time; the exponents are the mean logarithms of the
/// diagonal of R. Knows nothing of the map: whoever steps it hands the tangents over after every `interval()` steps.
///
/// The first `transient` steps align the tangents and are not counted. The interval is found on the way: it is doubled
/// while the tangents keep well apart, and halved when they do not (their condition number, and their growth, are kept
/// below 1e5 about), but is never longer than `longest_interval`.
class LyapunovAccumulator {
  public:
    LyapunovAccumulator(Index exponents, std::int64_t transient, std::int64_t longest_interval);

    /// The columns of the tangents to carry: k that are kept orthogonal, and one more for the second random start,
    /// which is only kept short.
    [[nodiscard]] Index columns() const { return exponents_ + 1; }

    /// After how many steps to call `add` next.
    [[nodiscard]] std::int64_t interval() const;

    /// Takes the logarithms of what the tangents [n x (k + 1)] have grown by in `interval()` steps, and orthonormalises
    /// them.
    void add(Matrix& tangents);

    /// What has been measured so far.
    [[nodiscard]] LyapunovEstimate estimate() const;

    /// The growth of the k tangents, and of the second start behind them.
    [[nodiscard]] const GrowthSeries& series() const { return series_; }

    void exchange(StateArchive& archive) { archive(transient_, interval_, series_); }

  private:
    void adapt_interval(double spread, std::int64_t steps);
    [[nodiscard]] double second_half_growth(Index k) const;

    Index exponents_;
    std::int64_t transient_;  // steps that are left of it
    std::int64_t longest_interval_;
    std::int64_t interval_ = 1;
    GrowthSeries series_;
};

/// See `LyapunovEstimate`. The exponents in any order; NaN when one is. Their number when they add up to zero, to
/// rounding: the next is negative, whatever it is.
double kaplan_yorke_dimension(std::vector<double> exponents);

}  // namespace curldescent
