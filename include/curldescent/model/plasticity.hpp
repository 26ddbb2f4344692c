#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "curldescent/model/enumeration.hpp"
#include "curldescent/model/network.hpp"

namespace curldescent {

/// The learning rules (MODEL.md section 2): which feedback carries the error back, and whether signs are flipped.
enum class Rule : std::uint8_t { gradient_descent, curl_descent, feedback_alignment, curl_feedback_alignment };

template <>
inline constexpr std::array<std::string_view, 4> enumeration_names<Rule>{
    "gradient-descent", "curl-descent", "feedback-alignment", "curl-feedback-alignment"};

/// Whose neuron carries the sign of a synapse: the one before it or the one behind it.
enum class FlipSide : std::uint8_t { presynaptic, postsynaptic };

template <>
inline constexpr std::array<std::string_view, 2> enumeration_names<FlipSide>{"presynaptic", "postsynaptic"};

/// The error signal at the output: E itself, or E .* phi_out'(W2 h), the true gradient for a non-linear output.
enum class OutputDelta : std::uint8_t { error, gradient };

template <>
inline constexpr std::array<std::string_view, 2> enumeration_names<OutputDelta>{"error", "gradient"};

/// How the synapses of a student change.
struct Plasticity {
    Index hidden_flips = 0;          ///< flipped neurons in D1, 0 to its length (M presynaptic, N postsynaptic)
    Index readout_flips = 0;         ///< flipped neurons in D2, 0 to its length (N presynaptic, O postsynaptic)
    double flipped_strength = -1.0;  ///< diagonal entry of D1 and D2 for a flipped neuron, in [-1, 1]
    FlipSide side = FlipSide::presynaptic;
    bool norm_constraint = true;  ///< rescale W1 and W2 to their initial Frobenius norms after each update
    double feedback_scale = 1.0;  ///< s_B, at least 0: random feedback ~ U(-s_B / sqrt N, s_B / sqrt N)
    OutputDelta output_delta = OutputDelta::error;
};

/// The diagonals of the plasticity signs D1 and D2. Entries in [-1, 1].
struct PlasticitySigns {
    Vector D1;  ///< [M] presynaptic, [N] postsynaptic
    Vector D2;  ///< [N] presynaptic, [O] postsynaptic
};

/// Whether the rule carries the error back through a fixed random matrix instead of W2^T.
constexpr bool has_random_feedback(Rule rule) {
    return rule == Rule::feedback_alignment || rule == Rule::curl_feedback_alignment;
}

/// Whether the rule flips plasticity signs.
constexpr bool has_flips(Rule rule) {
    return rule == Rule::curl_descent || rule == Rule::curl_feedback_alignment;
}

/// The number of neurons that carry the signs of the hidden layer: the length of D1.
Index hidden_sign_count(const Network& network, FlipSide side);

/// The number of neurons that carry the signs of the readout: the length of D2.
Index readout_sign_count(const Network& network, FlipSide side);

/// The signs a rule uses: the first `hidden_flips` and `readout_flips` neurons are flipped (neurons are
/// exchangeable), none for the rules without flips.
/// Throws InputError when a number of flips is negative or above the number of neurons.
PlasticitySigns make_signs(const Network& network, const Plasticity& plasticity, Rule rule);

}  // namespace curldescent
