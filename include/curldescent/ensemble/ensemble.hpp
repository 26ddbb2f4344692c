#pragma once

#include <array>
#include <boost/mpi/communicator.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "curldescent/ensemble/schedule.hpp"
#include "curldescent/ensemble/worker.hpp"
#include "curldescent/experiment/cost_model.hpp"
#include "curldescent/experiment/experiment.hpp"
#include "curldescent/model/supplied_data.hpp"
#include "curldescent/storage/results_file.hpp"

namespace curldescent {

/// Every task of an experiment, the longest first by this model.
std::vector<PlannedTask> plan_all(const Experiment& experiment, const SuppliedData& supplied, const CostModel& model);

/// The tasks with the runs that a results file lacks: not written, damaged, or failed. The longest first.
std::vector<PlannedTask> plan_missing(const Experiment& experiment, const SuppliedData& supplied,
                                      const CostModel& model, ResultsFile& results);

/// The number of runs in a set of rules.
std::int64_t run_count(std::uint32_t rules);

/// Rank 0's part of an ensemble: hands the tasks to all ranks and to a worker thread of its own, and keeps
/// that one's results. `on_report` is told of every finished task, `while_waiting` is called often. Returns when all
/// tasks are done and the workers are stopped. Throws StorageError when results cannot be kept.
void lead_ensemble(const boost::mpi::communicator& world, const Experiment& experiment,
                   std::span<const PlannedTask> tasks, const std::shared_ptr<const SuppliedData>& supplied,
                   ResultsFile& results, const std::function<void(const PlannedTask&, const TaskReport&)>& on_report,
                   const std::function<void()>& while_waiting);

/// Every other rank's part: computes tasks and keeps its own results until rank 0 says stop.
void join_ensemble(const boost::mpi::communicator& world, const SuppliedData& supplied, ResultsFile& results);

/// The last part, by all ranks together: waits for each other's rows and writes the statistics over them.
void finish_ensemble(const boost::mpi::communicator& world, ResultsFile& results);

}  // namespace curldescent
