#pragma once

#include "curldescent/dynamics/core.hpp"
#include "tangent_projection.hpp"

namespace curldescent {

/// What a `RankOneCore` has at hand in an update, in its own layout.
struct RankOneUpdate {
    const Batch& batch;
    const Matrix& covariance;   ///< C, or empty: then the batch is used
    const Vector& gains;        ///< step d delta2 / dz of every sample, with step = -eta_b / |b|; for C the step alone
    const ScaledMatrix& W1;     ///< [padded(M) x N]
    const ScaledMatrix& W2;     ///< [padded(N) x 1]
    const Vector& carried;      ///< f: F times D1 if that is postsynaptic [padded(N)]
    const Vector& descent;      ///< g [padded(M)]
    const Vector& map;          ///< W2 W1 [padded(M)]
    const Vector& input_signs;  ///< D1 if that is presynaptic, else ones [padded(M)]
    const Vector& readout_signs;  ///< D2 of every unit [padded(N)]
};

/// The tangents of `RankOneCore`'s update. With m = W2 W1 and S the diagonal of d delta2 / dz over the samples:
///
///     dm = V2 W1 + W2 V1                   dg = -(eta_b / |b|) dm X_b S X_b^T, or -(eta / P) dm C
///     V2 += (W1 dg^T + V1 g^T)^T D2        V1 += f (dg D1) + df (g D1)    (df is V2^T with the signs of f, or 0)
///
/// and both are projected. V1 waits for its projection: V1 = scale entries - overlap W1. One pass over the entries adds
/// the increments and sums the next W2 V1. Where flips are presynaptic and F = W2^T, the next overlap follows from
/// small vectors; only every few updates, and always for the others, the pass also takes the overlap off the entries
/// and measures the next one, so that rounding stays that of a few updates.
class RankOneTangents {
  public:
    /// The columns of `tangents`, laid out as `TangentCore` does, at these weights. `readout_feedback` is df / V2^T of
    /// every unit [padded(N)], zeros for random feedback; `padded_batch` is padded(B).
    RankOneTangents(const Matrix& tangents, const ScaledMatrix& W1, const ScaledMatrix& W2, Vector readout_feedback,
                    const Plasticity& plasticity, Index padded_batch);

    /// Computes dg and V2's increment, while the weights are those of before the update.
    void compute_increments(const RankOneUpdate& update);

    /// Moves the tangents, now that the weights have moved and the constraint has multiplied them by `factors`.
    void add_increments(const RankOneUpdate& update, const LayerFactors& factors);

    /// The tangents [n x k] at these weights, laid out as `TangentCore` does.
    [[nodiscard]] Matrix values(const ScaledMatrix& W1) const;

    /// k.
    [[nodiscard]] Index count() const { return V2_.cols(); }

    void exchange(StateArchive& archive) { archive(updates_, V1_, scale_, overlaps_, V2_, maps_); }

  private:
    enum class Overlap : std::uint8_t { kept, measured };

    void compute_map_tangents(const RankOneUpdate& update);
    void compute_descent_tangents(const RankOneUpdate& update);
    void compute_readout_increments(const RankOneUpdate& update);
    void compute_overlaps(const RankOneUpdate& update);
    void move_readout(Index tangent, const RankOneUpdate& update, double factor);
    void add_hidden_increment(Index tangent, const RankOneUpdate& update, double factor);
    void add_hidden_increment_and_project(Index tangent, const RankOneUpdate& update, double factor);
    template <Index R, Overlap overlap_is>
    double add_to_lanes(Index tangent, Index lane, const RankOneUpdate& update, Lanes shift);
    void rescale_hidden(double factor);

    Vector readout_feedback_;
    bool norm_constraint_;
    bool has_known_overlaps_;   // from small vectors: f is W2^T and df is V2^T
    std::int64_t updates_ = 0;  // so far
    Index hidden_;
    Index inputs_;

    Matrix V1_;           // entries, tangent behind tangent [padded(M) x N k]
    double scale_ = 1.0;  // of these entries
    Vector overlaps_;     // of each tangent
    Matrix V2_;           // [padded(N) x k]

    Matrix maps_;            // W2 entries, then dm [padded(M) x k]
    Matrix errors_;          // step d delta2 of the batch [padded(B) x k]
    Matrix descents_;        // dg, then dg D1 [padded(M) x k]
    Matrix differences_;     // dg - overlap g as a factor of the entries of W1 [padded(M) x k]
    Vector descent_;         // g as a factor of the entries, then g D1 [padded(M)]
    Matrix readouts_;        // V2 - overlap W2 as a factor of the entries of W1, then V2's increment [padded(N) x k]
    Matrix overlap_parts_;   // <U, V1> before the projection, in three parts [padded(k) x 3]
    Vector map_factor_;      // of dg D1 in it [padded(M)]
    Vector shared_carried_;  // f for the entries [padded(N)]
    Vector carried_;         // df + overlap f of a tangent, likewise [padded(N)]
};

}  // namespace curldescent
