#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "curldescent/analysis/transverse_exponent.hpp"
#include "curldescent/dynamics/trainer.hpp"
#include "curldescent/model/enumeration.hpp"

namespace curldescent {

/// Where the stability of a run is measured: nowhere, at the teacher's own weights, or at its last weights.
enum class StabilityPlace : std::uint8_t { none, teacher, final };

template <>
inline constexpr std::array<std::string_view, 3> enumeration_names<StabilityPlace>{"none", "teacher", "final"};

/// What is measured of the stability of a solution.
struct StabilityOptions {
    StabilityPlace place = StabilityPlace::none;
    bool spectrum = false;               ///< keep every eigenvalue
    std::int64_t transverse_epochs = 0;  ///< of the transverse exponent, at least 0; 0: none
};

/// Networks that need a kernel of more than so many outputs times samples are refused: it takes 8 times its square in
/// bytes, and a time that grows with its cube.
inline constexpr Index largest_kernel = 4000;

/// What the eigenvalues are of: the rates at which the residual changes, at a solution; or those of all weights, away
/// from one.
enum class StabilitySpace : std::uint8_t { none, residual, weights };

template <>
inline constexpr std::array<std::string_view, 3> enumeration_names<StabilitySpace>{"none", "residual", "weights"};

/// The spectrum of a solution in numbers. Rates are per unit of eta and update of the full batch: a rate lambda takes
/// its direction to 1 + eta lambda. They are compared by their real parts. Neutral ones, not told from zero, are left
/// out: rightmost and leftmost are exactly 0 where there are no others. What was not measured is NaN; all of it, in no
/// space, where the update is not finite or the eigenvalues do not converge.
struct StabilityResult {
    static constexpr double missing = std::numeric_limits<double>::quiet_NaN();

    StabilitySpace space = StabilitySpace::none;
    double rightmost = missing;                 ///< largest rate of the run's own dynamics; positive: unstable
    double leftmost = missing;                  ///< smallest rate
    double largest_modulus = missing;           ///< of the rates
    double unstable_directions = missing;       ///< rates clearly above zero
    double unstable_fraction = missing;         ///< their share of those clearly not zero
    double step_unstable_directions = missing;  ///< rates not above zero that eta makes unstable: |1 + eta lambda| > 1
    double rightmost_unconstrained = missing;   ///< largest rate without the norm constraint
    double curl_strength = missing;             ///< of the unconstrained update field, at a solution
    double transverse_exponent = missing;       ///< per epoch, under the run's own batches
    double transverse_error = missing;          ///< its standard error
    std::vector<double> spectrum{};             ///< real parts of the rates, the rightmost first, where asked for
};

/// The relative squared error of the training set up to which weights count as a solution: errors of 1e-6, which move
/// the rates by about as much.
inline constexpr double solution_level = 1e-12;

/// Measures the stability of a student at its `start`. `key` and `shuffle` give the order of the batches.
StabilityResult measure_stability(const Student& student, const Problem& problem, const StabilityOptions& options,
                                  bool shuffle, const StreamKey& key);

/// The stability of a run, as an observer.
class StabilityMeasurement : public Observer {
  public:
    /// `student` has its full width. It starts at the teacher's weights where these are the place; else as it is
    /// trained, and its start gives way to the last weights. Solutions are measured at the width of the core that
    /// trains it, which has all directions of the residual; any other weights at the full width. Keeps a reference to
    /// `problem`.
    StabilityMeasurement(const StabilityOptions& options, Student student, const Problem& problem, bool shuffle,
                         const StreamKey& key);

    void observe(const TrainingState& /*state*/) override {}
    void finish(const Core& core, const TrainingOutcome& outcome) override;
    void exchange(StateArchive& /*archive*/) override {}

    /// What was measured, once finished. Nothing where a run that was to be measured at its last weights diverged.
    [[nodiscard]] const StabilityResult& result() const { return result_; }

  private:
    StabilityOptions options_;
    Student student_;
    const Problem& problem_;
    bool shuffle_;
    StreamKey key_;
    StabilityResult result_;
};

}  // namespace curldescent
