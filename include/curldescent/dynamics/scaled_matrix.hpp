#pragma once

#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "curldescent/model/lanes.hpp"
#include "curldescent/model/network.hpp"
#include "curldescent/model/state_archive.hpp"

namespace curldescent {

/// A sum of squares or products as it is gathered: several sums, since one would wait for each of its additions.
struct SquareSum {
    std::array<Lanes, 4> parts{Lanes(0.0), Lanes(0.0), Lanes(0.0), Lanes(0.0)};

    /// Adds the squares of `values`. Neighbouring calls with different `index` do not wait for each other.
    void add(const Lanes& values, std::size_t index) { add(values, values, index); }

    /// Adds the products of `one` and `other`, likewise.
    void add(const Lanes& one, const Lanes& other, std::size_t index) {
        Lanes& part = parts[index % 4];
        part = multiply_add(one, other, part);
    }
    [[nodiscard]] double total() const { return sum((parts[0] + parts[1]) + (parts[2] + parts[3])); }
};

/// Weights scale * entries under the norm constraint. Who updates the entries keeps `square` up to date; the constraint
/// then costs no pass over them, for it changes the scale alone.
struct ScaledMatrix {
    Matrix entries;       ///< weights, padded with zeros
    double square = 0.0;  ///< sum of the squares of the entries
    double norm = 0.0;    ///< Frobenius norm that the constraint keeps: that of the start
    double scale = 1.0;

    ScaledMatrix() = default;
    explicit ScaledMatrix(Matrix start)
        : entries(std::move(start)), square(entries.squaredNorm()), norm(entries.norm()) {}

    /// Replaces the weights [at most as many rows and columns as the entries]; the norm to keep stays.
    void set(const ConstMatrixRef& weights) {
        entries.topLeftCorner(weights.rows(), weights.cols()) = weights;
        square = entries.squaredNorm();
        scale = 1.0;
    }

    void exchange(StateArchive& archive) { archive(entries, square, scale); }

    /// Gives the weights their norm; returns the factor from the entries before to the weights now. Squares that
    /// overflow give NaN, so that the run counts as diverged; a norm of zero always gives zero.
    double constrain() {
        if (norm == 0.0) {
            entries.setZero();
            square = 0.0;
            return 0.0;
        }
        const double factor =
            std::isfinite(square) ? norm / std::sqrt(square) : std::numeric_limits<double>::quiet_NaN();
        scale = factor;
        if (factor < 0.5 || factor > 2.0) fold();
        return factor;
    }

    /// Takes the scale into the entries.
    void fold() {
        entries *= scale;
        square *= scale * scale;
        scale = 1.0;
    }

    /// Whether every weight is surely finite. Squares overflow before the weights do.
    [[nodiscard]] bool surely_finite() const { return std::isfinite(square) && std::isfinite(scale); }
};

}  // namespace curldescent
