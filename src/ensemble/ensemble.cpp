#include "curldescent/ensemble/ensemble.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <chrono>

#include "curldescent/ensemble/comparison.hpp"
#include "curldescent/ensemble/dispatcher.hpp"
#include "curldescent/ensemble/local_worker.hpp"
#include "curldescent/ensemble/mpi_channel.hpp"
#include "curldescent/ensemble/statistics.hpp"
#include "curldescent/experiment/simulate.hpp"
#include "curldescent/storage/partial_file.hpp"

namespace curldescent {
namespace {

void write_results(const EnsembleContext& context, const Task& task, const std::vector<RunResult>& runs) {
    for (std::size_t k = 0; k < runs.size(); ++k) {
        context.results.write_run({task.point, task.rule_rows.at(k), task.replicate}, runs[k]);
    }
    const bool failed = std::ranges::any_of(runs, [](const RunResult& run) { return run.status == RunStatus::failed; });
    if (failed || !context.checkpoints.has(task)) return;  // a task that failed can go on from its state
    sync_to_disk(context.results.path());                  // the rows have to be as safe as the state was
    context.checkpoints.remove(task);
}

/// The saved state of a task. One that cannot be used is lost work, and worth a word.
std::vector<std::byte> load_state(const Checkpoints& checkpoints, const Task& task,
                                  const std::function<void(const std::string&)>& warn) {
    std::vector<std::byte> state = checkpoints.load(task);
    if (state.empty() && checkpoints.has(task)) {
        warn(
            fmt::format("the saved state of point {}, replicate {} is damaged, or of another build or other "
                        "settings; it starts anew",
                        task.point, task.replicate));
    }
    return state;
}

/// A worker's hooks; what it computes is kept in one way by rank 0, in another by the others.
WorkerHooks hooks_of(const EnsembleContext& context) {
    WorkerHooks hooks;
    hooks.simulate = [supplied = context.supplied](const Task& task, TaskMonitor& monitor) {
        return simulate(task, *supplied, monitor);
    };
    // Copies: rank 0's worker may outlive all else when the program ends with an error.
    hooks.load = [checkpoints = context.checkpoints, warn = context.warn](const Task& task) {
        return load_state(checkpoints, task, warn);
    };
    hooks.save = [checkpoints = context.checkpoints, warn = context.warn](const Task& task,
                                                                          std::span<const std::byte> state) {
        try {
            checkpoints.save(task, state);
        } catch (const std::exception& error) {
            warn(error.what());
        }
    };
    hooks.stop_requested = context.stop_requested;
    return hooks;
}

/// Looks now and then whether an open file is still what it was.
class FileWatch {
  public:
    explicit FileWatch(const ResultsFile& results) : results_(results) {}

    void look() {
        constexpr std::chrono::seconds between_looks{2};
        const auto now = std::chrono::steady_clock::now();
        if (now < next_) return;
        results_.check_still_there();
        next_ = now + between_looks;
    }

  private:
    const ResultsFile& results_;
    std::chrono::steady_clock::time_point next_;
};

/// The rules of each replicate that still have to run, one set per replicate. Points are asked for in their order.
class MissingRules {
  public:
    explicit MissingRules(ResultsFile& results) : results_(results) {}

    std::span<const std::uint32_t> operator()(std::int64_t point) {
        if (point >= block_.last) read(results_.next_block({point, results_.extents().points}));
        const auto replicates = static_cast<std::size_t>(results_.extents().replicates);
        return std::span(missing_).subspan(static_cast<std::size_t>(point - block_.first) * replicates, replicates);
    }

  private:
    void read(const PointRange& block) {
        const auto replicates = static_cast<std::size_t>(results_.extents().replicates);
        const auto rules = static_cast<std::size_t>(results_.extents().rules);
        const std::vector<RunStatus> status = results_.read_status(block);
        const std::vector<bool> intact = results_.read_intact(block);
        block_ = block;
        missing_.assign(status.size() / rules, 0);
        for (std::size_t k = 0; k < status.size(); ++k) {
            const bool finished = is_finished(status[k]);
            if (finished && intact[k]) continue;
            const std::size_t row = k / replicates;  // of a rule at a point
            missing_[row / rules * replicates + k % replicates] |= 1U << (row % rules);
        }
    }

    ResultsFile& results_;
    PointRange block_;
    std::vector<std::uint32_t> missing_;  // [point of the block x replicate]
};

/// What the replicates of a point take, the same for all that lack the same rules.
class PointCost {
  public:
    PointCost(const Experiment& experiment, const SuppliedData& supplied, const CostModel& model, std::int64_t point)
        : experiment_(experiment), supplied_(supplied), model_(model), point_(point) {}

