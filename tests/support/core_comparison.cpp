#include "support/core_comparison.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>
#include <sstream>
#include <vector>

#include "curldescent/dynamics/batches.hpp"
#include "curldescent/model/initialization.hpp"
#include "support/matrices.hpp"

namespace curldescent {
namespace {

constexpr std::array<Index, 10> sizes{1, 2, 3, 7, 8, 9, 16, 17, 23, 40};

/// Visits the samples backwards, batch by batch, epoch by epoch.
class Updates {
  public:
    Updates(const Problem& problem, Index batch)
        : batches_(problem, batch), order_(static_cast<std::size_t>(problem.X.cols())) {
        std::iota(order_.rbegin(), order_.rend(), Index{0});
    }
    Batch batch(std::int64_t update) { return batches_.gather(order_, update % batches_.count()); }

  private:
    Batches batches_;
    std::vector<Index> order_;
};

}  // namespace

std::string description(const CoreSetting& setting) {
    const auto& [network, plasticity, rule, samples, batch, learning_rate, student_scale, seed] = setting;
    std::ostringstream text;
    text << "M = " << network.inputs << ", N = " << network.hidden << ", O = " << network.outputs << ", "
         << to_string(network.activation) << " and " << to_string(network.output_activation) << ", " << to_string(rule)
         << ", " << plasticity.hidden_flips << " and " << plasticity.readout_flips << " flips of "
         << plasticity.flipped_strength << ", " << to_string(plasticity.side) << ", delta "
         << to_string(plasticity.output_delta) << (plasticity.norm_constraint ? ", constrained" : "")
         << ", P = " << samples << ", B = " << batch << ", rate " << learning_rate << ", scale " << student_scale
         << ", seed " << seed;
    return text.str();
}

CoreSetting random_setting(std::uint64_t index) {
    std::mt19937_64 generator(index);
    const auto below = [&](std::size_t bound) { return static_cast<std::size_t>(generator() % bound); };
    const auto up_to = [&](Index most) { return static_cast<Index>(below(static_cast<std::size_t>(most) + 1)); };

    CoreSetting setting;
    setting.seed = index;
    setting.network = {.inputs = sizes[below(sizes.size())],
                       .hidden = sizes[below(sizes.size())],
                       .outputs = 1 + up_to(2),
                       .activation = static_cast<Activation>(below(4)),
                       .output_activation = static_cast<Activation>(below(4))};
    setting.rule = static_cast<Rule>(below(4));
    auto& plasticity = setting.plasticity;
    plasticity.side = static_cast<FlipSide>(below(2));
    plasticity.hidden_flips = up_to(hidden_sign_count(setting.network, plasticity.side));
    plasticity.readout_flips = up_to(readout_sign_count(setting.network, plasticity.side));
    plasticity.flipped_strength = std::array{-1.0, 0.0, 0.3}[below(3)];
    plasticity.norm_constraint = below(2) == 0;
    plasticity.output_delta = static_cast<OutputDelta>(below(2));
    setting.learning_rate = plasticity.norm_constraint ? 0.5 : 0.02;  // without it, flips make weights grow
    setting.batch = 1 + up_to(34);
    setting.samples = setting.batch + (below(2) == 0 ? 0 : up_to(setting.batch + 5));
    return setting;
}

Student student_of(const CoreSetting& setting) {
    const StreamKey key{.seed = setting.seed};
    const Network& network = setting.network;
    return {network,
            setting.plasticity,
            make_signs(network, setting.plasticity, setting.rule),
            has_random_feedback(setting.rule) ? make_feedback(network, 1.0, key) : Matrix(),
            {setting.learning_rate, setting.batch, setting.samples},
            make_student(network, {.student_scale = setting.student_scale}, Weights{}, key)};
}

Problem problem_of(const CoreSetting& setting) {
    const StreamKey key{.seed = setting.seed};
    const Weights teacher = make_teacher(setting.network, {.teacher_scale = 2.0, .teacher_hidden = 3}, key);
    return make_problem(setting.network, teacher, setting.samples, 0, SuppliedData{}, key);
}

double CoreDifference::largest() const {
    return std::max(weights, squared_error);
}

CoreDifference difference_along(Core& actual, Core& expected, const Problem& problem, Index batch,
                                std::int64_t updates) {
    Updates all(problem, batch);
    double scale = problem.Y.squaredNorm();
    CoreDifference difference;
    for (std::int64_t update = 0; update < updates; ++update) {
        const Batch samples = all.batch(update);
        actual.update(samples);
        expected.update(samples);
        const Weights a = actual.weights();
        const Weights e = expected.weights();
        difference.weights = std::max({difference.weights, relative_error(a.W1, e.W1), relative_error(a.W2, e.W2)});
        const double error = expected.take_squared_error();
        scale = std::max(scale, error);
        const double distance = std::abs(actual.take_squared_error() - error);
        if (distance == 0.0) continue;
        const double share = std::isnan(distance) ? std::numeric_limits<double>::infinity() : distance / scale;
        difference.squared_error = std::max(difference.squared_error, share);
    }
    return difference;
}

Matrix random_tangents(const Network& network, Index count) {
    RandomStream stream({.seed = 3}, Stream::student_hidden);
    return Matrix::NullaryExpr(weight_count(network), count, [&] { return stream.next_normal(); });
}

double tangent_difference_along(TangentCore& actual, TangentCore& expected, const Problem& problem, Index batch,
                                std::int64_t updates) {
    Updates all(problem, batch);
    Vector scales = expected.tangents().cwiseAbs().colwise().maxCoeff();
    double largest = 0.0;
    for (std::int64_t update = 0; update < updates; ++update) {
        const Batch samples = all.batch(update);
        actual.update(samples);
        expected.update(samples);
        const Matrix a = actual.tangents();
        const Matrix e = expected.tangents();
        for (Index k = 0; k < e.cols(); ++k) {
            scales[k] = std::max(scales[k], e.col(k).cwiseAbs().maxCoeff());
            largest = std::max(largest, largest_difference(a.col(k), e.col(k)) / scales[k]);
        }
    }
    return largest;
}

std::int64_t updates_to_overflow(Core& core, const Problem& problem, Index batch, std::int64_t most) {
    Updates all(problem, batch);
    for (std::int64_t update = 1; update <= most; ++update) {
        core.update(all.batch(update - 1));
        if (!core.finite()) return update;
    }
    return 0;
}

}  // namespace curldescent
