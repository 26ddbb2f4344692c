#include "curldescent/experiment/simulate.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <memory>

#include "curldescent/dynamics/width_reduction.hpp"
#include "measurements.hpp"

namespace curldescent {
namespace {

/// What the rules of a replicate share.
struct Replicate {
    StreamKey key;
    Problem problem;
    Weights teacher;
    Weights start;
    Matrix feedback;  // [N x O]
};

Replicate make_replicate(const Task& task, const SuppliedData& supplied) {
    const auto& [network, initialization, plasticity, training, recording, analysis] = task.settings;
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
    return {key, std::move(problem), std::move(teacher), std::move(start), std::move(feedback)};
}

/// One of the rules of a replicate while it is trained.
struct Run {
    std::unique_ptr<Core> core;
    std::unique_ptr<Core> twin;  // or none
    std::unique_ptr<Measurements> measurements;
};

Run make_run(const RunSettings& settings, const Replicate& replicate, Rule rule) {
    const auto& [network, initialization, plasticity, training, recording, analysis] = settings;
    const Student student{network,
                          plasticity,
                          make_signs(network, plasticity, rule),
                          has_random_feedback(rule) ? replicate.feedback : Matrix(),
                          {training.learning_rate, training.batch, training.samples},
                          replicate.start};
    const Student trained = training.width_reduction ? reduce_width(student) : student;

    Run run;
    TangentCore* tangents = nullptr;
    if (analysis.lyapunov.exponents > 0) {
        auto core = make_tangent_core(training.core, trained, replicate.problem);
        tangents = core.get();
        run.core = std::move(core);
    } else {
        run.core = make_core(training.core, trained, replicate.problem);
    }
    if (analysis.twin) {
        run.twin = make_core(training.core, make_twin(trained, replicate.key), replicate.problem);
    }
    const MeasuredRun measured{settings,          student,  trained,        replicate.teacher,
                               replicate.problem, tangents, run.twin.get(), replicate.key};
    run.measurements = std::make_unique<Measurements>(measured);
    return run;
}

RunResult make_result(const Measurements& measurements, const TrainingOutcome& outcome) {
    RunResult result;
    result.status = outcome.diverged ? RunStatus::diverged : RunStatus::done;
    measurements.store(outcome, result);
    result.epochs_completed = static_cast<double>(outcome.epochs_completed);
    result.updates = static_cast<double>(outcome.updates);
    return result;
}

/// Nobody who has wishes.
class Undisturbed final : public TaskMonitor {
  public:
    std::vector<std::byte> saved() override { return {}; }
    Wish ask() override { return Wish::go_on; }
    void save(std::vector<std::byte> /*state*/) override {}
};

/// A clock that goes on from the time that was saved.
class Stopwatch {
  public:
    [[nodiscard]] double seconds() const {
        return before_ + std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
    }
    void exchange(StateArchive& archive) {
        double now = seconds();
        archive(now);
        if (archive.restores()) before_ = now;
    }

  private:
    double before_ = 0.0;
    std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

/// Trains to the end, with the monitor's consent; whether it came there.
bool train_monitored(TrainingSession& session, Stopwatch& stopwatch, TaskMonitor& monitor) {
    constexpr double between_questions = 0.05;  // seconds
    if (const std::vector<std::byte> saved = monitor.saved(); !saved.empty()) {
        StateArchive archive(saved);
        archive(stopwatch, session);
        archive.expect_end();
    }
    for (std::int64_t epochs = 1; session.goes_on();) {
        const double before = stopwatch.seconds();
        session.advance(epochs);
        const double seconds = stopwatch.seconds() - before;
        epochs = seconds < between_questions ? 2 * epochs : std::max(epochs / 2, std::int64_t{1});
        const Wish wish = monitor.ask();  // at the end, too: what is measured there may take long
        if (wish == Wish::go_on) continue;
        StateArchive archive;
        archive(stopwatch, session);
        monitor.save(archive.take());
        if (wish == Wish::leave) return false;
    }
    session.finish();
    return true;
}

}  // namespace

std::optional<std::vector<RunResult>> simulate(const Task& task, const SuppliedData& supplied, TaskMonitor& monitor) {
    Stopwatch stopwatch;
    const Replicate replicate = make_replicate(task, supplied);
    std::vector<Run> runs;
    std::vector<Trainee> trainees;  // the runs, then the twins that some have
    for (const Rule rule : task.rules()) {
        runs.push_back(make_run(task.settings, replicate, rule));
        trainees.push_back({*runs.back().core, runs.back().measurements->observers()});
    }
    for (const Run& run : runs) {
        if (run.twin) trainees.push_back({*run.twin, {}});
    }
    TrainingSession session(trainees, replicate.problem, task.settings.training, replicate.key);
    if (!train_monitored(session, stopwatch, monitor)) return std::nullopt;

    std::vector<RunResult> results;
    double updates = 0.0;
    for (std::size_t k = 0; k < runs.size(); ++k) {
        results.push_back(make_result(*runs[k].measurements, trainees[k].outcome));
        updates += results.back().updates;
    }
    // Rules are trained side by side: each has its share of the time by its updates.
    const double seconds = stopwatch.seconds();
    for (RunResult& result : results) result.wall_seconds = seconds * result.updates / updates;
    return results;
}

std::vector<RunResult> simulate(const Task& task, const SuppliedData& supplied) {
    Undisturbed monitor;
    return simulate(task, supplied, monitor).value();
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
