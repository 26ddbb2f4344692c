#pragma once

#include "curldescent/experiment/cost_features.hpp"

namespace curldescent {

constexpr double real(Index value) {
    return static_cast<double>(value);
}

/// phi of so many columns of this height, by `apply_activation`, which takes a remainder even where there is none.
void add_activation(CostVector& costs, Activation phi, Index height, double columns);

/// `forward` for all samples of a network of this width: what targets cost, and what a record does.
void add_forward(CostVector& costs, const RunSettings& settings, Index width, double samples, double times = 1.0);

/// What [analysis] asks of one run of this width, as it is trained, with so many records. On a plateau, where it is not
/// known whether there is one, curl and saddle index are counted as if there were.
void add_analysis(CostVector& costs, const RunSettings& settings, Index width, double records);

}  // namespace curldescent
