#include "curldescent/dynamics/core.hpp"

#include "curldescent/dynamics/fused_core.hpp"
#include "curldescent/dynamics/rank_one_core.hpp"

namespace curldescent {
namespace {

/// The readable definition as a core.
class PlainCore final : public Core {
  public:
    explicit PlainCore(const Student& student)
        : inputs_(student.network.inputs),
          map_(student.network, student.plasticity, student.signs, student.feedback, student.step, student.start),
          weights_(student.start) {}

    void update(const Batch& batch) override {
        add_squared_error(map_.update(weights_, batch.X.topRows(inputs_), batch.Y));
    }
    [[nodiscard]] Weights weights() const override { return weights_; }
    void set_weights(const Weights& weights) override { weights_ = weights; }
    [[nodiscard]] bool finite() const override { return weights_.W1.allFinite() && weights_.W2.allFinite(); }

  protected:
    void exchange_weights(StateArchive& archive) override { archive(weights_); }

  private:
    Index inputs_;
    LearningMap map_;
    Weights weights_;
};

}  // namespace

std::unique_ptr<Core> make_core(CoreKind kind, const Student& student, const Problem& problem) {
    if (kind == CoreKind::plain) return std::make_unique<PlainCore>(student);
    if (student.network.activation == Activation::linear && student.network.outputs == 1) {
        return std::make_unique<RankOneCore>(student, problem);
    }
    return std::make_unique<FusedCore>(student);
}

}  // namespace curldescent
