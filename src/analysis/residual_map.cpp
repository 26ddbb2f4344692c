#include "curldescent/analysis/residual_map.hpp"

#include <Eigen/Cholesky>
#include <Eigen/QR>
#include <cmath>
#include <limits>

namespace curldescent {
namespace {

constexpr double curl_resolution = 64.0 * std::numeric_limits<double>::epsilon();  // of the strength's square, doubled

/// F, [N x O].
Matrix feedback_of(const Student& student) {
    return student.feedback.size() > 0 ? student.feedback : Matrix(student.start.W2.transpose());
}

bool is_presynaptic(const Student& student) {
    return student.plasticity.side == FlipSide::presynaptic;
}

/// What a solution is made of, sample by sample.
struct Solution {
    Matrix A;      // W1 X [N x P]
    Matrix H;      // phi(A) [N x P]
    Matrix slope;  // phi'(A) [N x P]
    Vector S1;     // phi_out' [P O]
};

Solution make_solution(const Student& student, const ConstMatrixRef& X) {
    const auto& [W1, W2] = student.start;
    Solution solution;
    solution.A = W1 * X;
    solution.H = solution.A;
    apply_activation(student.network.activation, solution.H);
    solution.slope = solution.H.unaryExpr([&](double h) { return derivative(student.network.activation, h); });
    Matrix outputs = W2 * solution.H;
    apply_activation(student.network.output_activation, outputs);
    solution.S1 =
        outputs.reshaped().unaryExpr([&](double y) { return derivative(student.network.output_activation, y); });
    return solution;
}

/// G D B for the ways `left` and `right` [N x O] between hidden units and outputs.
Matrix signed_kernel(const Student& student, const Solution& solution, const ConstMatrixRef& X,
                     const PlasticitySigns& signs, const Matrix& left, const Matrix& right) {
    const Index outputs = left.cols();
    const Index samples = X.cols();
    const bool presynaptic = is_presynaptic(student);
    const Vector unit_signs = presynaptic ? Vector(Vector::Ones(left.rows())) : signs.D1;
    const Matrix inputs = presynaptic ? Matrix(X.transpose() * signs.D1.asDiagonal() * X) : Matrix(X.transpose() * X);
    const Matrix units = presynaptic ? Matrix(solution.H.transpose() * signs.D2.asDiagonal() * solution.H)
                                     : Matrix(solution.H.transpose() * solution.H);
    Matrix K(outputs * samples, outputs * samples);
    for (Index o = 0; o < outputs; ++o) {
        for (Index other = 0; other < outputs; ++other) {
            const Vector ways = unit_signs.cwiseProduct(left.col(o)).cwiseProduct(right.col(other));
            Matrix block = inputs.cwiseProduct(Matrix(solution.slope.transpose() * ways.asDiagonal() * solution.slope));
            if (o == other) block += (presynaptic ? 1.0 : signs.D2[o]) * units;
            K(Eigen::seqN(o, samples, outputs), Eigen::seqN(other, samples, outputs)) = block;
        }
    }
    return K;
}

/// Takes the radial direction of one layer out of G D B: `outer` = G n and `inner` = n^T D B, n the layer's weights.
void project_out(Matrix& K, const Matrix& outer, const Matrix& inner, const Matrix& weights) {
    const double square = weights.squaredNorm();
    if (square > 0.0) K -= outer.reshaped() * (inner.reshaped() / square).transpose();
}

void constrain(Matrix& K, const Student& student, const Solution& solution, const ConstMatrixRef& X) {
    const auto& [W1, W2] = student.start;
    const auto& [D1, D2] = student.signs;
    const bool presynaptic = is_presynaptic(student);
    const Matrix F = feedback_of(student);
    const Matrix signed_A = presynaptic ? Matrix(W1 * D1.asDiagonal() * X) : Matrix(D1.asDiagonal() * solution.A);
    const Matrix signed_outputs =
        presynaptic ? Matrix(W2 * D2.asDiagonal() * solution.H) : Matrix(D2.asDiagonal() * W2 * solution.H);
    project_out(K, W2 * solution.slope.cwiseProduct(solution.A), F.transpose() * solution.slope.cwiseProduct(signed_A),
                W1);
    project_out(K, W2 * solution.H, signed_outputs, W2);
}

ResidualMap make_kernel_map(const Student& student, const ConstMatrixRef& X) {
    const Solution solution = make_solution(student, X);
    Matrix K = signed_kernel(student, solution, X, student.signs, student.start.W2.transpose(), feedback_of(student));
    if (student.plasticity.norm_constraint) constrain(K, student, solution, X);
    const bool with_gradient = student.plasticity.output_delta == OutputDelta::gradient;
    ResidualMap map{.response = solution.S1.asDiagonal() * K, .reading = Matrix(), .outputs = student.network.outputs};
    if (with_gradient) map.response = Matrix(map.response * solution.S1.asDiagonal());
    return map;
}

/// W1^T D2 W1 + (left^T right) D1, or D2 W1^T W1 + (left^T D1 right) for postsynaptic flips [M x M]; `left` and `right`
/// [N] are the ways between hidden units and the output.
Matrix linear_response(const Student& student, const PlasticitySigns& signs, const Vector& left, const Vector& right) {
    const Matrix& W1 = student.start.W1;
    const auto& [D1, D2] = signs;
    Matrix Q;
    if (is_presynaptic(student)) {
        Q = W1.transpose() * D2.asDiagonal() * W1;
        Q.diagonal() += left.dot(right) * D1;
    } else {
        Q = D2[0] * W1.transpose() * W1;
        Q.diagonal().array() += left.dot(D1.cwiseProduct(right));
    }
    return Q;
}

/// That of the student itself: W1^T D2 W1 + W2 F D1.
Matrix linear_response(const Student& student) {
    return linear_response(student, student.signs, student.start.W2.transpose(), feedback_of(student));
}

/// The same with the norm constraint, whose correction of each layer is along w_T.
Matrix constrained_linear_response(const Student& student) {
    const auto& [W1, W2] = student.start;
    const auto& [D1, D2] = student.signs;
    const bool presynaptic = is_presynaptic(student);
    const Matrix F = feedback_of(student);
    const Vector w_T = (W2 * W1).transpose();
    const Vector along_W1 =
        presynaptic ? Vector(D1.asDiagonal() * W1.transpose() * F) : Vector(W1.transpose() * D1.asDiagonal() * F);
    const Vector along_W2 = presynaptic ? Vector(W1.transpose() * D2.asDiagonal() * W2.transpose())
                                        : Vector(D2[0] * W1.transpose() * W2.transpose());
    Matrix Q = linear_response(student);
    if (W1.squaredNorm() > 0.0) Q -= w_T * (along_W1 / W1.squaredNorm()).transpose();
    if (W2.squaredNorm() > 0.0) Q -= w_T * (along_W2 / W2.squaredNorm()).transpose();
    return Q;
}

/// What the curl strength of the update field's Jacobian J is made of, both up to the same factor.
struct FieldNorms {
    double trace;   // of J^2
    double square;  // ||J||_F^2
};

PlasticitySigns squared(const PlasticitySigns& signs) {
    return {.D1 = signs.D1.cwiseAbs2(), .D2 = signs.D2.cwiseAbs2()};
}

PlasticitySigns ones_like(const PlasticitySigns& signs) {
    return {.D1 = Vector::Ones(signs.D1.size()), .D2 = Vector::Ones(signs.D2.size())};
}

/// With J = -D B C G:  tr J^2 = tr (Q C)^2,  ||J||^2 = tr (B^T D^2 B C G G^T C).
FieldNorms linear_field_norms(const Student& solution, const ConstMatrixRef& X) {
    const Vector W2 = solution.start.W2.transpose();
    const Vector F = feedback_of(solution);
    const Matrix C = X * X.transpose() / static_cast<double>(X.cols());
    const Matrix QC = linear_response(solution) * C;
    const Matrix back = linear_response(solution, squared(solution.signs), F, F) * C;
    const Matrix forward = linear_response(solution, ones_like(solution.signs), W2, W2) * C;
    return {.trace = QC.cwiseProduct(QC.transpose()).sum(), .square = back.cwiseProduct(forward.transpose()).sum()};
}

/// With J = -D B S'' S1 G / P:  tr J^2 = tr (G D B S'' S1)^2 / P^2,  ||J||^2 = tr (B^T D^2 B S G G^T S) / P^2.
FieldNorms field_norms(const Student& solution, const ConstMatrixRef& X) {
    const Solution parts = make_solution(solution, X);
    const Matrix W2 = solution.start.W2.transpose();
    const Matrix F = feedback_of(solution);
    const bool with_gradient = solution.plasticity.output_delta == OutputDelta::gradient;
    const Vector S = with_gradient ? Vector(parts.S1.cwiseAbs2()) : parts.S1;

    const Matrix K = signed_kernel(solution, parts, X, solution.signs, W2, F) * S.asDiagonal();
    const Matrix back = signed_kernel(solution, parts, X, squared(solution.signs), F, F);
    const Matrix forward =
        S.asDiagonal() * signed_kernel(solution, parts, X, ones_like(solution.signs), W2, W2) * S.asDiagonal();
    return {.trace = K.cwiseProduct(K.transpose()).sum(), .square = back.cwiseProduct(forward).sum()};
}

}  // namespace

bool has_linear_residual(const Network& network) {
    return network.activation == Activation::linear && network.output_activation == Activation::linear &&
           network.outputs == 1;
}

Index residual_directions(const Network& network, Index samples) {
    return has_linear_residual(network) ? network.inputs : samples * network.outputs;
}

ResidualMap make_residual_map(const Student& solution, const ConstMatrixRef& X) {
    if (!has_linear_residual(solution.network)) return make_kernel_map(solution, X);
    const Matrix Q =
        solution.plasticity.norm_constraint ? constrained_linear_response(solution) : linear_response(solution);
    return {.response = Q * X, .reading = X, .outputs = 1};
}

Matrix rate_matrix(const ResidualMap& map) {
    const Index whole_samples = map.response.cols() / map.outputs;
    const auto samples = static_cast<double>(whole_samples);
    if (map.reading.size() == 0) return map.response / -samples;
    return map.response * map.reading.transpose() / -samples;
}

Matrix symmetric_rate_matrix(const Student& solution, const ConstMatrixRef& X) {
    if (solution.feedback.size() > 0 || solution.plasticity.norm_constraint) return {};
    const auto samples = static_cast<double>(X.cols());
    if (has_linear_residual(solution.network)) {
        // C = L L^T: Q C is similar to L^T Q L.
        const Eigen::LLT<Matrix> factors(X * X.transpose() / samples);
        if (factors.info() != Eigen::Success) return {};
        const Matrix L = factors.matrixL();
        return -(L.transpose() * linear_response(solution) * L);
    }
    const Solution parts = make_solution(solution, X);
    const bool with_gradient = solution.plasticity.output_delta == OutputDelta::gradient;
    const Vector root = with_gradient ? parts.S1 : Vector(parts.S1.cwiseSqrt());
    const Matrix way = solution.start.W2.transpose();
    const Matrix K = signed_kernel(solution, parts, X, solution.signs, way, way);
    return root.asDiagonal() * K * root.asDiagonal() / -samples;
}

ResidualMap reachable(const ResidualMap& map) {
    Eigen::ColPivHouseholderQR<Matrix> qr(map.response);
    qr.setThreshold(16.0 * std::numeric_limits<double>::epsilon() * static_cast<double>(map.response.cols()));
    const Index rank = qr.rank();
    if (rank == map.directions()) return map;
    const Matrix Q = qr.householderQ() * Matrix::Identity(map.directions(), rank);
    const bool reads = map.reading.size() > 0;
    return {.response = Q.transpose() * map.response,
            .reading = reads ? Matrix(Q.transpose() * map.reading) : Matrix(Q.transpose()),
            .outputs = map.outputs};
}

double curl_strength_at_solution(const Student& solution, const ConstMatrixRef& X) {
    const auto [trace, square] =
        has_linear_residual(solution.network) ? linear_field_norms(solution, X) : field_norms(solution, X);
    if (square == 0.0) return std::numeric_limits<double>::quiet_NaN();
    // What a gradient leaves of 1 - trace / square is rounding.
    const double rest = 1.0 - trace / square;
    return rest > curl_resolution ? std::sqrt(0.5 * rest) : 0.0;
}

}  // namespace curldescent