    double of(std::uint32_t rules) {
        if (rules != rules_) {
            const Task task = make_task(experiment_, point_ * experiment_.settings.replicates, rules);
            seconds_ = expected_seconds(model_, task, supplied_);
            rules_ = rules;
        }
        return seconds_;
    }

  private:
    const Experiment& experiment_;
    const SuppliedData& supplied_;
    const CostModel& model_;
    std::int64_t point_;
    std::uint32_t rules_ = 0;  // asked for last
    double seconds_ = 0.0;
};

/// The tasks with the rules that `rules_of(point)` gives for each replicate.
template <class RulesOf>
std::vector<PlannedTask> plan(const Experiment& experiment, const SuppliedData& supplied, const CostModel& model,
                              RulesOf rules_of) {
    const std::int64_t replicates = experiment.settings.replicates;
    std::vector<PlannedTask> tasks;
    // A vector that grows would hold all tasks twice; memory that is never written to is never taken.
    tasks.reserve(static_cast<std::size_t>(experiment.sweep.points() * replicates));
    for (std::int64_t point = 0; point < experiment.sweep.points(); ++point) {
        PointCost cost(experiment, supplied, model, point);
        const std::span<const std::uint32_t> rules = rules_of(point);
        for (std::int64_t replicate = 0; replicate < replicates; ++replicate) {
            const std::uint32_t wanted = rules[static_cast<std::size_t>(replicate)];
            if (wanted == 0) continue;
            tasks.push_back(
                {.index = point * replicates + replicate, .rules = wanted, .expected_seconds = cost.of(wanted)});
        }
    }
    sort_longest_first(tasks);
    return tasks;
}

}  // namespace

std::int64_t run_count(std::uint32_t rules) {
    return std::popcount(rules);
}

std::vector<PlannedTask> plan_all(const Experiment& experiment, const SuppliedData& supplied, const CostModel& model) {
    const std::uint32_t all = (1U << experiment.settings.rules.size()) - 1U;
    std::vector<std::uint32_t> every(static_cast<std::size_t>(experiment.settings.replicates), all);
    return plan(experiment, supplied, model,
                [&](std::int64_t /*point*/) { return std::span<const std::uint32_t>(every); });
}

std::vector<PlannedTask> plan_missing(const Experiment& experiment, const SuppliedData& supplied,
                                      const CostModel& model, ResultsFile& results) {
    return plan(experiment, supplied, model, MissingRules(results));
}

DispatchOutcome lead_ensemble(const EnsembleContext& context, const Experiment& experiment,
                              std::span<const PlannedTask> tasks, const DispatchLimits& limits,
                              const EnsembleNews& news) {
    MpiChannel ranks(context.world);
    LocalWorker own(hooks_of(context), context.options);
    std::vector<WorkerAddress> workers{{&own.channel(), 1}};
    for (int rank = 1; rank < ranks.size(); ++rank) workers.push_back({&ranks, rank});

    const auto keep_own = [&] {
        own.keep_results(
            [&](const Task& task, const std::vector<RunResult>& runs) { write_results(context, task, runs); });
    };
    FileWatch watch(context.results);
    const DispatchHooks hooks{.make_task =
                                  [&](const PlannedTask& planned) {
                                      Task task = make_task(experiment, planned.index, planned.rules);
                                      task.expected_seconds = planned.expected_seconds;
                                      return task;
                                  },
                              .on_report = news.on_report,
                              .between_messages =
                                  [&] {
                                      keep_own();
                                      watch.look();
                                      news.while_waiting();
                                  },
                              .stop_requested = context.stop_requested,
                              .on_silence = news.on_silence};
    DispatchOutcome outcome = dispatch(tasks, workers, hooks, limits);
    if (std::ranges::none_of(outcome.given_up, [](const SilentWorker& silent) { return silent.worker == 0; })) {
        own.join();
    }
    keep_own();
    context.results.check_still_there();
    return outcome;
}

void join_ensemble(const EnsembleContext& context) {
    MpiChannel ranks(context.world);
    WorkerHooks hooks = hooks_of(context);
    hooks.keep = [&](const Task& task, const std::vector<RunResult>& runs) { write_results(context, task, runs); };
    work(ranks, ranks.rank(), hooks, context.options);
}

void finish_alone(ResultsFile& results) {
    const PointRange all{0, results.extents().points};
    write_statistics(results, all);
    if (!has_comparisons(results)) return;
    write_comparisons(results, all);
    write_corrected(results);
}

void finish_ensemble(const boost::mpi::communicator& world, ResultsFile& results) {
    barrier(world);
    results.flush();
    const PointRange points = share_of_points(results.extents().points, world.rank(), world.size());
    write_statistics(results, points);
    if (has_comparisons(results)) {
        write_comparisons(results, points);
        barrier(world);
        results.flush();
        if (world.rank() == 0) write_corrected(results);
    }
    barrier(world);
}

}  // namespace curldescent
