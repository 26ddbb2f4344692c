#pragma once

#include <memory>

#include "curldescent/dynamics/core.hpp"

namespace curldescent {

/// A core that also carries tangents with its student: each `update` moves them by the exact derivative of the learning
/// map (`TangentMap`), the norm constraint included. The weights follow, to the last bit, the trajectory of the core
/// that `make_core` makes for the same student.
class TangentCore : public Core {
  public:
    /// Replaces the tangents: one a column, [n x k] with n = `weight_count`, the entries of W1 (column by column,
    /// [N x M]) above those of W2 ([O x N]). Any k; an empty matrix stops carrying: updates then cost what those of the
    /// core alone cost.
    virtual void set_tangents(const Matrix& tangents) = 0;

    /// The tangents as they are now [n x k]. Those that overflow are not finite.
    [[nodiscard]] virtual Matrix tangents() const = 0;
};

/// n = N (M + O), the number of weights of a student.
constexpr Index weight_count(const Network& network) {
    return network.hidden * (network.inputs + network.outputs);
}

/// The tangent core that goes with `make_core` of the same arguments.
std::unique_ptr<TangentCore> make_tangent_core(CoreKind kind, const Student& student, const Problem& problem);

}  // namespace curldescent
