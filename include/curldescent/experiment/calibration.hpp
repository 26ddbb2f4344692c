#pragma once

#include <vector>

#include "curldescent/experiment/cost_model.hpp"
#include "curldescent/experiment/experiment.hpp"

namespace curldescent {

/// A copy of a task that takes about `seconds` at most by the model: one epoch, one record, no early end, and, where
/// that is not enough, fewer samples, then smaller networks.
Task shortened(const Task& task, const CostModel& model, double seconds, const SuppliedData& supplied);

/// Times shortened copies of an experiment's tasks on this core, in about `seconds`: of points spread over the sweep by
/// cost, one epoch, many epochs, and many records.
std::vector<TimedWork> time_works(const Experiment& experiment, const SuppliedData& supplied, double seconds);

/// The cost model of an experiment on this core, from measurements that take about 0.6 s, at most about 1 s.
CostModel calibrate(const Experiment& experiment, const SuppliedData& supplied);

/// The model to order an experiment's tasks by: calibrated where that is small beside the experiment, which must take
/// 10 s by the default model; else this.
CostModel calibrate_if_worthwhile(const Experiment& experiment, const SuppliedData& supplied);

}  // namespace curldescent
