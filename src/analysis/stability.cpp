#include "curldescent/analysis/stability.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <utility>

#include "curldescent/analysis/map_spectrum.hpp"

namespace curldescent {
namespace {

/// Rates this close to zero are neutral: rounding of d products, beside the largest.
double neutral_level(const Rates& rates, Index directions) {
    constexpr double rounding = 16.0 * std::numeric_limits<double>::epsilon();
    return rounding * static_cast<double>(directions) * rates.cwiseAbs().maxCoeff();
}

Student without_constraint(Student student) {
    student.plasticity.norm_constraint = false;
    return student;
}

/// All rates of the residual at a solution.
Rates residual_rates(const Student& solution, const Problem& problem) {
    const Matrix symmetric = symmetric_rate_matrix(solution, problem.X);
    if (symmetric.size() > 0) {
        return Eigen::SelfAdjointEigenSolver<Matrix>(symmetric, Eigen::EigenvaluesOnly).eigenvalues();
    }
    const Matrix A = rate_matrix(make_residual_map(solution, problem.X));
    return Eigen::EigenSolver<Matrix>(A, false).eigenvalues();
}

double rightmost_of(const Rates& rates) {
    return rates.size() > 0 ? rates.real().maxCoeff() : StabilityResult::missing;
}

void count_directions(StabilityResult& result, const Rates& rates, double eta) {
    const double neutral = neutral_level(rates, rates.size());
    double unstable = 0.0;
    double moving = 0.0;
    double step_unstable = 0.0;
    for (const std::complex<double> rate : rates) {
        if (std::abs(rate) > neutral) ++moving;
        if (rate.real() > neutral) {
            ++unstable;
        } else if (std::abs(1.0 + eta * rate) > 1.0 + eta * neutral) {
            ++step_unstable;
        }
    }
    result.unstable_directions = unstable;
    result.unstable_fraction = moving > 0.0 ? unstable / moving : 0.0;
    result.step_unstable_directions = step_unstable;
}

/// What follows from all rates.
void summarise(StabilityResult& result, const Rates& rates, double eta) {
    result.rightmost = rightmost_of(rates);
    result.leftmost = rates.real().minCoeff();
    result.largest_modulus = rates.cwiseAbs().maxCoeff();
    count_directions(result, rates, eta);
}

std::vector<double> descending_real_parts(const Rates& rates) {
    std::vector<double> spectrum;
    for (const std::complex<double> rate : rates) spectrum.push_back(rate.real());
    std::ranges::sort(spectrum, std::greater<>());
    return spectrum;
}

bool is_solution(const Student& student, const Problem& problem) {
    const Matrix errors = forward(student.network, student.start, problem.X) - problem.Y;
    return errors.squaredNorm() <= solution_level * problem.Y.squaredNorm();
}

StabilityResult measure_solution(const Student& solution, const Problem& problem, const StabilityOptions& options,
                                 bool shuffle, const StreamKey& key) {
    StabilityResult result{.space = StabilitySpace::residual};
    const Rates rates = residual_rates(solution, problem);
    summarise(result, rates, solution.step.learning_rate);
    if (options.spectrum) result.spectrum = descending_real_parts(rates);
    result.rightmost_unconstrained = solution.plasticity.norm_constraint
                                         ? rightmost_of(residual_rates(without_constraint(solution), problem))
                                         : result.rightmost;
    result.curl_strength = curl_strength_at_solution(solution, problem.X);
    if (options.transverse_epochs > 0) {
        const auto exponent = transverse_exponent(make_residual_map(solution, problem.X), solution.step, shuffle, key,
                                                  options.transverse_epochs);
        result.transverse_exponent = exponent.value;
        result.transverse_error = exponent.error;
    }
    return result;
}

StabilityResult measure_state(const Student& student, const Problem& problem, const StabilityOptions& options) {
    StabilityResult result{.space = StabilitySpace::weights};
    const MapSpectrum spectrum = map_spectrum(student, problem);
    if (spectrum.complete) {
        summarise(result, spectrum.rates, student.step.learning_rate);
        if (options.spectrum) result.spectrum = descending_real_parts(spectrum.rates);
    } else {
        result.rightmost = rightmost_of(spectrum.rates);
    }
    result.rightmost_unconstrained = student.plasticity.norm_constraint
                                         ? rightmost_of(map_spectrum(without_constraint(student), problem).rates)
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
    if (options_.place == StabilityPlace::final) {
        if (outcome.diverged) return;
        student_.start = core.weights();
    }
    result_ = measure_stability(student_, problem_, options_, shuffle_, key_);
}

}  // namespace curldescent
