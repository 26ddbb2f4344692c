#pragma once

#include <cstdint>
#include <utility>

#include "curldescent/dynamics/core.hpp"
#include "curldescent/model/initialization.hpp"

namespace curldescent {

/// A student that starts on the solution manifold, and what it has learned.
struct Solved {
    Student student;
    Problem problem;
};

/// What varies between solved students.
struct SolvedOptions {
    Network network{.inputs = 3, .hidden = 4};
    Plasticity plasticity{};
    Rule rule = Rule::curl_descent;
    Index samples = 8;
    double scale = 2.0;
    double learning_rate = 0.1;
    std::uint64_t seed = 1;
};

/// A student with a random teacher's weights, full batch.
inline Solved make_solved(const SolvedOptions& options) {
    const auto& [network, plasticity, rule, samples, scale, learning_rate, seed] = options;
    const StreamKey key{.seed = seed};
    Weights teacher = make_teacher(network, {.teacher_scale = scale, .teacher_hidden = network.hidden}, key);
    Problem problem = make_problem(network, teacher, samples, 0, SuppliedData{}, key);
    return {.student = {.network = network,
                        .plasticity = plasticity,
                        .signs = make_signs(network, plasticity, rule),
                        .feedback = has_random_feedback(rule) ? make_feedback(network, scale, key) : Matrix(),
                        .step = {.learning_rate = learning_rate, .batch = samples, .samples = samples},
                        .start = std::move(teacher)},
            .problem = std::move(problem)};
}

/// All weights in one column, W1 above W2.
inline Vector as_vector(const Weights& weights) {
    Vector all(weights.W1.size() + weights.W2.size());
    all << weights.W1.reshaped(), weights.W2.reshaped();
    return all;
}

/// The weights in the shape of `like`.
inline Weights as_weights(const Vector& all, const Weights& like) {
    return {.W1 = all.head(like.W1.size()).reshaped(like.W1.rows(), like.W1.cols()),
            .W2 = all.tail(like.W2.size()).reshaped(like.W2.rows(), like.W2.cols())};
}

/// df/dw by central differences, a column for each weight; off by about step^2 and epsilon / step.
template <class Function>
Matrix central_differences(const Weights& weights, double step, Function f) {
    const Vector w = as_vector(weights);
    Matrix derivative;
    for (Index k = 0; k < w.size(); ++k) {
        Vector above = w;
        Vector below = w;
        above[k] += step;
        below[k] -= step;
        const Vector column = (f(as_weights(above, weights)) - f(as_weights(below, weights))) / (2.0 * step);
        if (k == 0) derivative.resize(column.size(), w.size());
        derivative.col(k) = column;
    }
    return derivative;
}

/// The projection onto the tangent space of the spheres of both layers.
inline Matrix tangent_projection(const Weights& weights) {
    Matrix Pi = Matrix::Identity(weights.W1.size() + weights.W2.size(), weights.W1.size() + weights.W2.size());
    Vector radial_W1 =
        as_vector({.W1 = weights.W1.normalized(), .W2 = Matrix::Zero(weights.W2.rows(), weights.W2.cols())});
    Vector radial_W2 =
        as_vector({.W1 = Matrix::Zero(weights.W1.rows(), weights.W1.cols()), .W2 = weights.W2.normalized()});
    return Pi - radial_W1 * radial_W1.transpose() - radial_W2 * radial_W2.transpose();
}

}  // namespace curldescent
