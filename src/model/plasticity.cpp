#include "curldescent/model/plasticity.hpp"

#include <string>

#include "curldescent/model/error.hpp"

namespace curldescent {
namespace {

Vector signs_of(std::string_view key, Index neurons, Index flips, double flipped_strength) {
    if (flips < 0 || flips > neurons) {
        throw InputError(std::string(key) + " = " + std::to_string(flips) + " is not possible: there are " +
                         std::to_string(neurons) + " neurons to flip; allowed is 0 to " + std::to_string(neurons));
    }
    Vector signs = Vector::Ones(neurons);
    signs.head(flips).setConstant(flipped_strength);
    return signs;
}

}  // namespace

Index hidden_sign_count(const Network& network, FlipSide side) {
    return side == FlipSide::presynaptic ? network.inputs : network.hidden;
}

Index readout_sign_count(const Network& network, FlipSide side) {
    return side == FlipSide::presynaptic ? network.hidden : network.outputs;
}

PlasticitySigns make_signs(const Network& network, const Plasticity& plasticity, Rule rule) {
    const double strength = has_flips(rule) ? plasticity.flipped_strength : 1.0;
    return {.D1 = signs_of("plasticity.hidden_flips", hidden_sign_count(network, plasticity.side),
                           plasticity.hidden_flips, strength),
            .D2 = signs_of("plasticity.readout_flips", readout_sign_count(network, plasticity.side),
                           plasticity.readout_flips, strength)};
}

}  // namespace curldescent
