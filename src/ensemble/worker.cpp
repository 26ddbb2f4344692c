#include "curldescent/ensemble/worker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <exception>
#include <new>

#include "curldescent/experiment/simulate.hpp"

namespace curldescent {
namespace {

constexpr Patience between_looks = std::chrono::milliseconds(200);
constexpr double between_hearings = 0.05;  // s, between the tasks of a batch: to look for messages takes time

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point then) {
    return std::chrono::duration<double>(Clock::now() - then).count();
}

/// A worker, and the surroundings of the task that it works on.
class Worker final : public TaskMonitor {
  public:
    Worker(Channel& channel, int rank, const WorkerHooks& hooks, const WorkerOptions& options)
        : channel_(channel), rank_(rank), hooks_(hooks), options_(options) {}

    void work() {
        while (!stopped_) {
            if (tasks_.empty()) {
                hear(between_looks);
            } else if (seconds_since(heard_) > between_hearings) {
                hear(Patience(0));
                give_sign();
            }
            pass_signal_on();
            if (tasks_.empty()) continue;
            task_ = tasks_.front().task;
            const bool is_last = tasks_.front().is_last;
            tasks_.pop_front();
            const TaskReport report = halted_ ? TaskReport{.index = task_.index, .end = TaskEnd::left} : execute();
            if (reports_.empty()) oldest_report_ = Clock::now();
            reports_.push_back(report);
            is_last ? send_reports() : send_old_reports();
        }
    }

    std::vector<std::byte> saved() override { return hooks_.load(task_); }

    Wish ask() override {
        try {
            hear(Patience(0));
            pass_signal_on();
            send_old_reports();
            give_sign();
        } catch (...) {
            channel_failure_ = std::current_exception();
            return Wish::leave;
        }
        const bool exceeds = seconds_since(began_) > options_.task_limit;
        if (exceeds && saved_at_limit_) {
            throw std::runtime_error(fmt::format("took longer than its limit of {} s", options_.task_limit));
        }
        saved_at_limit_ = exceeds;
        if (halted_) return Wish::leave;
        return exceeds || seconds_since(saved_) > options_.between_saves ? Wish::save : Wish::go_on;
    }

    void save(std::vector<std::byte> state) override {
        hooks_.save(task_, state);
        saved_ = Clock::now();
    }

  private:
    /// A task, and whether it is the last of those that came with it.
    struct GivenTask {
        Task task;
        bool is_last;
    };

    /// Takes every message that is there, waiting for the first.
    void hear(Patience patience) {
        heard_ = Clock::now();
        while (const auto message = channel_.receive(patience)) {
            patience = Patience(0);
            switch (message->kind) {
                case MessageKind::task:
                    for (const Task& task : read_values<Task>(*message)) tasks_.push_back({task, false});
                    tasks_.back().is_last = true;
                    break;
                case MessageKind::halt:
                    halted_ = true;
                    break;
                case MessageKind::stop:
                    stopped_ = true;
                    break;
                default:
                    throw std::runtime_error("a worker got a message that is for the dispatcher");
            }
        }
    }

    void pass_signal_on() {
        if (passed_on_ || !hooks_.stop_requested()) return;
        channel_.send(0, MessageKind::signal, {});
        passed_on_ = true;
    }

    void give_sign() {
        if (seconds_since(gave_sign_) < options_.between_signs) return;
        channel_.send(0, MessageKind::alive, {});
        gave_sign_ = Clock::now();
    }

    TaskReport execute() {
        began_ = saved_ = Clock::now();
        saved_at_limit_ = false;
        auto results = simulate_safely();
        if (channel_failure_) std::rethrow_exception(channel_failure_);  // no failure of the task
        if (!results) return {.index = task_.index, .end = TaskEnd::left};
        TaskReport done{.index = task_.index};
        for (RunResult& result : *results) {
            result.rank = rank_;
            result.predicted_seconds = task_.expected_seconds / task_.rule_count;
            ++done.runs_by_status.at(static_cast<std::size_t>(result.status));
        }
        hooks_.keep(task_, *results);
        return done;
    }

    /// A task that throws must not take the ensemble with it.
    std::optional<std::vector<RunResult>> simulate_safely() {
        try {
            return hooks_.simulate(task_, *this);
        } catch (const std::bad_alloc&) {
            const Network& network = task_.settings.network;
            return failed_results(task_, fmt::format("not enough memory for inputs = {}, hidden = {}, samples = {}",
                                                     network.inputs, network.hidden, task_.settings.training.samples));
        } catch (const std::exception& error) {
            return failed_results(task_, error.what());
        }
    }

    void send_old_reports() {
        const double delay = std::min(options_.report_delay, options_.between_signs);
        if (!reports_.empty() && seconds_since(oldest_report_) > delay) send_reports();
    }

    void send_reports() {
        send_values(channel_, 0, MessageKind::report, reports_);
        reports_.clear();
        gave_sign_ = Clock::now();
    }

    Channel& channel_;
    int rank_;
    const WorkerHooks& hooks_;
    WorkerOptions options_;

    std::deque<GivenTask> tasks_;      // not begun
    Task task_;                        // under way
    std::vector<TaskReport> reports_;  // not sent
    Clock::time_point oldest_report_;
    Clock::time_point began_;
    Clock::time_point saved_;
    Clock::time_point heard_;
    Clock::time_point gave_sign_ = Clock::now();
    bool halted_ = false;
    bool stopped_ = false;
    bool passed_on_ = false;       // the signal
    bool saved_at_limit_ = false;  // the task, which goes on from there when it is tried again
    std::exception_ptr channel_failure_;
};

}  // namespace

void work(Channel& channel, int rank, const WorkerHooks& hooks, const WorkerOptions& options) {
    Worker(channel, rank, hooks, options).work();
}

}  // namespace curldescent
