#pragma once

#include "curldescent/model/activation.hpp"
#include "curldescent/model/plasticity.hpp"

namespace curldescent {

/// How delta2 moves with the pre-activation z of its output, d delta2 / dz: phi_out', or phi_out'^2 + E phi_out'' where
/// delta2 is the gradient. Given y_hat = phi_out(z) and the error E = y_hat - y.
inline double output_gain(Activation phi_out, OutputDelta output_delta, double y_hat, double error) {
    const double slope = derivative(phi_out, y_hat);
    if (output_delta == OutputDelta::error) return slope;
    return slope * slope + error * second_derivative(phi_out, y_hat);
}

}  // namespace curldescent
