#include "curldescent/model/activation.hpp"

#include <algorithm>
#include <array>

#include "curldescent/model/lane_functions.hpp"

namespace curldescent {
namespace {

/// Replaces every entry by function(entry); an entry's result does not depend on its place.
template <class Function>
void apply_to_lanes(Eigen::Ref<Eigen::MatrixXd> values, Function function) {
    for (Eigen::Index column = 0; column < values.cols(); ++column) {
        double* data = values.col(column).data();
        Eigen::Index row = 0;
        for (; row + lane_count <= values.rows(); row += lane_count) {
            function(Lanes::load_unaligned(data + row)).store_unaligned(data + row);
        }
        alignas(Lanes) std::array<double, lane_count> rest{};
        std::copy(data + row, data + values.rows(), rest.begin());
        store(function(load(rest.data())), rest.data());
        std::copy_n(rest.begin(), values.rows() - row, data + row);
    }
}

}  // namespace

void apply_activation(Activation activation, Eigen::Ref<Eigen::MatrixXd> values) {
    switch (activation) {
        case Activation::linear:
            break;
        case Activation::tanh:
            apply_to_lanes(values, [](const Lanes& a) { return tanh(a); });
            break;
        case Activation::relu:
            values = values.cwiseMax(0.0);
            break;
        case Activation::sigmoid:
            apply_to_lanes(values, [](const Lanes& a) { return sigmoid(a); });
            break;
    }
}

double derivative(Activation activation, double h) {
    switch (activation) {
        case Activation::linear:
            return 1.0;
        case Activation::tanh:
            return 1.0 - h * h;
        case Activation::relu:
            return h > 0.0 ? 1.0 : 0.0;
        case Activation::sigmoid:
            return h * (1.0 - h);
    }
    return 1.0;
}

double second_derivative(Activation activation, double h) {
    switch (activation) {
        case Activation::linear:
        case Activation::relu:
            return 0.0;
        case Activation::tanh:
            return -2.0 * h * (1.0 - h * h);
        case Activation::sigmoid:
            return h * (1.0 - h) * (1.0 - 2.0 * h);
    }
    return 0.0;
}

void multiply_by_derivative(Activation activation, const Eigen::Ref<const Eigen::MatrixXd>& activations,
                            Eigen::Ref<Eigen::MatrixXd> delta) {
    delta = delta.binaryExpr(activations, [&](double d, double h) { return d * derivative(activation, h); });
}

}  // namespace curldescent
