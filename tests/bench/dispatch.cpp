/// Hands out tasks that sleep instead of compute, by the dispatcher, the workers and the channels of the program, and
/// prints as one line of JSON what that takes. Run it under mpirun; tests/bench/scaling.py does, and makes tables of
/// it.

#include <fmt/format.h>
#include <time.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/mpi/collectives.hpp>
#include <boost/mpi/environment.hpp>
#include <boost/serialization/vector.hpp>
#include <chrono>
#include <thread>

#include "curldescent/ensemble/ensemble.hpp"
#include "curldescent/ensemble/local_worker.hpp"
#include "curldescent/ensemble/mpi_channel.hpp"

using namespace curldescent;

namespace {

namespace mpi = boost::mpi;
using Clock = std::chrono::steady_clock;

double seconds_between(Clock::time_point first, Clock::time_point last) {
    return std::chrono::duration<double>(last - first).count();
}

/// The processor time of the calling thread.
double thread_seconds() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

/// A channel that counts what goes through it.
class CountingChannel final : public Channel {
  public:
    explicit CountingChannel(Channel& inner) : inner_(inner) {}

    [[nodiscard]] int rank() const override { return inner_.rank(); }
    [[nodiscard]] int size() const override { return inner_.size(); }

    void send(int destination, MessageKind kind, std::span<const std::byte> bytes) override {
        count(bytes.size());
        inner_.send(destination, kind, bytes);
    }

    std::optional<Message> receive(Patience patience) override {
        auto message = inner_.receive(patience);
        if (message) count(message->bytes.size());
        return message;
    }

    [[nodiscard]] std::int64_t messages() const { return messages_; }
    [[nodiscard]] std::int64_t bytes() const { return bytes_; }

  private:
    void count(std::size_t bytes) {
        ++messages_;
        bytes_ += static_cast<std::int64_t>(bytes);
    }

    Channel& inner_;
    std::int64_t messages_ = 0;
    std::int64_t bytes_ = 0;
};

/// How a worker spent its time.
struct WorkerTimes {
    std::vector<double> waits;  // between the end of a task and the begin of the next
    double busy_seconds = 0.0;  // in tasks, sleeping longer than asked included
    Clock::time_point last_end;

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        archive& waits& busy_seconds;
    }
};

/// A task that sleeps as long as it is expected to take, and listens as often as a real one.
std::optional<std::vector<RunResult>> sleep_through(const Task& task, TaskMonitor& monitor, WorkerTimes& times) {
    constexpr double between_questions = 0.05;
    constexpr double shortest_sleep = 1e-6;
    const auto begin = Clock::now();
    if (times.busy_seconds > 0.0) times.waits.push_back(seconds_between(times.last_end, begin));
    for (double left = task.expected_seconds; left > shortest_sleep;) {
        std::this_thread::sleep_for(std::chrono::duration<double>(std::min(left, between_questions)));
        if (left > between_questions && monitor.ask() == Wish::leave) return std::nullopt;
        left = task.expected_seconds - seconds_between(begin, Clock::now());
    }
    times.last_end = Clock::now();
    times.busy_seconds += seconds_between(begin, times.last_end);
    RunResult result;
    result.status = RunStatus::done;
    return std::vector<RunResult>{result};
}

WorkerHooks sleeping_hooks(WorkerTimes& times) {
    WorkerHooks hooks;
    hooks.simulate = [&times](const Task& task, TaskMonitor& monitor) { return sleep_through(task, monitor, times); };
    hooks.keep = [](const Task&, const std::vector<RunResult>&) {};
    return hooks;
}

/// For a task that nobody asks anything.
class UnheardMonitor final : public TaskMonitor {
  public:
    std::vector<std::byte> saved() override { return {}; }
    Wish ask() override { return Wish::go_on; }
    void save(std::vector<std::byte> /*state*/) override {}
};

struct Options {
    std::int64_t tasks = 1000;
    double seconds = 0.01;
    std::string experiment;  // whose tasks give the lengths
    bool print_lengths = false;
    bool alone = false;
};

Options read_options(int argc, char** argv) {
    Options options;
    CLI::App app("Measures the dispatcher with tasks that sleep.");
    app.add_option("--tasks", options.tasks, "number of tasks")->check(CLI::PositiveNumber);
    app.add_option("--seconds", options.seconds, "length of each")->check(CLI::NonNegativeNumber);
    app.add_option("--experiment", options.experiment,
                   "tasks as long as those of this experiment, which brings no data of its own")
        ->check(CLI::ExistingFile);
    app.add_flag("--print-lengths", options.print_lengths, "only print the lengths, in seconds, one per line");
    app.add_flag("--alone", options.alone,
                 "every rank sleeps its share, without a dispatcher: the machine's own limit");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        std::exit(app.exit(error));
    }
    return options;
}

std::vector<PlannedTask> plan_sleep(const Options& options) {
    if (!options.experiment.empty()) {
        const Experiment experiment = read_experiment(options.experiment, {});
        return plan_all(experiment, {}, default_cost_model());
    }
    std::vector<PlannedTask> tasks(static_cast<std::size_t>(options.tasks));
    for (std::size_t k = 0; k < tasks.size(); ++k) {
        tasks[k] = {.index = static_cast<std::int64_t>(k), .rules = 1, .expected_seconds = options.seconds};
    }
    return tasks;
}

