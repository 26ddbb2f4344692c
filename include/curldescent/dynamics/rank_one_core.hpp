#pragma once

#include <memory>

#include "curldescent/dynamics/scaled_matrix.hpp"
#include "curldescent/dynamics/tangent_core.hpp"

namespace curldescent {

struct LayerFactors;
struct RankOneUpdate;
class RankOneTangents;

/// The learning map of a network with linear hidden units and one output, whose update has rank one (MODEL.md section
/// 3.1). With r = W2 W1 - w_T and g = -(eta_b / |b|) delta2 X_b^T [1 x M]:
///
///     dW1 = F (g D1)    dW2 = (W1 g^T)^T D2    (presynaptic flips; F = W2^T or random feedback)
///
/// Block by block, W1 is read for W2's increment and again, from the cache, for its own, its norm and the next W2 W1.
/// For a linear output the errors are r X_b; where the targets are no linear map of the inputs, or phi_out is not
/// linear, w_T is zero and the errors are phi_out(W2 W1 X_b) - Y_b. For a full batch of a linear output, g = -(eta / P)
/// r C with a fixed C = X X^T.
class RankOneCore final : public TangentCore {
  public:
    /// `student` has linear hidden units and one output.
    RankOneCore(const Student& student, const Problem& problem);
    RankOneCore(const RankOneCore&) = delete;
    RankOneCore& operator=(const RankOneCore&) = delete;
    ~RankOneCore() override;

    void update(const Batch& batch) override;
    [[nodiscard]] Weights weights() const override;
    void set_weights(const Weights& weights) override;
    [[nodiscard]] bool finite() const override;
    void set_tangents(const Matrix& tangents) override;
    [[nodiscard]] Matrix tangents() const override;

  protected:
    void exchange_weights(StateArchive& archive) override;

  private:
    void add_batch(const Batch& batch);
    void add_all_samples();
    void compute_gains(const Batch& batch, double step);
    void update_weights();
    LayerFactors constrain();
    [[nodiscard]] RankOneUpdate as_seen_by_tangents(const Batch& batch) const;
    template <Index I>
    void update_readout(Index unit);
    template <Index I>
    void update_units(Index unit, SquareSum& squares);

    Network network_;
    Plasticity plasticity_;
    double rate_;
    double samples_;  // P
    Index block_;     // units that are taken together, a multiple of lane_count

    ScaledMatrix W1_;       // a unit a column [padded(M) x N], rows from M on zero
    ScaledMatrix W2_;       // [padded(N) x 1], its scale always 1
    Vector feedback_;       // F, times D1 if that is postsynaptic; for F = W2^T this D1 alone [padded(N)]
    bool random_feedback_;  // whether F is not W2^T
    Vector carried_;        // F, or W2^T of before the update, times D1 if that is postsynaptic [padded(N)]
    Vector input_signs_;    // D1 if that is presynaptic, else ones [padded(M)]
    Vector readout_signs_;  // D2 of every unit [padded(N)]

    Vector teacher_;         // w_T, or zero [padded(M)]
    bool has_teacher_;       // then the targets are w_T X
    Vector map_;             // W2 W1 [padded(M)]
    Vector residual_;        // r [padded(M)]
    Vector descent_;         // g [padded(M)]
    Vector signed_descent_;  // the increment of W1's entries for F = 1 [padded(M)]
    Vector errors_;          // of a batch [padded(B)]
    Matrix covariance_;      // C for a full batch [padded(M) x M], or empty

    std::unique_ptr<RankOneTangents> tangents_;  // none while no tangents are carried
    Vector gains_;                               // step d delta2 / dz of a batch; for C the step alone [padded(B)]
};

}  // namespace curldescent
