#include "curldescent/ensemble/dispatcher.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <unordered_map>
#include <utility>

namespace curldescent {
namespace {

constexpr Patience shortest_look{20};
constexpr Patience longest_look{1000};

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point then) {
    return std::chrono::duration<double>(Clock::now() - then).count();
}

/// The state of a dispatch: what is given out, to whom, and what has come back.
class Dispatch {
  public:
    Dispatch(std::span<const PlannedTask> tasks, std::span<const WorkerAddress> workers, const DispatchHooks& hooks,
             const DispatchLimits& limits)
        : tasks_(tasks),
          workers_(workers),
          hooks_(hooks),
          limits_(limits),
          queue_(tasks, limits.session),
          held_(workers.size()),
          outstanding_(workers.size(), 0) {
        for (std::size_t k = 0; k < workers.size(); ++k) {
            worker_at_[{workers[k].channel, workers[k].rank}] = k;
            if (std::ranges::find(channels_, workers[k].channel) == channels_.end()) {
                channels_.push_back(workers[k].channel);
            }
        }
    }

    DispatchOutcome run() {
        Patience patience = shortest_look;
        halt_if_due();
        hand_out();
        while (!under_way_.empty() && !waits_for_the_silent_alone()) {
            hooks_.between_messages();
            const bool heard = hear(patience);
            patience = heard ? shortest_look : std::min(2 * patience, longest_look);
            halt_if_due();
            name_the_silent();
            if (heard) hand_out();
        }
        for (const WorkerAddress& worker : workers_) worker.channel->send(worker.rank, MessageKind::stop, {});
        outcome_.left = static_cast<std::int64_t>(tasks_.size()) - finished_;
        for (std::size_t k = 0; k < workers_.size(); ++k) {
            if (outstanding_[k] > 0) outcome_.given_up.push_back(silence_of(k));
        }
        return std::move(outcome_);
    }

  private:
    /// What is known of a worker with tasks.
    struct Held {
        double expected_seconds = 0.0;  // of all its tasks
        Clock::time_point heard;        // last
        bool named = false;             // as silent, since then
    };

    struct Assignment {
        const PlannedTask* planned;
        std::size_t worker;
    };

    void hand_out() {
        if (halted_) return;
        for (const int receiver : assign(outstanding_, queue_.remaining())) {
            const auto worker = static_cast<std::size_t>(receiver);
            const double left = limits_.session - seconds_since(began_);
            const PlannedTask* planned = outstanding_[worker] == 0
                                             ? queue_.next(left)
                                             : queue_.next_behind_another(left - held_[worker].expected_seconds);
            if (planned != nullptr) give(*planned, worker);
        }
    }

    void give(const PlannedTask& planned, std::size_t worker) {
        const WorkerAddress& address = workers_[worker];
        send_value(*address.channel, address.rank, MessageKind::task, hooks_.make_task(planned));
        under_way_.emplace(planned.index, Assignment{&planned, worker});
        if (outstanding_[worker]++ == 0) held_[worker] = {.heard = Clock::now()};
        held_[worker].expected_seconds += planned.expected_seconds;
    }

    void halt_if_due() {
        outcome_.signalled = outcome_.signalled || hooks_.stop_requested();
        if (halted_ || (!outcome_.signalled && seconds_since(began_) < limits_.session)) return;
        halted_ = true;
        halted_at_ = Clock::now();
        for (const WorkerAddress& worker : workers_) worker.channel->send(worker.rank, MessageKind::halt, {});
    }

    /// Takes every message that is there, waiting a little for the first. Whether there was one.
    bool hear(Patience patience) {
        bool heard = false;
        for (Channel* channel : channels_) {
            while (const auto message = channel->receive(heard ? Patience(0) : patience)) {
                heard = true;
                take(*channel, *message);
            }
        }
        return heard;
    }

    void take(Channel& channel, const Message& message) {
        Held& held = held_[worker_at_.at({&channel, message.source})];
        held.heard = Clock::now();
        held.named = false;
        switch (message.kind) {
            case MessageKind::report:
                note(read_value<TaskReport>(message));
                break;
            case MessageKind::signal:
                outcome_.signalled = true;
                break;
            case MessageKind::alive:
                break;
            default:
                throw std::runtime_error("the dispatcher got a message that is for a worker");
        }
    }

    void note(const TaskReport& report) {
        const auto found = under_way_.find(report.index);
        if (found == under_way_.end()) {
            throw std::runtime_error(fmt::format("a worker reported task {}, which it was not given", report.index));
        }
        const auto [planned, worker] = found->second;
        under_way_.erase(found);
        --outstanding_[worker];
        held_[worker].expected_seconds -= planned->expected_seconds;
        if (report.end == TaskEnd::left) return;
        ++finished_;
        hooks_.on_report(*planned, report);
    }

    [[nodiscard]] bool is_silent(std::size_t worker) const {
        const Held& held = held_[worker];
        return outstanding_[worker] > 0 &&
               seconds_since(held.heard) > std::max(limits_.silence, 2.0 * held.expected_seconds);
    }

    [[nodiscard]] SilentWorker silence_of(std::size_t worker) const {
        const auto task =
            std::ranges::find_if(under_way_, [&](const auto& one) { return one.second.worker == worker; });
        return {.worker = worker, .seconds = seconds_since(held_[worker].heard), .task = task->first};
    }

    void name_the_silent() {
        if (seconds_since(looked_for_silence_) < 1.0) return;
        looked_for_silence_ = Clock::now();
        for (std::size_t k = 0; k < workers_.size(); ++k) {
            if (held_[k].named || !is_silent(k)) continue;
            held_[k].named = true;
            hooks_.on_silence(silence_of(k));
        }
    }

    /// Whether there is nobody left who might give back a task: after a halt when the grace is over, else when all that
    /// have tasks are silent.
    [[nodiscard]] bool waits_for_the_silent_alone() const {
        if (halted_ && seconds_since(halted_at_) > limits_.grace) return true;
        for (std::size_t k = 0; k < workers_.size(); ++k) {
            if (outstanding_[k] > 0 && !held_[k].named) return false;
        }
        return true;
    }

    std::span<const PlannedTask> tasks_;
    std::span<const WorkerAddress> workers_;
    const DispatchHooks& hooks_;
    DispatchLimits limits_;
    TaskQueue queue_;
    std::vector<Held> held_;        // by worker
    std::vector<int> outstanding_;  // tasks that each worker has
    std::map<std::pair<const Channel*, int>, std::size_t> worker_at_;
    std::vector<Channel*> channels_;
    std::unordered_map<std::int64_t, Assignment> under_way_;
    std::int64_t finished_ = 0;
    DispatchOutcome outcome_;
    Clock::time_point began_ = Clock::now();
    Clock::time_point looked_for_silence_ = began_;
    Clock::time_point halted_at_;
    bool halted_ = false;
};

}  // namespace

DispatchOutcome dispatch(std::span<const PlannedTask> tasks, std::span<const WorkerAddress> workers,
                         const DispatchHooks& hooks, const DispatchLimits& limits) {
    return Dispatch(tasks, workers, hooks, limits).run();
}

}  // namespace curldescent
