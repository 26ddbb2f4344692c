#include "curldescent/experiment/task.hpp"

#include "curldescent/dynamics/batches.hpp"

namespace curldescent {

Task make_task(const Experiment& experiment, std::int64_t index, std::uint32_t rules) {
    const Settings& settings = experiment.settings;
    Task task;
    task.index = index;
    task.point = index / settings.replicates;
    task.replicate = index % settings.replicates;
    task.seed = static_cast<std::uint64_t>(settings.seed);
    for (std::size_t row = 0; row < settings.rules.size(); ++row) {
        if ((rules >> row & 1U) == 0) continue;
        task.rule_list.at(task.rule_count) = settings.rules[row];
        task.rule_rows.at(task.rule_count) = static_cast<std::uint8_t>(row);
        ++task.rule_count;
    }
    task.settings = point_settings(experiment, task.point);
    return task;
}

double foreseen_updates(const RunSettings& settings) {
    const Training& training = settings.training;
    return static_cast<double>(training.epochs) *
           static_cast<double>(updates_per_epoch(training.samples, training.batch));
}

}  // namespace curldescent
