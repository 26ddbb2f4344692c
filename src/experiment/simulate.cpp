#include "curldescent/experiment/simulate.hpp"

#include <array>
#include <chrono>
#include <limits>

#include "curldescent/dynamics/learning_map.hpp"

namespace curldescent {
namespace {

/// What the rules of a replicate share.
struct Replicate {
    StreamKey key;
    Problem problem;
    Weights start;
    Matrix feedback;  // [N x O]
};

Replicate make_replicate(const Task& task, const SuppliedData& supplied) {
    const auto& [network, initialization, plasticity, training, recording] = task.settings;
    const StreamKey key{.seed = task.seed,
                        .point = static_cast<std::uint64_t>(task.point),
                        .replicate = static_cast<std::uint64_t>(task.replicate)};
    Weights teacher = make_teacher(network, initialization, key);
    if (supplied.teacher_hidden) teacher.W1 = *supplied.teacher_hidden;
    if (supplied.teacher_readout) teacher.W2 = *supplied.teacher_readout;
    Weights start = make_student(network, initialization, teacher, key);
    if (supplied.student_hidden) start.W1 = *supplied.student_hidden;
    if (supplied.student_readout) start.W2 = *supplied.student_readout;
    Matrix feedback = supplied.feedback ? *supplied.feedback : make_feedback(network, plasticity.feedback_scale, key);
    Problem problem = make_problem(network, teacher, training.samples, training.test_samples, supplied, key);
    return {key, std::move(problem), std::move(start), std::move(feedback)};
}

RunResult train_rule(const RunSettings& settings, const Replicate& replicate, Rule rule) {
    const auto& [network, initialization, plasticity, training, recording] = settings;
    const auto began = std::chrono::steady_clock::now();

    const StepSize step{training.learning_rate, training.batch, training.samples};
    LearningMap map(network, plasticity, make_signs(network, plasticity, rule),
                    has_random_feedback(rule) ? replicate.feedback : Matrix(), step, replicate.start);
    LearningCurve curve(network, replicate.problem,
                        record_epochs(training.epochs, recording.records, recording.spacing));
    Weights weights = replicate.start;
    const std::array<Observer*, 1> observers{&curve};
    const TrainingOutcome outcome = train(map, weights, replicate.problem, training, replicate.key, observers);

    RunResult result;
    result.status = outcome.diverged ? RunStatus::diverged : RunStatus::done;
    result.train_loss = curve.train_loss();
    result.test_loss = curve.test_loss();
    result.final_train_loss = result.train_loss.back();
    result.final_test_loss = result.test_loss.back();
    result.epochs_completed = static_cast<double>(outcome.epochs_completed);
    result.updates = static_cast<double>(outcome.updates);
    result.wall_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    return result;
}

}  // namespace

std::vector<RunResult> simulate(const Task& task, const SuppliedData& supplied) {
    const Replicate replicate = make_replicate(task, supplied);
    std::vector<RunResult> results;
    for (const Rule rule : task.rules()) results.push_back(train_rule(task.settings, replicate, rule));
    return results;
}

std::vector<RunResult> failed_results(const Task& task, const std::string& message) {
    constexpr double missing = std::numeric_limits<double>::quiet_NaN();
    RunResult failed;
    failed.status = RunStatus::failed;
    failed.message = message;
    failed.final_train_loss = failed.final_test_loss = missing;
    failed.epochs_completed = failed.updates = failed.wall_seconds = missing;
    return std::vector<RunResult>(task.rule_count, failed);
}

}  // namespace curldescent
