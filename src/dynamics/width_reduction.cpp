#include "curldescent/dynamics/width_reduction.hpp"

#include <Eigen/QR>
#include <algorithm>
#include <vector>

namespace curldescent {
namespace {

/// Neighbouring hidden units of one plasticity sign, before and after.
struct Group {
    Index first;
    Index count;
    Index reduced_first;
    Index reduced_count;
};

const Vector& unit_signs(const Student& student) {
    return student.plasticity.side == FlipSide::presynaptic ? student.signs.D2 : student.signs.D1;
}

/// [W1, W2^T, F], one row a hidden unit.
Matrix rows_of(const Student& student) {
    const auto& [W1, W2] = student.start;
    Matrix rows(W1.rows(), W1.cols() + W2.rows() + student.feedback.cols());
    rows.leftCols(W1.cols() + W2.rows()) << W1, W2.transpose();
    if (student.feedback.size() > 0) rows.rightCols(student.feedback.cols()) = student.feedback;
    return rows;
}

std::vector<Group> groups_of(const Student& student) {
    const Vector& signs = unit_signs(student);
    const Index columns = student.network.inputs + student.network.outputs + student.feedback.cols();
    std::vector<Group> groups;
    Index reduced = 0;
    for (Index first = 0; first < signs.size();) {
        Index end = first + 1;
        while (end < signs.size() && signs[end] == signs[first]) ++end;
        groups.push_back({first, end - first, reduced, std::min(end - first, columns)});
        reduced += groups.back().reduced_count;
        first = end;
    }
    return groups;
}

}  // namespace

Student reduce_width(const Student& student) {
    const std::vector<Group> groups = groups_of(student);
    const Index width = groups.back().reduced_first + groups.back().reduced_count;
    if (student.network.activation != Activation::linear || width == student.network.hidden) return student;

    const Matrix rows = rows_of(student);
    const Index inputs = student.network.inputs;
    const Index outputs = student.network.outputs;
    Matrix reduced_rows(width, rows.cols());
    Vector signs(width);
    for (const Group& group : groups) {
        auto part = reduced_rows.middleRows(group.reduced_first, group.reduced_count);
        if (group.reduced_count < group.count) {
            const Eigen::HouseholderQR<Matrix> qr(rows.middleRows(group.first, group.count));
            part = qr.matrixQR().topRows(group.reduced_count).triangularView<Eigen::Upper>();
        } else {
            part = rows.middleRows(group.first, group.count);
        }
        signs.segment(group.reduced_first, group.reduced_count).setConstant(unit_signs(student)[group.first]);
    }

    Student reduced{
        .network = student.network,
        .plasticity = student.plasticity,
        .signs = student.signs,
        .feedback = reduced_rows.rightCols(student.feedback.cols()),
        .step = student.step,
        .start = {.W1 = reduced_rows.leftCols(inputs), .W2 = reduced_rows.middleCols(inputs, outputs).transpose()}};
    reduced.network.hidden = width;
    (student.plasticity.side == FlipSide::presynaptic ? reduced.signs.D2 : reduced.signs.D1) = signs;
    return reduced;
}

Weights recover_weights(const Student& student, const Weights& reduced) {
    if (reduced.W1.rows() == student.network.hidden) return reduced;
    const Matrix rows = rows_of(student);
    Weights full = student.start;
    for (const Group& group : groups_of(student)) {
        Matrix part(group.reduced_count, reduced.W1.cols() + reduced.W2.rows());
        part << reduced.W1.middleRows(group.reduced_first, group.reduced_count),
            reduced.W2.middleCols(group.reduced_first, group.reduced_count).transpose();
        if (group.reduced_count < group.count) {
            const Eigen::HouseholderQR<Matrix> qr(rows.middleRows(group.first, group.count));
            part = qr.householderQ() * Matrix(Matrix::Identity(group.count, group.reduced_count) * part);
        }
        full.W1.middleRows(group.first, group.count) = part.leftCols(reduced.W1.cols());
        full.W2.middleCols(group.first, group.count) = part.rightCols(reduced.W2.rows()).transpose();
    }
    return full;
}

}  // namespace curldescent
