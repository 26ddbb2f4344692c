#pragma once

#include "curldescent/dynamics/fused_core.hpp"
#include "tangent_projection.hpp"
#include "tiles.hpp"

namespace curldescent {

/// How a `FusedCore` is laid out.
struct FusedForm {
    Network network;
    Plasticity plasticity;
    FusedCore::Layout layout;
    Vector hidden_signs;   ///< D1, zeros behind it
    bool random_feedback;  ///< whether F is not W2^T
    Index chunk_size;
};

/// What a `FusedCore` has at hand of a chunk, with step = -eta_b / |b|.
struct FusedChunk {
    tiles::Lines X;          ///< inputs, one sample a line
    Index count;             ///< of samples
    const Matrix& H;         ///< activations [padded(N) x chunk]
    const Matrix& delta2;    ///< step delta2 [padded(chunk) x O]
    const Matrix& gains;     ///< step d delta2 / dz [padded(chunk) x O]
    const Matrix& W2;        ///< [padded(N) x O]
    const Matrix& feedback;  ///< F [padded(N) x O]
};

/// The tangents of `FusedCore`'s update: the equations of `TangentMap`, chunk by chunk, in the core's layout. All
/// tangents go through a chunk while it and its activations are in the cache.
class FusedTangents {
  public:
    /// The columns of `tangents`, laid out as `TangentCore` does.
    FusedTangents(const Matrix& tangents, FusedForm form);

    /// Begins an update from this number of samples.
    void start_update(Index samples);

    /// Adds the increments from a chunk, while the weights are those of before the update.
    void add_chunk(const FusedChunk& chunk);

    /// Moves the tangents, now that the weights have moved and the constraint has multiplied them by `factors`.
    /// `readout_signs` are those of W2's entries [padded(N) x O].
    void finish_update(const ScaledMatrix& W1, const ScaledMatrix& W2, const Matrix& readout_signs,
                       const LayerFactors& factors);

    /// The tangents [n x k], laid out as `TangentCore` does.
    [[nodiscard]] Matrix values() const;

    /// k.
    [[nodiscard]] Index count() const { return count_; }

    void exchange(StateArchive& archive) { archive(V1_, V2_); }

  private:
    template <Activation phi>
    void compute_slopes(const FusedChunk& chunk);
    void push_forward(Index tangent, const FusedChunk& chunk);
    void compute_delta_tangents(Index tangent, const FusedChunk& chunk);
    void add_readout_products(Index tangent, const FusedChunk& chunk);
    void carry_back(Index tangent, const FusedChunk& chunk);
    template <bool signs_in_lanes>
    void add_hidden_products(Index tangent, const FusedChunk& chunk);

    FusedForm form_;
    Index count_;  // k
    Index lines_;  // of a tangent's V1, each `width_` long
    Index width_;
    bool several_chunks_{};  // in this update

    Matrix V1_;                // a tangent a column, in it the lines as those of W1 [width * lines x k]
    Matrix V2_;                // [padded(N) O x k]
    Matrix hidden_gradient_;   // increments of V1 from the chunks so far, where there are several
    Matrix readout_gradient_;  // increments of V2, without D2

    // Of the chunk, [padded(N) x chunk]:
    Matrix slopes_;    // phi'
    Matrix bends_;     // phi'' .* (F step delta2)
    Matrix dA_;        // V1 X of a tangent, then step d delta1
    Matrix dH_;        // phi' .* (V1 X)
    Matrix d_delta2_;  // step d delta2 [padded(chunk) x O]
};

}  // namespace curldescent
