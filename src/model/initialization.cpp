#include "curldescent/model/initialization.hpp"

#include <cmath>

namespace curldescent {
namespace {

/// Fills a matrix row by row: entry by entry in the order in which a reader of the file sees it.
template <class Draw>
Matrix filled(Index rows, Index columns, Draw draw) {
    Matrix matrix(rows, columns);
    for (Index i = 0; i < rows; ++i) {
        for (Index j = 0; j < columns; ++j) matrix(i, j) = draw();
    }
    return matrix;
}

Matrix random_layer(Index rows, Index fan_in, double scale, Distribution distribution, RandomStream stream) {
    const double width = scale / std::sqrt(static_cast<double>(fan_in));
    if (distribution == Distribution::normal) {
        return filled(rows, fan_in, [&] { return width * stream.next_normal(); });
    }
    return filled(rows, fan_in, [&] { return width * (2.0 * stream.next_uniform() - 1.0); });
}

}  // namespace

Weights make_teacher(const Network& student, const Initialization& initialization, const StreamKey& key) {
    const auto& [distribution, student_scale, scale, start, offset, layer, rescale, width] = initialization;
    Weights teacher{.W1 = random_layer(width, student.inputs, scale, distribution, {key, Stream::teacher_hidden}),
                    .W2 = random_layer(student.outputs, width, scale, distribution, {key, Stream::teacher_readout})};
    if (rescale) {
        teacher.W1 *= std::sqrt(static_cast<double>(width)) / teacher.W1.norm();
        teacher.W2 /= teacher.W2.norm();
    }
    return teacher;
}

Weights make_student(const Network& student, const Initialization& initialization, const Weights& teacher,
                     const StreamKey& key) {
    if (initialization.start == Start::teacher) {
        Weights weights = teacher;
        Matrix& shifted = initialization.offset_layer == Layer::hidden ? weights.W1 : weights.W2;
        shifted.array() += initialization.offset;
        return weights;
    }
    const double scale = initialization.student_scale;
    const Distribution distribution = initialization.distribution;
    return {.W1 = random_layer(student.hidden, student.inputs, scale, distribution, {key, Stream::student_hidden}),
            .W2 = random_layer(student.outputs, student.hidden, scale, distribution, {key, Stream::student_readout})};
}

Matrix make_feedback(const Network& student, double feedback_scale, const StreamKey& key) {
    // Entries scale with the width N of the hidden layer they reach, which is the number of rows here.
    const Matrix transposed =
        random_layer(student.outputs, student.hidden, feedback_scale, Distribution::uniform, {key, Stream::feedback});
    return transposed.transpose();
}

}  // namespace curldescent
