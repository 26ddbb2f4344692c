#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>

#include "curldescent/analysis/lyapunov.hpp"
#include "curldescent/analysis/stopping_rule.hpp"
#include "curldescent/model/random.hpp"

namespace curldescent {

// Maps with known Lyapunov exponents. A map has a `state`, makes a `step`, and gives its derivative at the state.

/// x -> 1 - a x^2 + y, y -> b x with a = 1.4, b = 0.3: exponents 0.41922 and -1.62319, whose sum is ln 0.3.
struct HenonMap {
    static constexpr Index dimension = 2;
    Vector state;

    explicit HenonMap(RandomStream& random) : state{{0.1 * random.next_uniform(), 0.1 * random.next_uniform()}} {}
    [[nodiscard]] Matrix derivative() const { return Matrix{{-2.8 * state[0], 1.0}, {0.3, 0.0}}; }
    void step() { state = Vector{{1.0 - 1.4 * state[0] * state[0] + state[1], 0.3 * state[0]}}; }
};

/// x -> 4 x (1 - x): exponent ln 2. Conjugate to the tent map, so that the logarithms of its slopes add up to a bounded
/// sum beside t ln 2.
struct LogisticMap {
    static constexpr Index dimension = 1;
    Vector state;

    explicit LogisticMap(RandomStream& random) : state{{0.01 + 0.98 * random.next_uniform()}} {}
    [[nodiscard]] Matrix derivative() const { return Matrix{{4.0 - 8.0 * state[0]}}; }
    void step() { state[0] = 4.0 * state[0] * (1.0 - state[0]); }
};

/// Arnold's cat map (x, y) -> (2 x + y, x + y) on the torus: exponents +-ln((3 + sqrt 5) / 2) = +-0.96242.
struct CatMap {
    static constexpr Index dimension = 2;
    Vector state;

    explicit CatMap(RandomStream& random) : state{{random.next_uniform(), random.next_uniform()}} {}
    [[nodiscard]] Matrix derivative() const { return Matrix{{2.0, 1.0}, {1.0, 1.0}}; }
    void step() {
        state = derivative() * state;
        state -= Vector(state.array().floor());
    }
};

/// x -> A x: the exponents are the logarithms of the moduli of the eigenvalues of A.
struct LinearMap {
    Matrix A;

    [[nodiscard]] Matrix derivative() const { return A; }
    void step() {}
};

inline Matrix random_tangents(RandomStream& random, Index rows, Index columns) {
    Matrix tangents(rows, columns);
    for (double& entry : tangents.reshaped()) entry = random.next_normal();
    return tangents;
}

/// Measures the leading exponents of a map along `steps` steps behind `transient` ones, or till the leading one is
/// known to `precision`.
template <class Map>
LyapunovEstimate measure(Map& map, Matrix tangents, std::int64_t transient, std::int64_t steps,
                         double precision = 0.0) {
    constexpr std::int64_t longest_interval = 64;
    StoppingRule stopping_rule(precision);
    LyapunovAccumulator accumulator(tangents.cols() - 1, transient, longest_interval);
    for (std::int64_t done = 0; done < transient + steps;) {
        const std::int64_t interval = accumulator.interval();
        for (std::int64_t k = 0; k < interval; ++k) {
            tangents = map.derivative() * tangents;
            map.step();
        }
        accumulator.add(tangents);
        done += interval;
        if (stopping_rule.is_met(accumulator)) break;
    }
    return accumulator.estimate();
}

/// The same from a random start on the attractor.
template <class Map>
LyapunovEstimate measure_from_seed(std::uint64_t seed, std::int64_t steps, double precision = 0.0) {
    RandomStream random({.seed = seed}, Stream::student_hidden);
    Map map(random);
    for (int k = 0; k < 100; ++k) map.step();
    return measure(map, random_tangents(random, Map::dimension, Map::dimension + 1), 1000, steps, precision);
}

}  // namespace curldescent
