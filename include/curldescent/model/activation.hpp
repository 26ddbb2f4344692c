#pragma once

#include <Eigen/Core>
#include <array>
#include <cstdint>
#include <string_view>

#include "curldescent/model/enumeration.hpp"

namespace curldescent {

/// The non-linearity phi of a layer.
enum class Activation : std::uint8_t { linear, tanh, relu, sigmoid };

template <>
inline constexpr std::array<std::string_view, 4> enumeration_names<Activation>{"linear", "tanh", "relu", "sigmoid"};

/// Replaces every pre-activation a by phi(a). Any shape.
void apply_activation(Activation activation, Eigen::Ref<Eigen::MatrixXd> values);

/// phi'(a), given the activation h = phi(a): 1, 1 - h^2, [h > 0], h (1 - h) for linear, tanh, relu, sigmoid. The
/// derivative of relu at 0 is taken as 0.
double derivative(Activation activation, double h);

/// phi''(a), given the activation h = phi(a): 0, -2 h (1 - h^2), 0, h (1 - h) (1 - 2 h) for linear, tanh, relu,
/// sigmoid.
double second_derivative(Activation activation, double h);

/// Multiplies `delta` entry by entry with phi'(a), given the activations of the same shape.
void multiply_by_derivative(Activation activation, const Eigen::Ref<const Eigen::MatrixXd>& activations,
                            Eigen::Ref<Eigen::MatrixXd> delta);

}  // namespace curldescent
