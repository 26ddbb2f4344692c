/// Times the theory: one point of each quantity, and the whole diagram of figure 2.

#include <benchmark/benchmark.h>

#include <cmath>

#include "curldescent/theory/phase_boundary.hpp"

using namespace curldescent;

namespace {

constexpr SpectrumParameters both_layers_flipped{0.2, 0.2, 0.1};

void time_lower_edge(benchmark::State& state) {
    SpectrumParameters parameters = both_layers_flipped;
    for (auto _ : state) {
        benchmark::DoNotOptimize(parameters);
        benchmark::DoNotOptimize(lower_edge(parameters));
    }
}

void time_density(benchmark::State& state) {
    const Band band = bands(both_layers_flipped).front();
    for (auto _ : state) {
        benchmark::DoNotOptimize(density(both_layers_flipped, std::lerp(band.lower, band.upper, 0.3)));
    }
}

void time_critical_fraction(benchmark::State& state) {
    for (auto _ : state) {
        benchmark::DoNotOptimize(critical_flip_fraction(both_layers_flipped, FlippedLayer::hidden));
    }
}

void time_critical_ratios(benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(critical_ratios(both_layers_flipped));
}

/// 500 ratios, 1e-3 to 1e2, by 500 fractions of each layer: 500,000 lower edges.
void time_figure_2(benchmark::State& state) {
    constexpr int steps = 500;
    for (auto _ : state) {
        double sum = 0.0;
        for (int i = 0; i < steps; ++i) {
            const double ratio = std::pow(10.0, -3.0 + 5.0 * i / (steps - 1));
            for (int j = 0; j < steps; ++j) {
                const double fraction = static_cast<double>(j) / (steps - 1);
                sum += lower_edge({ratio, fraction, 0.0}) + lower_edge({ratio, 0.0, fraction});
            }
        }
        benchmark::DoNotOptimize(sum);
    }
    state.SetItemsProcessed(state.iterations() * 2 * steps * steps);
}

}  // namespace

BENCHMARK(time_lower_edge)->Name("lower_edge");
BENCHMARK(time_density)->Name("density");
BENCHMARK(time_critical_fraction)->Name("critical_flip_fraction");
BENCHMARK(time_critical_ratios)->Name("critical_ratios");
BENCHMARK(time_figure_2)->Name("figure_2")->Unit(benchmark::kMillisecond);

BENCHMARK_MAIN();
