#pragma once

#include <Eigen/Core>
#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "curldescent/experiment/settings.hpp"
#include "curldescent/model/enumeration.hpp"

namespace curldescent {

/// What the time of a task is made of. Each is an amount of one kind of work, proportional to its time. Lanes are whole
/// SIMD registers, a remainder counting as one.
enum class CostFeature : std::uint8_t {
    task,
    uniform_number,         ///< random numbers drawn
    normal_number,          ///< the same
    matrix_product,         ///< multiply-adds of dense products: targets, losses, C = X X^T
    matrix_activation,      ///< Lanes of tanh or sigmoid in targets and losses
    matrix_column,          ///< columns of these, each with a remainder
    orthogonal_product,     ///< multiply-adds of QR decompositions (width reduction)
    shuffled_sample,        ///< samples put in order, once for all rules
    gathered_number,        ///< inputs and targets copied into a batch, once for all rules
    epoch,                  ///< ends of an epoch
    record,                 ///< recorded epochs
    far_lanes,              ///< Lanes of W1 updated that the first cache has no room for
    rank_one_update,        ///< from here on: of `RankOneCore`
    rank_one_sample,        ///< samples in all updates
    rank_one_sample_lanes,  ///< Lanes of inputs multiplied and added
    rank_one_weight_lanes,  ///< Lanes of W1 updated
    fused_update,           ///< from here on: of `FusedCore`
    fused_sample,           ///< outputs of samples in all updates
    fused_hidden_lanes,     ///< Lanes of activations, for each output
    fused_exponential,      ///< Lanes of tanh or sigmoid
    fused_product_lanes,    ///< Lanes of W1 multiplied and added, forward and back
    fused_weight_lanes,     ///< Lanes of W1 updated, for each chunk of a batch
    plain_update,           ///< from here on: of `LearningMap`
    plain_product,          ///< multiply-adds
    plain_derivative,       ///< derivatives of activations
    tangent_lanes,          ///< Lanes of weights passed over for a tangent, in all updates
    compared_weight,        ///< weights gathered or set for order parameter, twin and tangents
    zero_one_product,       ///< displacements summed in the 0-1 test
    symmetric_spectrum,     ///< from here on: of `measure_stability`; cubes of the residual's directions
    general_spectrum,       ///< the same, with norm constraint or random feedback
    transverse_product,     ///< multiply-adds of the transverse exponent
};

// clang-format off
template <>
inline constexpr std::array<std::string_view, 31> enumeration_names<CostFeature>{
    "task", "uniform_number", "normal_number", "matrix_product", "matrix_activation", "matrix_column",
    "orthogonal_product", "shuffled_sample", "gathered_number", "epoch", "record", "far_lanes", "rank_one_update",
    "rank_one_sample", "rank_one_sample_lanes", "rank_one_weight_lanes", "fused_update", "fused_sample",
    "fused_hidden_lanes", "fused_exponential", "fused_product_lanes", "fused_weight_lanes", "plain_update",
    "plain_product", "plain_derivative", "tangent_lanes", "compared_weight", "zero_one_product", "symmetric_spectrum",
    "general_spectrum", "transverse_product"};
// clang-format on

inline constexpr int cost_feature_count = static_cast<int>(enumeration_names<CostFeature>.size());

/// A number for each feature.
struct CostVector {
    using Values = Eigen::Matrix<double, cost_feature_count, 1>;

    Values values = Values::Zero();

    double& operator[](CostFeature feature) { return values[static_cast<int>(feature)]; }
    double operator[](CostFeature feature) const { return values[static_cast<int>(feature)]; }
};

/// The amounts of work in all runs of one replicate, when no run ends early. Needs no random number and no data: of
/// `supplied` only what is there counts.
CostVector cost_features(const RunSettings& settings, std::span<const Rule> rules, const SuppliedData& supplied);

/// The number of hidden units that are trained, after the width reduction (MODEL.md section 3.2) where it is on.
Index trained_width(const RunSettings& settings, Rule rule);

}  // namespace curldescent
