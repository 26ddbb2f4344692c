#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "curldescent/dynamics/learning_map.hpp"
#include "curldescent/model/problem.hpp"
#include "curldescent/model/state_archive.hpp"

namespace curldescent {

/// The samples of one update as a core reads them, one a column. Refers to matrices that live elsewhere.
struct Batch {
    const Matrix& X;  ///< inputs [padded(M) x |b|], rows from M on zero
    const Matrix& Y;  ///< targets [O x |b|]
};

/// Which code makes the updates.
enum class CoreKind : std::uint8_t { fast, plain };

template <>
inline constexpr std::array<std::string_view, 2> enumeration_names<CoreKind>{"fast", "plain"};

/// A student about to learn by one rule.
struct Student {
    Network network;
    Plasticity plasticity;
    PlasticitySigns signs;
    Matrix feedback;  ///< [N x O], or empty for W2^T
    StepSize step;
    Weights start;
};

/// The weights of one student and the code that updates them: the learning map in the form that is fastest for its
/// shape. Every core follows the trajectory of `LearningMap` up to rounding, as long as all numbers are finite, and its
/// numbers depend on its own student and batches alone.
class Core {
  public:
    Core() = default;
    Core(const Core&) = delete;
    Core& operator=(const Core&) = delete;
    virtual ~Core() = default;

    /// One update (MODEL.md section 2), without an allocation, from a batch of at most the student's nominal size. A
    /// student of the full batch is always given the whole data set.
    virtual void update(const Batch& batch) = 0;

    /// The weights as they are now, of the student as it was given to the core: a reduced one has reduced weights.
    [[nodiscard]] virtual Weights weights() const = 0;

    /// Replaces the weights, in the shapes of `weights()`. The norms that the constraint keeps stay those of the start.
    virtual void set_weights(const Weights& weights) = 0;

    /// Whether every weight is finite.
    [[nodiscard]] virtual bool finite() const = 0;

    /// The sum of (y_hat - y)^2 over samples and outputs, each before its update, since this was last asked.
    double take_squared_error() { return std::exchange(squared_error_, 0.0); }

    /// Saves or restores all that its next updates depend on, bit for bit; with a core of the same student.
    void exchange(StateArchive& archive) {
        archive(squared_error_);
        exchange_weights(archive);
    }

  protected:
    /// Saves or restores the weights in the form in which they are kept, and what is carried with them.
    virtual void exchange_weights(StateArchive& archive) = 0;

    /// Counts the squared error of samples that are being updated from.
    void add_squared_error(double squared_error) { squared_error_ += squared_error; }

  private:
    double squared_error_ = 0.0;
};

/// The core for a student of `problem`: `plain` is `LearningMap`; `fast` is a `RankOneCore` for linear hidden units and
/// one output, else a `FusedCore`.
std::unique_ptr<Core> make_core(CoreKind kind, const Student& student, const Problem& problem);

}  // namespace curldescent
