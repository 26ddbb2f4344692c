#include "curldescent/analysis/spare_units.hpp"

#include <Eigen/QR>
#include <Eigen/SVD>
#include <cmath>
#include <numeric>

namespace curldescent {
namespace {

const Vector& unit_signs(const Student& student) {
    return student.plasticity.side == FlipSide::presynaptic ? student.signs.D2 : student.signs.D1;
}

/// Of one unit of this sign.
JacobianSquares unit_squares(const Student& reduced, double sign, const Matrix& G) {
    const bool presynaptic = reduced.plasticity.side == FlipSide::presynaptic;
    Matrix to_hidden = presynaptic ? Matrix(G * reduced.signs.D1.asDiagonal()) : Matrix(sign * G);
    const Matrix to_readout = presynaptic ? Matrix(sign * G) : Matrix(reduced.signs.D2.asDiagonal() * G);
    if (reduced.feedback.size() > 0) to_hidden.setZero();
    return {.all = to_hidden.squaredNorm() + to_readout.squaredNorm(),
            .antisymmetric = 0.5 * (to_hidden - to_readout).squaredNorm()};
}

}  // namespace

SpareUnits spare_units(const Student& full, const Student& reduced) {
    SpareUnits spare;
    for (const double sign : unit_signs(full)) ++spare[sign];
    for (const double sign : unit_signs(reduced)) --spare[sign];
    return spare;
}

Index count(const SpareUnits& spare) {
    return std::accumulate(spare.begin(), spare.end(), Index{0},
                           [](Index sum, const auto& group) { return sum + group.second; });
}

Weights narrowed(const Weights& weights) {
    const auto& [W1, W2] = weights;
    const Index columns = W1.cols() + W2.rows();
    if (W1.rows() <= columns) return weights;
    Matrix rows(W1.rows(), columns);
    rows << W1, W2.transpose();
    const Eigen::HouseholderQR<Matrix> qr(rows);
    const Matrix R = qr.matrixQR().topRows(columns).triangularView<Eigen::Upper>();
    return {.W1 = R.leftCols(W1.cols()), .W2 = R.rightCols(W2.rows()).transpose()};
}

JacobianSquares spare_squares(const Student& reduced, const SpareUnits& spare, const Matrix& G) {
    JacobianSquares sum;
    for (const auto& [sign, units] : spare) {
        const JacobianSquares of_one = unit_squares(reduced, sign, G);
        sum.all += static_cast<double>(units) * of_one.all;
        sum.antisymmetric += static_cast<double>(units) * of_one.antisymmetric;
    }
    return sum;
}

Vector spare_curvatures(const Matrix& G, double s1, double s2) {
    const Vector couplings = Eigen::BDCSVD<Matrix>(G).singularValues();
    const Vector roots = (couplings.array().square() + 0.25 * (s1 - s2) * (s1 - s2)).sqrt();
    const double middle = -0.5 * (s1 + s2);
    Vector curvatures(G.rows() + G.cols());
    curvatures << middle - roots.array(), middle + roots.array(), Vector::Constant(G.cols() - couplings.size(), -s1),
        Vector::Constant(G.rows() - couplings.size(), -s2);
    return curvatures;
}

}  // namespace curldescent