/// What the dispatcher's side of a benchmark measures.
struct DispatchTimes {
    double wall_seconds = 0.0;
    double thread_seconds = 0.0;
    std::int64_t messages = 0;  // through MPI alone
    std::int64_t bytes = 0;     // the same
};

DispatchTimes lead(const mpi::communicator& world, std::span<const PlannedTask> tasks, WorkerTimes& own_times) {
    MpiChannel ranks(world);
    CountingChannel counted(ranks);
    LocalWorker own(sleeping_hooks(own_times));
    std::vector<WorkerAddress> workers{{&own.channel(), 1}};
    for (int rank = 1; rank < ranks.size(); ++rank) workers.push_back({&counted, rank});
    const DispatchHooks hooks{
        .make_task =
            [](const PlannedTask& planned) {
                Task task;
                task.index = planned.index;
                task.rule_count = 1;
                task.expected_seconds = planned.expected_seconds;
                return task;
            },
        .on_report = [](const PlannedTask&, const TaskReport&) {},
        .between_messages = [&] { own.keep_results([](const Task&, const std::vector<RunResult>&) {}); }};
    barrier(world);
    const auto begin = Clock::now();
    const double thread_begin = thread_seconds();
    (void)dispatch(tasks, workers, hooks);
    const DispatchTimes times{.wall_seconds = seconds_between(begin, Clock::now()),
                              .thread_seconds = thread_seconds() - thread_begin,
                              .messages = counted.messages(),
                              .bytes = counted.bytes()};
    own.join();
    return times;
}

/// Returns the processor time, waiting included.
double join(const mpi::communicator& world, WorkerTimes& times) {
    MpiChannel ranks(world);
    barrier(world);
    const double begin = thread_seconds();
    work(ranks, ranks.rank(), sleeping_hooks(times), {});
    return thread_seconds() - begin;
}

/// A rank's share of the tasks, for which it waits for nobody.
void sleep_alone(const mpi::communicator& world, std::span<const PlannedTask> tasks, WorkerTimes& times) {
    const WorkerHooks hooks = sleeping_hooks(times);
    UnheardMonitor monitor;
    for (auto k = static_cast<std::size_t>(world.rank()); k < tasks.size();
         k += static_cast<std::size_t>(world.size())) {
        Task task;
        task.expected_seconds = tasks[k].expected_seconds;
        (void)hooks.simulate(task, monitor);
    }
}

double quantile_of(std::vector<double>& values, double share) {
    if (values.empty()) return 0.0;
    const auto place = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), values.begin() + place, values.end());
    return values[static_cast<std::size_t>(place)];
}

void print(std::span<const PlannedTask> tasks, const DispatchTimes& led, std::span<const WorkerTimes> workers,
           double waiting_thread_seconds) {
    std::vector<double> waits;
    double asked = 0.0;
    double busy = 0.0;
    for (const PlannedTask& task : tasks) asked += task.expected_seconds;
    for (const WorkerTimes& times : workers) {
        waits.insert(waits.end(), times.waits.begin(), times.waits.end());
        busy += times.busy_seconds;
    }
    double waited = 0.0;
    for (const double wait : waits) waited += wait;
    const auto count = static_cast<double>(tasks.size());
    const double worker_seconds = static_cast<double>(workers.size()) * led.wall_seconds;
    fmt::print(
        "{{\"ranks\": {}, \"tasks\": {}, \"task_seconds\": {}, \"busy_seconds\": {}, \"wall_seconds\": {}, "
        "\"tasks_per_second\": {}, \"efficiency\": {}, \"wait_mean\": {}, \"wait_median\": {}, \"wait_q95\": {}, "
        "\"wait_most\": {}, \"messages_per_task\": {}, \"bytes_per_task\": {}, \"lead_cpu_seconds\": {}, "
        "\"others_cpu_seconds\": {}}}\n",
        workers.size(), tasks.size(), asked, busy, led.wall_seconds, count / led.wall_seconds, busy / worker_seconds,
        waits.empty() ? 0.0 : waited / static_cast<double>(waits.size()), quantile_of(waits, 0.5),
        quantile_of(waits, 0.95), quantile_of(waits, 1.0), static_cast<double>(led.messages) / count,
        static_cast<double>(led.bytes) / count, led.thread_seconds, waiting_thread_seconds);
}

}  // namespace

int main(int argc, char** argv) {
    const Options options = read_options(argc, argv);
    const mpi::environment environment(mpi::threading::funneled);
    const mpi::communicator world;
    const std::vector<PlannedTask> tasks = plan_sleep(options);
    if (options.print_lengths) {
        for (const PlannedTask& task : tasks) fmt::print("{}\n", task.expected_seconds);
        return 0;
    }
    WorkerTimes times;
    DispatchTimes led;
    double thread_seconds = 0.0;  // of a rank that is not rank 0
    if (options.alone) {
        barrier(world);
        const auto begin = Clock::now();
        sleep_alone(world, tasks, times);
        barrier(world);
        led.wall_seconds = seconds_between(begin, Clock::now());
    } else if (world.rank() == 0) {
        led = lead(world, tasks, times);
    } else {
        thread_seconds = join(world, times);
    }
    barrier(world);
    std::vector<WorkerTimes> all_times;
    mpi::gather(world, times, all_times, 0);
    double all_thread_seconds = 0.0;
    mpi::reduce(world, thread_seconds, all_thread_seconds, std::plus<>(), 0);
    if (world.rank() == 0) print(tasks, led, all_times, all_thread_seconds);
}
