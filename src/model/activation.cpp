#include "curldescent/model/activation.hpp"

namespace curldescent {

void apply_activation(Activation activation, Eigen::Ref<Eigen::MatrixXd> values) {
    switch (activation) {
        case Activation::linear:
            break;
        case Activation::tanh:
            // std::tanh: Eigen's packet version loses relative accuracy near zero, and losses are followed to 1e-30.
            values = values.unaryExpr([](double a) { return std::tanh(a); });
            break;
        case Activation::relu:
            values = values.cwiseMax(0.0);
            break;
        case Activation::sigmoid:
            values = values.unaryExpr([](double a) { return 1.0 / (1.0 + std::exp(-a)); });
            break;
    }
}

void multiply_by_derivative(Activation activation, const Eigen::Ref<const Eigen::MatrixXd>& activations,
                            Eigen::Ref<Eigen::MatrixXd> delta) {
    const auto h = activations.array();
    switch (activation) {
        case Activation::linear:
            break;
        case Activation::tanh:
            delta.array() *= 1.0 - h.square();
            break;
        case Activation::relu:
            delta.array() *= (h > 0.0).cast<double>();
            break;
        case Activation::sigmoid:
            delta.array() *= h * (1.0 - h);
            break;
    }
}

}  // namespace curldescent
