#include "measured_variables.hpp"

namespace curldescent {
namespace {

bool wants_stability(const Analysis& analysis) {
    return analysis.stability.place != StabilityPlace::none;
}

bool wants_transverse(const Analysis& analysis) {
    return analysis.stability.transverse_epochs > 0;
}

}  // namespace

std::vector<RunVariable> stability_variables() {
    using R = const RunResult&;
    constexpr std::string_view rate = "per epoch and learning rate";
    return {
        flagged(
            "stability_space", [](R run) { return static_cast<std::uint8_t>(run.stability.space); },
            "what the rates are of: the residual at a solution, or all weights away from one; compare runs of one "
            "space",
            enumeration_names<StabilitySpace>, wants_stability),
        measured(
            "stability_rightmost", [](R run) { return run.stability.rightmost; }, rate,
            "rate of the fastest growing direction of the run's own dynamics, of those that are not neutral; positive: "
            "unstable",
            wants_stability),
        measured(
            "stability_rightmost_unconstrained", [](R run) { return run.stability.rightmost_unconstrained; }, rate,
            "the same without norm constraint, to compare with theory_lower_edge", wants_stability),
        measured(
            "stability_leftmost", [](R run) { return run.stability.leftmost; }, rate,
            "the smallest rate of those that are not neutral", wants_stability),
        measured(
            "stability_largest_modulus", [](R run) { return run.stability.largest_modulus; }, rate,
            "the rate of largest modulus", wants_stability),
        measured(
            "unstable_directions", [](R run) { return run.stability.unstable_directions; }, "1",
            "number of directions with a rate above zero", wants_stability),
        measured(
            "unstable_fraction", [](R run) { return run.stability.unstable_fraction; }, "1",
            "share of directions with a rate above zero among those that are not neutral", wants_stability),
        measured(
            "step_unstable_directions", [](R run) { return run.stability.step_unstable_directions; }, "1",
            "number of other directions along which a step of the full batch is too large", wants_stability),
        measured(
            "stability_curl_strength", [](R run) { return run.stability.curl_strength; }, "1",
            "norm of the antisymmetric part of the update field's Jacobian at the solution, relative to its own; 0 for "
            "a gradient, 1 for a rotation",
            wants_stability),
        measured(
            "transverse_exponent", [](R run) { return run.stability.transverse_exponent; }, "per epoch",
            "growth of a small residual at the solution under the run's own batches", wants_transverse),
        measured(
            "transverse_error", [](R run) { return run.stability.transverse_error; }, "per epoch",
            "standard error of transverse_exponent", wants_transverse),
        {"stability_spectrum", [](R run) -> const std::vector<double>& { return run.stability.spectrum; },
         Dimension::eigenvalue, rate,
         "real parts of all rates, the largest first; away from a solution as many of them as a residual has "
         "directions",
         Statistics::none, Group::root, [](const Analysis& analysis) { return analysis.stability.spectrum; }},
    };
}

}  // namespace curldescent
