#include "curldescent/experiment/calibration.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <ctime>
#include <limits>
#include <utility>

#include "curldescent/experiment/simulate.hpp"

namespace curldescent {
namespace {

const SuppliedData nothing_supplied;

constexpr double calibration_seconds = 0.6;
constexpr double worthwhile_seconds = 10.0;
constexpr std::int64_t most_points_compared = 1000;
constexpr double seconds_per_point = 0.06;  // at least, to time one point
constexpr int rounds = 3;                   // of which the fastest counts: others may use this core, too

/// Of this thread: what others do on its core counts less than on a clock.
double cpu_seconds() {
    std::timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

/// Of evenly spread points, the first tasks that differ in cost: the cheapest, the dearest, and some between.
std::vector<Task> choose_tasks(const Experiment& experiment, const SuppliedData& supplied, std::size_t most) {
    const CostModel model = default_cost_model();
    const std::int64_t points = experiment.sweep.points();
    const std::int64_t compared = std::min(points, most_points_compared);
    std::vector<std::pair<double, std::int64_t>> costs;
    for (std::int64_t k = 0; k < compared; ++k) {
        const std::int64_t index = points * k / compared * experiment.settings.replicates;
        costs.emplace_back(expected_seconds(model, make_task(experiment, index), supplied), index);
    }
    std::ranges::sort(costs);
    const auto equal = [](const auto& a, const auto& b) { return std::abs(a.first - b.first) <= 1e-9 * a.first; };
    costs.erase(std::unique(costs.begin(), costs.end(), equal), costs.end());

    const std::size_t count = std::min(costs.size(), most);
    std::vector<Task> tasks;
    for (std::size_t k = 0; k < count; ++k) {
        const std::size_t place = count > 1 ? (costs.size() - 1) * k / (count - 1) : 0;
        tasks.push_back(make_task(experiment, costs[place].second));
    }
    return tasks;
}

/// Halves one size of a run; whether that was possible.
bool halve(Index& size) {
    if (size < 2) return false;
    size /= 2;
    return true;
}

void halve_neurons(RunSettings& run, Index& neurons) {
    const Index hidden_signs = hidden_sign_count(run.network, run.plasticity.side);
    const Index readout_signs = readout_sign_count(run.network, run.plasticity.side);
    halve(neurons);
    // Flips keep their share.
    Plasticity& plasticity = run.plasticity;
    plasticity.hidden_flips = plasticity.hidden_flips * hidden_sign_count(run.network, plasticity.side) / hidden_signs;
    plasticity.readout_flips =
        plasticity.readout_flips * readout_sign_count(run.network, plasticity.side) / readout_signs;
}

void halve_samples(RunSettings& run) {
    halve(run.training.samples);
    run.training.batch = std::min(run.training.batch, run.training.samples);
}

void halve_hidden(RunSettings& run) {
    halve_neurons(run, run.network.hidden);
    halve(run.initialization.teacher_hidden);
}

/// The task with that size halved which takes off the most.
Task smaller(const Task& task, const CostModel& model, const SuppliedData& supplied) {
    static const std::array<void (*)(RunSettings&), 5> cuts{
        halve_samples, [](RunSettings& run) { halve(run.training.test_samples); }, halve_hidden,
        [](RunSettings& run) { halve_neurons(run, run.network.inputs); },
        [](RunSettings& run) { halve_neurons(run, run.network.outputs); }};
    Task smallest = task;
    for (const auto& cut : cuts) {
        Task candidate = task;
        cut(candidate.settings);
        if (expected_seconds(model, candidate, supplied) < expected_seconds(model, smallest, supplied)) {
            smallest = candidate;
        }
    }
    return smallest;
}

bool same_network(const RunSettings& a, const RunSettings& b) {
    return a.network.inputs == b.network.inputs && a.network.hidden == b.network.hidden &&
           a.network.outputs == b.network.outputs && a.initialization.teacher_hidden == b.initialization.teacher_hidden;
}

/// What is timed again and again.
struct Trial {
    Task task;
    const SuppliedData* supplied;
    CostVector features;
    std::vector<double> times = {};  // seconds

    /// The middle one of its times, the lower of two; infinite when it was not timed.
    [[nodiscard]] double seconds() const {
        if (times.empty()) return std::numeric_limits<double>::infinity();
        std::vector<double> sorted = times;
        std::ranges::sort(sorted);
        return sorted[(sorted.size() - 1) / 2];
    }
};

Trial make_trial(const Task& task, const SuppliedData& supplied) {
    return {task, &supplied, cost_features(task.settings, task.rules(), supplied)};
}

/// Of one point: one epoch; many; as many epochs as fit when each is recorded.
using Trials = std::array<Trial, 3>;

Trials make_trials(const Task& task, const SuppliedData& supplied, double seconds) {
    const CostModel model = default_cost_model();
    const Task once = shortened(task, model, seconds, supplied);
    // Supplied data may have more samples than are used, but not another shape.
    const SuppliedData& data = same_network(once.settings, task.settings) ? supplied : nothing_supplied;
    const double set_up = expected_seconds(model, once, data);
    const auto epochs_in_time = [&](const Task& two_epochs) {
        const double epoch = expected_seconds(model, two_epochs, data) - set_up;
        return std::clamp(static_cast<std::int64_t>(seconds / epoch), std::int64_t{2}, std::int64_t{1000000});
    };
    Task many = once;
    many.settings.training.epochs = 2;
    Task recorded = many;
    recorded.settings.recording.records = 2;
    many.settings.training.epochs = epochs_in_time(many);
    recorded.settings.training.epochs = recorded.settings.recording.records = epochs_in_time(recorded);
    return {make_trial(once, data), make_trial(many, data), make_trial(recorded, data)};
}

/// Times every trial some times, the first one at least. Ends early, some not timed, when that takes longer than hoped.
void time_trials(std::vector<Trials>& all, double seconds) {
    using Clock = std::chrono::steady_clock;
    const auto deadline = Clock::now() + std::chrono::duration<double>(seconds);
    for (int round = 0; round < rounds; ++round) {
        for (Trials& trials : all) {
            for (Trial& trial : trials) {
                if (Clock::now() > deadline) return;
                const double start = cpu_seconds();
                simulate(trial.task, *trial.supplied);
                trial.times.push_back(cpu_seconds() - start);
            }
        }
    }
}

/// Set-up, and what further epochs and records add to it. A difference that is small beside what it is taken from is
/// uncertain, and weighs less.
void add_works(std::vector<TimedWork>& works, const Trials& trials) {
    const Trial& once = trials[0];
    if (!std::isfinite(once.seconds())) return;
    works.push_back({once.features, once.seconds()});
    for (std::size_t k = 1; k < trials.size(); ++k) {
        const double difference = trials[k].seconds() - once.seconds();
        const bool has_more = trials[k].task.settings.training.epochs > 1;
        if (!has_more || !std::isfinite(difference) || difference < 0.1 * trials[k].seconds()) continue;
        works.push_back(
            {{trials[k].features.values - once.features.values}, difference, difference / trials[k].seconds()});
    }
}

double expected_in_all(const Experiment& experiment, const SuppliedData& supplied, double enough) {
    const CostModel model = default_cost_model();
    const std::int64_t replicates = experiment.settings.replicates;
    double seconds = 0.0;
    for (std::int64_t point = 0; point < experiment.sweep.points() && seconds < enough; ++point) {
        const Task task = make_task(experiment, point * replicates);
        seconds += static_cast<double>(replicates) * expected_seconds(model, task, supplied);
    }
    return seconds;
}

}  // namespace

Task shortened(const Task& task, const CostModel& model, double seconds, const SuppliedData& supplied) {
    Task once = task;
    Training& training = once.settings.training;
    training.epochs = 1;
    training.learning_rate = 1e-9;  // whatever the task's does to it, its weights stay finite here
    training.stop_converged = false;
    once.settings.analysis = {};  // its prices are those of the default model, scaled
    once.settings.recording = {.records = 1, .spacing = RecordSpacing::linear};
    once.settings.analysis.lyapunov.start = once.settings.analysis.lyapunov.transient =
        0;  // none is too short for them

    const auto too_long = [&] { return expected_seconds(model, once, supplied) > seconds; };
    while (too_long() && training.samples > 4 * training.batch) halve_samples(once.settings);
    while (too_long()) {
        const double before = expected_seconds(model, once, supplied);
        once = smaller(once, model, supplied);
        if (expected_seconds(model, once, supplied) >= before) break;
    }
    return once;
}

std::vector<TimedWork> time_works(const Experiment& experiment, const SuppliedData& supplied, double seconds) {
    const auto most = static_cast<std::size_t>(seconds / seconds_per_point);
    const std::vector<Task> tasks = choose_tasks(experiment, supplied, std::max<std::size_t>(most, 1));
    std::vector<Trials> all;
    const double each = seconds / (static_cast<double>(tasks.size()) * rounds * std::tuple_size_v<Trials>);
    for (const Task& task : tasks) all.push_back(make_trials(task, supplied, each));
    time_trials(all, 1.3 * seconds);
    std::vector<TimedWork> works;
    for (const Trials& trials : all) add_works(works, trials);
    return works;
}

CostModel calibrate(const Experiment& experiment, const SuppliedData& supplied) {
    return fit_cost_model(time_works(experiment, supplied, calibration_seconds), default_cost_model());
}

CostModel calibrate_if_worthwhile(const Experiment& experiment, const SuppliedData& supplied) {
    const bool worthwhile = expected_in_all(experiment, supplied, worthwhile_seconds) >= worthwhile_seconds;
    return worthwhile ? calibrate(experiment, supplied) : default_cost_model();
}

}  // namespace curldescent
