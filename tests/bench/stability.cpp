#include <benchmark/benchmark.h>

#include "curldescent/analysis/stability.hpp"
#include "support/solutions.hpp"

namespace {

using namespace curldescent;

/// All that is measured of one solution, the transverse exponent apart.
void measure(benchmark::State& state, const SolvedOptions& options) {
    const Solved solved = make_solved(options);
    for (auto _ : state) benchmark::DoNotOptimize(measure_stability(solved.student, solved.problem, {}, true, {}));
}

SolvedOptions linear(Index inputs, bool norm_constraint) {
    return {.network = {.inputs = inputs, .hidden = 220 - inputs},
            .plasticity = {.hidden_flips = inputs / 2, .norm_constraint = norm_constraint},
            .samples = 250};
}

SolvedOptions tanh(bool norm_constraint) {
    SolvedOptions options = linear(110, norm_constraint);
    options.network.activation = options.network.output_activation = Activation::tanh;
    return options;
}

}  // namespace

BENCHMARK_CAPTURE(measure, linear_217_inputs, linear(217, false))->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(measure, linear_217_inputs_norm_constraint, linear(217, true))->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(measure, tanh_250_samples, tanh(false))->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(measure, tanh_250_samples_norm_constraint, tanh(true))->Unit(benchmark::kMillisecond);
