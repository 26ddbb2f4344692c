#pragma once

#include "curldescent/model/activation.hpp"
#include "curldescent/model/lane_functions.hpp"

namespace curldescent {

/// phi(a).
template <Activation phi>
inline Lanes activation_of(const Lanes& a) {
    if constexpr (phi == Activation::tanh) return tanh(a);
    if constexpr (phi == Activation::sigmoid) return sigmoid(a);
    if constexpr (phi == Activation::relu) return xsimd::select(a < Lanes(0.0), Lanes(0.0), a);  // keeps NaN
    return a;
}

/// phi'(a) * delta, given h = phi(a).
template <Activation phi>
inline Lanes times_derivative(const Lanes& h, const Lanes& delta) {
    if constexpr (phi == Activation::tanh) return negative_multiply_add(h * h, delta, delta);
    if constexpr (phi == Activation::sigmoid) return delta * negative_multiply_add(h, h, h);
    if constexpr (phi == Activation::relu) return xsimd::select(h > Lanes(0.0), delta, Lanes(0.0));
    return delta;
}

/// phi''(a), given h = phi(a) and phi'(a).
template <Activation phi>
inline Lanes second_derivative_of(const Lanes& h, const Lanes& slope) {
    if constexpr (phi == Activation::tanh) return Lanes(-2.0) * h * slope;
    if constexpr (phi == Activation::sigmoid) return slope * negative_multiply_add(Lanes(2.0), h, Lanes(1.0));
    return Lanes(0.0);
}

/// Calls visit.template operator()<phi>() for the activation given.
template <class Visit>
inline void with_activation(Activation phi, Visit visit) {
    switch (phi) {
        case Activation::linear:
            return visit.template operator()<Activation::linear>();
        case Activation::tanh:
            return visit.template operator()<Activation::tanh>();
        case Activation::relu:
            return visit.template operator()<Activation::relu>();
        case Activation::sigmoid:
            return visit.template operator()<Activation::sigmoid>();
    }
}

}  // namespace curldescent
