/// Prints the most double-precision GFLOP/s that fused multiply-adds reach on one core, from registers alone.

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>

namespace {

#if defined(__AVX512F__)
constexpr std::size_t vector_bytes = 64;
#elif defined(__AVX__)
constexpr std::size_t vector_bytes = 32;
#else
constexpr std::size_t vector_bytes = 16;
#endif
using Vector [[gnu::vector_size(vector_bytes)]] = double;

constexpr std::size_t lanes = vector_bytes / sizeof(double);
constexpr std::size_t chains = 12;  // independent sums: enough to hide the latency, few enough for 16 registers
constexpr int rounds = 20;
constexpr long steps = 1'000'000;

/// Iterates x = x * factor + term, `steps` times in every chain, and returns the sum of all chains. Every chain starts
/// elsewhere: of equal chains the compiler would keep one.
double iterate(double factor, double term) {
    const Vector factors = factor - Vector{};
    const Vector terms = term - Vector{};
    std::array<Vector, chains> x{};
    for (std::size_t chain = 0; chain < chains; ++chain) x[chain] = terms * static_cast<double>(chain);
    for (long step = 0; step < steps; ++step) {
        for (Vector& chain : x) chain = chain * factors + terms;
    }
    double sum = 0.0;
    for (const Vector& chain : x) {
        for (std::size_t lane = 0; lane < lanes; ++lane) sum += chain[lane];
    }
    return sum;
}

double processor_seconds() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

}  // namespace

int main() {
    const volatile double factor = 0.5;  // read at run time, so that nothing is computed by the compiler
    volatile double sum = 0.0;
    constexpr double flops = 2.0 * lanes * chains * steps;

    double best = 0.0;
    for (int round = 0; round < rounds; ++round) {
        const double start = processor_seconds();
        sum = iterate(factor, factor);
        best = std::max(best, flops / (processor_seconds() - start));
    }
    std::printf("%.1f\n", best * 1e-9);
    return sum > 0.0 ? 0 : 1;
}
