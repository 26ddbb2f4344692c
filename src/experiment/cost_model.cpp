#include "curldescent/experiment/cost_model.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <vector>

namespace curldescent {
namespace {

using SquareMatrix = Eigen::Matrix<double, cost_feature_count, cost_feature_count>;

constexpr double nanosecond = 1e-9;

/// Nanoseconds a unit, in the order of `CostFeature`.
constexpr std::array<double, cost_feature_count> default_nanoseconds{
    3.31e+04,  // task
    15.3,      // uniform_number
    25.3,      // normal_number
    0.0775,    // matrix_product
    7.01,      // matrix_activation
    54.3,      // matrix_column
    0.0651,    // orthogonal_product
    14.6,      // shuffled_sample
    0.613,     // gathered_number
    10,        // epoch
    1.43e+03,  // record
    0.404,     // far_lanes
    52.1,      // rank_one_update
    0.5,       // rank_one_sample
    0.097,     // rank_one_sample_lanes
    2.33,      // rank_one_weight_lanes
    99.9,      // fused_update
    1.77,      // fused_sample
    2.86,      // fused_hidden_lanes
    11.4,      // fused_exponential
    0.242,     // fused_product_lanes
    1.83,      // fused_weight_lanes
    279,       // plain_update
    0.11,      // plain_product
    1.89,      // plain_derivative
    3.0,       // tangent_lanes
    2.0,       // compared_weight
    0.5,       // zero_one_product
    1.35,      // symmetric_spectrum
    2.0,       // general_spectrum
    0.3,       // transverse_product
};

double predict(const CostModel& model, const CostVector& features) {
    return model.seconds.values.dot(features.values);
}

/// How much longer the works took than the model says.
double median_slowness(std::span<const TimedWork> works, const CostModel& model) {
    std::vector<double> ratios;
    for (const TimedWork& work : works) ratios.push_back(work.seconds / predict(model, work.features));
    const auto middle = ratios.begin() + static_cast<std::ptrdiff_t>(ratios.size() / 2);
    std::nth_element(ratios.begin(), middle, ratios.end());
    return *middle;
}

/// The x >= 0 that minimises x^T H x / 2 - g^T x for a positive definite H, one coordinate after the other.
CostVector::Values minimise(const SquareMatrix& H, const CostVector::Values& g) {
    constexpr int sweeps = 1000;
    CostVector::Values x = CostVector::Values::Ones();
    for (int sweep = 0; sweep < sweeps; ++sweep) {
        for (int k = 0; k < cost_feature_count; ++k) x[k] = std::max(0.0, x[k] + (g[k] - H.row(k).dot(x)) / H(k, k));
    }
    return x;
}

}  // namespace

CostModel default_cost_model() {
    CostModel model;
    for (int k = 0; k < cost_feature_count; ++k) {
        model.seconds.values[k] = nanosecond * default_nanoseconds.at(static_cast<std::size_t>(k));
    }
    return model;
}

double expected_seconds(const CostModel& model, const Task& task, const SuppliedData& supplied) {
    return predict(model, cost_features(task.settings, task.rules(), supplied));
}

CostModel fit_cost_model(std::span<const TimedWork> works, const CostModel& prior) {
    if (works.empty()) return prior;
    constexpr double prior_weight = 0.01;
    const CostVector::Values scaled = median_slowness(works, prior) * prior.seconds.values;
    SquareMatrix H = prior_weight * SquareMatrix::Identity();
    CostVector::Values g = CostVector::Values::Constant(prior_weight);
    for (const TimedWork& work : works) {
        // Of the time measured, the share that each feature has by the prior: x is a factor on it.
        const CostVector::Values shares = work.weight / work.seconds * work.features.values.cwiseProduct(scaled);
        H += shares * shares.transpose();
        g += work.weight * shares;
    }
    CostModel model;
    model.seconds.values = minimise(H, g).cwiseProduct(scaled);
    return model;
}

}  // namespace curldescent
