#pragma once

#include <span>

#include "curldescent/experiment/cost_features.hpp"
#include "curldescent/experiment/task.hpp"
#include "curldescent/model/supplied_data.hpp"

namespace curldescent {

/// How long work takes on one core: seconds for each unit of each feature, at least 0.
struct CostModel {
    CostVector seconds;
};

/// The time of a measured piece of work, or the difference of two.
struct TimedWork {
    CostVector features;
    double seconds = 0.0;  ///< above 0
    double weight = 1.0;   ///< of its relative error in the fit
};

/// The model of one typical core of 2023 and an AVX-512 build. Measured by tests/bench/cost_defaults.cpp; whoever
/// changes a core's inside measures again, and copies what that prints.
CostModel default_cost_model();

/// The time of all runs of a task, in seconds. At most: no early end of a run is foreseen.
double expected_seconds(const CostModel& model, const Task& task, const SuppliedData& supplied);

/// The coefficients x >= 0 that minimise
///
///     sum over works of weight^2 (predicted / measured - 1)^2  +  0.01 sum over features of (x / (s prior) - 1)^2
///
/// where s, the median of measured / predicted by the prior, is how much slower this core is. A feature that the works
/// do not determine thus stays at s times its prior. Without works: the prior.
CostModel fit_cost_model(std::span<const TimedWork> works, const CostModel& prior);

}  // namespace curldescent
