#pragma once

#include <utility>

#include "curldescent/dynamics/core.hpp"

namespace curldescent {

/// A core whose weights stay as they are and whose errors are zero.
class FixedCore final : public Core {
  public:
    explicit FixedCore(Weights weights) : weights_(std::move(weights)) {}

    void update(const Batch& /*batch*/) override {}
    [[nodiscard]] Weights weights() const override { return weights_; }
    void set_weights(const Weights& weights) override { weights_ = weights; }
    [[nodiscard]] bool finite() const override { return weights_.W1.allFinite() && weights_.W2.allFinite(); }

  protected:
    void exchange_weights(StateArchive& archive) override { archive(weights_); }

  private:
    Weights weights_;
};

}  // namespace curldescent
