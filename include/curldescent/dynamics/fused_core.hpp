#pragma once

#include <memory>

#include "curldescent/dynamics/scaled_matrix.hpp"
#include "curldescent/dynamics/tangent_core.hpp"

namespace curldescent {

struct LayerFactors;
class FusedTangents;

/// The learning map of any two-layer network in a few passes over memory that is laid out for SIMD.
///
/// W1 is stored in lines of whole Lanes, in whichever of two layouts wastes less: a line holds one input's weights to
/// all hidden units (units in lanes), or all inputs' weights to one unit (inputs in lanes). A batch is taken in chunks
/// that stay in the cache: forward pass, errors, then W2 and W1 in one pass each.
class FusedCore final : public TangentCore {
  public:
    /// What a line of W1 is: one input's weights to all units, or one unit's weights from all inputs.
    enum class Layout : std::uint8_t { units_in_lanes, inputs_in_lanes };

    explicit FusedCore(const Student& student);
    FusedCore(const FusedCore&) = delete;
    FusedCore& operator=(const FusedCore&) = delete;
    ~FusedCore() override;

    void update(const Batch& batch) override;
    [[nodiscard]] Weights weights() const override;
    void set_weights(const Weights& weights) override;
    [[nodiscard]] bool finite() const override;
    void set_tangents(const Matrix& tangents) override;
    [[nodiscard]] Matrix tangents() const override;

  protected:
    void exchange_weights(StateArchive& archive) override;

  private:
    enum class Place : std::uint8_t { only, early, last };  // of a chunk in its batch

    struct Chunk {
        const double* X;  // inputs [padded(M) x count]
        Index stride;     // from a sample to the next in X
        const double* Y;  // targets [O x count]
        Index count;
        Place place;
    };

    static Layout choose_layout(const Network& network);
    void forward(const Chunk& chunk);
    template <Activation phi>
    void activate(Index count);
    void compute_errors(const Chunk& chunk, double step);
    void add_readout_products(Index count);
    template <Activation phi>
    void carry_back(Index count);
    void add_products(const Chunk& chunk);
    template <Place place, bool signs_in_lanes>
    void add_products_at(const Chunk& chunk);
    void update_readout();
    LayerFactors constrain();
    void carry_tangents(const Chunk& chunk, double step);

    Network network_;
    Plasticity plasticity_;
    Layout layout_;
    double rate_;
    Index chunk_size_;  // samples taken at once

    ScaledMatrix W1_;  // lines [padded x M] or [padded x N]
    ScaledMatrix W2_;  // [padded(N) x O], its scale always 1
    Matrix feedback_;  // [padded(N) x O], rows from N on zero; empty for W2

    bool signs_in_lanes_;   // whether D1 belongs to a line's entries, not to lines
    Vector hidden_signs_;   // D1, zeros behind it
    Matrix readout_signs_;  // of W2_ [padded(N) x O], rows from N on zero

    Matrix hidden_;            // activations, then delta1 of the chunk [padded(N) x chunk]
    Matrix outputs_;           // outputs, then -(eta_b / |b|) delta2 of the chunk [padded(chunk) x O]
    Matrix carried_;           // the same for the entries of W1: divided by its scale
    Vector products_;          // of one output's delta2 and H [padded(N)]
    Matrix hidden_gradient_;   // of the chunks before this one, as W1_'s entries
    Matrix readout_gradient_;  // of the chunks so far, as W2_'s entries

    std::unique_ptr<FusedTangents> tangents_;  // none while no tangents are carried
    Matrix gains_;                             // y_hat, then -(eta_b / |b|) d delta2 / dz [padded(chunk) x O]
};

}  // namespace curldescent
