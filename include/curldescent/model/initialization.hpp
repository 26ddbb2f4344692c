#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "curldescent/model/enumeration.hpp"
#include "curldescent/model/network.hpp"
#include "curldescent/model/random.hpp"

namespace curldescent {

/// The distribution of initial weights with scale s: uniform on +-s / sqrt(fan in), or normal with that deviation.
enum class Distribution : std::uint8_t { uniform, normal };

template <>
inline constexpr std::array<std::string_view, 2> enumeration_names<Distribution>{"uniform", "normal"};

/// Where a student starts: at random weights of its own, or on the solution manifold, at a copy of the teacher.
enum class Start : std::uint8_t { random, teacher };

template <>
inline constexpr std::array<std::string_view, 2> enumeration_names<Start>{"random", "teacher"};

/// One of the two layers of weights.
enum class Layer : std::uint8_t { hidden, readout };

template <>
inline constexpr std::array<std::string_view, 2> enumeration_names<Layer>{"hidden", "readout"};

/// How teacher and student get their weights.
struct Initialization {
    Distribution distribution = Distribution::uniform;
    double student_scale = 1.0;  ///< s of the student, at least 0
    double teacher_scale = 1.0;  ///< s of the teacher, at least 0
    Start start = Start::random;
    double offset = 0.0;  ///< added to every entry of one layer when the student starts on the teacher
    Layer offset_layer = Layer::readout;
    bool rescale_teacher = false;  ///< to Frobenius norms sqrt(N_T) of W1 and 1 of W2
    Index teacher_hidden = 200;    ///< N_T, at least 1; must be N when the student starts on the teacher
};

/// The teacher: weights [N_T x M] and [O x N_T] (MODEL.md section 1).
Weights make_teacher(const Network& student, const Initialization& initialization, const StreamKey& key);

/// The student's start: random [N x M] and [O x N], or the teacher plus the offset.
Weights make_student(const Network& student, const Initialization& initialization, const Weights& teacher,
                     const StreamKey& key);

/// The fixed random feedback matrix [N x O], uniform on +-feedback_scale / sqrt N.
Matrix make_feedback(const Network& student, double feedback_scale, const StreamKey& key);

}  // namespace curldescent
