#include "curldescent/dynamics/tangent_core.hpp"

#include <vector>

#include "curldescent/dynamics/fused_core.hpp"
#include "curldescent/dynamics/rank_one_core.hpp"
#include "curldescent/dynamics/tangent_map.hpp"

namespace curldescent {
namespace {

/// The readable definition, `LearningMap` and `TangentMap`, as a core.
class PlainTangentCore final : public TangentCore {
  public:
    PlainTangentCore(const Student& student, const Problem& problem)
        : network_(student.network), core_(make_core(CoreKind::plain, student, problem)), map_(student) {}

    void update(const Batch& batch) override {
        if (!tangents_.empty()) {
            map_.propagate(tangents_, core_->weights(), batch.X.topRows(network_.inputs), batch.Y);
        }
        core_->update(batch);
        add_squared_error(core_->take_squared_error());
    }
    [[nodiscard]] Weights weights() const override { return core_->weights(); }
    void set_weights(const Weights& weights) override { core_->set_weights(weights); }
    [[nodiscard]] bool finite() const override { return core_->finite(); }

    void set_tangents(const Matrix& tangents) override {
        const auto& [M, N, O, phi, phi_out] = network_;
        tangents_.clear();
        for (const auto column : tangents.colwise()) {
            tangents_.push_back({.W1 = column.head(N * M).reshaped(N, M), .W2 = column.tail(O * N).reshaped(O, N)});
        }
    }
    [[nodiscard]] Matrix tangents() const override {
        Matrix columns(weight_count(network_), static_cast<Index>(tangents_.size()));
        for (Index k = 0; k < columns.cols(); ++k) {
            const auto& [W1, W2] = tangents_[static_cast<std::size_t>(k)];
            columns.col(k) << W1.reshaped(), W2.reshaped();
        }
        return columns;
    }

  protected:
    void exchange_weights(StateArchive& archive) override { archive(*core_, tangents_); }

  private:
    Network network_;
    std::unique_ptr<Core> core_;
    TangentMap map_;
    std::vector<Weights> tangents_;
};

}  // namespace

std::unique_ptr<TangentCore> make_tangent_core(CoreKind kind, const Student& student, const Problem& problem) {
    if (kind == CoreKind::plain) return std::make_unique<PlainTangentCore>(student, problem);
    if (student.network.activation == Activation::linear && student.network.outputs == 1) {
        return std::make_unique<RankOneCore>(student, problem);
    }
    return std::make_unique<FusedCore>(student);
}

}  // namespace curldescent
