#pragma once

#include <array>
#include <boost/mpi/communicator.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "curldescent/ensemble/dispatcher.hpp"
#include "curldescent/ensemble/schedule.hpp"
#include "curldescent/ensemble/worker.hpp"
#include "curldescent/experiment/cost_model.hpp"
#include "curldescent/experiment/experiment.hpp"
#include "curldescent/model/supplied_data.hpp"
#include "curldescent/storage/checkpoints.hpp"
#include "curldescent/storage/results_file.hpp"

namespace curldescent {

/// Every task of an experiment, the longest first by this model.
std::vector<PlannedTask> plan_all(const Experiment& experiment, const SuppliedData& supplied, const CostModel& model);

/// The tasks with the runs that a results file lacks: not written, damaged, or failed. The longest first.
std::vector<PlannedTask> plan_missing(const Experiment& experiment, const SuppliedData& supplied,
                                      const CostModel& model, ResultsFile& results);

/// The number of runs in a set of rules.
std::int64_t run_count(std::uint32_t rules);

/// What all ranks have in common.
struct EnsembleContext {
    const boost::mpi::communicator& world;
    std::shared_ptr<const SuppliedData> supplied;
    ResultsFile& results;
    const Checkpoints& checkpoints;
    WorkerOptions options;
    std::function<bool()> stop_requested;          ///< by a signal to this process
    std::function<void(const std::string&)> warn;  ///< of what does not end the run
};

/// What rank 0 is told meanwhile.
struct EnsembleNews {
    std::function<void(const PlannedTask&, const TaskReport&)> on_report;  ///< of every finished task
    std::function<void()> while_waiting;                                   ///< called often
    std::function<void(const SilentWorker&)> on_silence;                   ///< its `worker` is the rank
};

/// Rank 0's part of an ensemble: hands the tasks to all ranks and to a worker thread of its own, and keeps
/// that one's results. Returns when all tasks are done, or when limits or a signal end that. Throws StorageError when
/// results cannot be kept, or the file is no longer what it was.
DispatchOutcome lead_ensemble(const EnsembleContext& context, const Experiment& experiment,
                              std::span<const PlannedTask> tasks, const DispatchLimits& limits,
                              const EnsembleNews& news);

/// Every other rank's part: computes tasks and keeps its own results until rank 0 says stop.
void join_ensemble(const EnsembleContext& context);

/// The last part, by all ranks together: waits for each other's rows and writes the statistics over them.
void finish_ensemble(const boost::mpi::communicator& world, ResultsFile& results);

/// The same by one rank, where others do not answer.
void finish_alone(ResultsFile& results);

}  // namespace curldescent
