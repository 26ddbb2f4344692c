#pragma once

#include <cstdint>
#include <string>

#include "curldescent/dynamics/tangent_core.hpp"
#include "support/sanitized.hpp"

namespace curldescent {

/// A student and what it learns, made from a few numbers.
struct CoreSetting {
    Network network = {};
    Plasticity plasticity = {};
    Rule rule = Rule::curl_descent;
    Index samples = 10;
    Index batch = 10;
    double learning_rate = 0.5;
    double student_scale = 1.0;
    std::uint64_t seed = 1;
};

/// All of the setting, for the message of a failed test.
std::string description(const CoreSetting& setting);

/// The `index`-th random setting: M and N of 1 to 40 and O of 1 to 3 that do and do not fill SIMD lanes, batches of 1
/// to 35 samples with and without a short one, every activation, rule, side and kind of output delta.
CoreSetting random_setting(std::uint64_t index);

/// How many of them, from 1, a test goes through.
constexpr std::uint64_t random_settings = sanitized ? 40 : 400;

Student student_of(const CoreSetting& setting);

/// Its training samples, from a teacher of three hidden units.
Problem problem_of(const CoreSetting& setting);

/// How far two cores went apart.
struct CoreDifference {
    double weights = 0.0;        ///< the largest relative error of either layer after any update
    double squared_error = 0.0;  ///< of any update, as a share of the largest so far or the squared targets

    [[nodiscard]] double largest() const;
};

/// Makes the same updates with both, the samples in an order of their own.
CoreDifference difference_along(Core& actual, Core& expected, const Problem& problem, Index batch,
                                std::int64_t updates);

/// `count` tangents of normal entries.
Matrix random_tangents(const Network& network, Index count);

/// The largest error of a tangent of `actual` after any update, as a share of its largest entry so far, where both
/// cores carry the same tangents and make the same updates.
double tangent_difference_along(TangentCore& actual, TangentCore& expected, const Problem& problem, Index batch,
                                std::int64_t updates);

/// The updates, from 1, up to the one after which the weights are no longer finite; 0 if they are finite for all.
std::int64_t updates_to_overflow(Core& core, const Problem& problem, Index batch, std::int64_t most);

}  // namespace curldescent
