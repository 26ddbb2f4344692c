#include "curldescent/analysis/stability.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "curldescent/analysis/map_spectrum.hpp"
#include "curldescent/dynamics/width_reduction.hpp"

namespace curldescent {
namespace {

/// Rates, and the modulus up to which they are neutral: not told from zero.
struct Spectrum {
    Rates rates{};  // none where they could not be computed
    double neutral{};
};

/// Of the eigenvalues of a matrix: its neutral level is the rounding of d products, beside the largest.
template <class Solver>
Spectrum spectrum_of(const Solver& solver) {
    if (solver.info() != Eigen::Success) return {};
    Rates rates = solver.eigenvalues();
    constexpr double rounding = 16.0 * std::numeric_limits<double>::epsilon();
    const double neutral = rounding * static_cast<double>(rates.size()) * rates.cwiseAbs().maxCoeff();
    return {.rates = std::move(rates), .neutral = neutral};
}

Student without_constraint(Student student) {
    student.plasticity.norm_constraint = false;
    return student;
}

/// All rates of the residual at a solution.
Spectrum residual_spectrum(const Student& solution, const Problem& problem) {
    const Matrix symmetric = symmetric_rate_matrix(solution, problem.X);
    if (!symmetric.allFinite()) return {};
    if (symmetric.size() > 0) {
        return spectrum_of(Eigen::SelfAdjointEigenSolver<Matrix>(symmetric, Eigen::EigenvaluesOnly));
    }
    const Matrix A = rate_matrix(make_residual_map(solution, problem.X));
    if (!A.allFinite()) return {};
    return spectrum_of(Eigen::EigenSolver<Matrix>(A, false));
}

/// The real parts of the rates that are not neutral, from the largest down.
std::vector<double> moving_real_parts(const Spectrum& spectrum) {
    std::vector<double> parts;
    for (const std::complex<double> rate : spectrum.rates) {
        if (std::abs(rate) > spectrum.neutral) parts.push_back(rate.real());
    }
    std::ranges::sort(parts, std::greater<>());
    return parts;
}

/// The largest rate that is not neutral; 0 where all are.
double rightmost_of(const Spectrum& spectrum) {
    if (spectrum.rates.size() == 0) return StabilityResult::missing;
    const std::vector<double> moving = moving_real_parts(spectrum);
    return moving.empty() ? 0.0 : moving.front();
}

void count_directions(StabilityResult& result, const Spectrum& spectrum, double eta) {
    const auto& [rates, neutral] = spectrum;
    double unstable = 0.0;
    double step_unstable = 0.0;
    for (const std::complex<double> rate : rates) {
        if (rate.real() > neutral) {
            ++unstable;
        } else if (2.0 * rate.real() + eta * std::norm(rate) > 2.0 * neutral) {
            ++step_unstable;  // |1 + eta rate| > 1, squared
        }
    }
    const auto moving = static_cast<double>(moving_real_parts(spectrum).size());
    result.unstable_directions = unstable;
    result.unstable_fraction = moving > 0.0 ? unstable / moving : 0.0;
    result.step_unstable_directions = step_unstable;
}

/// What follows from all rates.
void summarise(StabilityResult& result, const Spectrum& spectrum, double eta) {
    const std::vector<double> moving = moving_real_parts(spectrum);
    result.rightmost = rightmost_of(spectrum);
    result.leftmost = moving.empty() ? 0.0 : moving.back();
    result.largest_modulus = spectrum.rates.cwiseAbs().maxCoeff();
    count_directions(result, spectrum, eta);
}

std::vector<double> descending_real_parts(const Rates& rates) {
    std::vector<double> spectrum;
    for (const std::complex<double> rate : rates) spectrum.push_back(rate.real());
    std::ranges::sort(spectrum, std::greater<>());
    return spectrum;
}

/// Of all outputs and samples.
double squared_error(const Student& student, const Problem& problem) {
    return (forward(student.network, student.start, problem.X) - problem.Y).squaredNorm();
}

bool is_solution(const Student& student, const Problem& problem) {
    return squared_error(student, problem) <= solution_level * problem.Y.squaredNorm();
}

StabilityResult measure_solution(const Student& solution, const Problem& problem, const StabilityOptions& options,
                                 bool shuffle, const StreamKey& key) {
    const Spectrum spectrum = residual_spectrum(solution, problem);
    if (spectrum.rates.size() == 0) return {};
    StabilityResult result{.space = StabilitySpace::residual};
    summarise(result, spectrum, solution.step.learning_rate);
    if (options.spectrum) result.spectrum = descending_real_parts(spectrum.rates);
    result.rightmost_unconstrained = solution.plasticity.norm_constraint
                                         ? rightmost_of(residual_spectrum(without_constraint(solution), problem))
                                         : result.rightmost;
    result.curl_strength = curl_strength_at_solution(solution, problem.X);
    if (options.transverse_epochs > 0) {
        const auto exponent = transverse_exponent(reachable(make_residual_map(solution, problem.X)), solution.step,
                                                  shuffle, key, options.transverse_epochs);
        result.transverse_exponent = exponent.value;
        result.transverse_error = exponent.error;
    }
    return result;
}

Spectrum weight_spectrum(const MapSpectrum& spectrum) {
    return {.rates = spectrum.rates, .neutral = spectrum.resolution};
}

StabilityResult measure_state(const Student& student, const Problem& problem, const StabilityOptions& options) {
    if (!std::isfinite(squared_error(student, problem))) return {};
    const MapSpectrum of_map = map_spectrum(student, problem);
    if (of_map.rates.size() == 0) return {};
    StabilityResult result{.space = StabilitySpace::weights};
    const Spectrum spectrum = weight_spectrum(of_map);
    if (of_map.complete) {
        summarise(result, spectrum, student.step.learning_rate);
        if (options.spectrum) result.spectrum = descending_real_parts(spectrum.rates);
    } else {
        result.rightmost = rightmost_of(spectrum);
    }
    result.rightmost_unconstrained =
        student.plasticity.norm_constraint
            ? rightmost_of(weight_spectrum(map_spectrum(without_constraint(student), problem)))
            : result.rightmost;
    return result;
}

}  // namespace

StabilityResult measure_stability(const Student& student, const Problem& problem, const StabilityOptions& options,
                                  bool shuffle, const StreamKey& key) {
    return is_solution(student, problem) ? measure_solution(student, problem, options, shuffle, key)
                                         : measure_state(student, problem, options);
}

StabilityMeasurement::StabilityMeasurement(const StabilityOptions& options, Student student, const Problem& problem,
                                           bool shuffle, const StreamKey& key)
    : options_(options), student_(std::move(student)), problem_(problem), shuffle_(shuffle), key_(key) {}

void StabilityMeasurement::finish(const Core& core, const TrainingOutcome& outcome) {
    const bool at_last_weights = options_.place == StabilityPlace::final;
    if (at_last_weights && outcome.diverged) return;
    const Weights last = core.weights();
    Student narrow = last.W1.rows() < student_.network.hidden ? reduce_width(student_) : student_;
    if (at_last_weights) narrow.start = last;
    if (is_solution(narrow, problem_)) {
        result_ = measure_solution(narrow, problem_, options_, shuffle_, key_);
        return;
    }
    if (at_last_weights) student_.start = recover_weights(student_, last);
    result_ = measure_state(student_, problem_, options_);
}

}  // namespace curldescent
