#include "curldescent/ensemble/dispatcher.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <unordered_map>
#include <utility>

#include "curldescent/ensemble/worker_loads.hpp"

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
          loads_(workers.size()) {
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
        }
        for (const WorkerAddress& worker : workers_) worker.channel->send(worker.rank, MessageKind::stop, {});
        outcome_.left = static_cast<std::int64_t>(tasks_.size()) - finished_;
        for (std::size_t k = 0; k < workers_.size(); ++k) {
            if (held_[k].tasks > 0) outcome_.given_up.push_back(silence_of(k));
        }
        return std::move(outcome_);
    }

  private:
    /// What is known of a worker with tasks.
    struct Held {
        int batches = 0;
        std::size_t tasks = 0;          // in them
        std::size_t last_batch = 0;     // how many tasks it had
        double expected_seconds = 0.0;  // of all its tasks
        Clock::time_point heard;        // last
        bool named = false;             // as silent, since then
    };

    struct Assignment {
        const PlannedTask* planned;
        std::size_t worker;
    };

    /// Gives a batch to every worker that should have one and for which one fits into the time that is left.
    void hand_out() {
        while (!halted_) {
            const auto worker = loads_.next(queue_.remaining());
            if (!worker) return;
            const std::vector<const PlannedTask*> batch = next_batch(held_[*worker]);
            if (!batch.empty()) {
                give(batch, *worker);
            } else if (held_[*worker].tasks == 0) {
                return;  // nothing fits anywhere
            } else {
                loads_.set(*worker, Load::enough);  // until it reports
            }
        }
    }

    std::vector<const PlannedTask*> next_batch(const Held& held) {
        const double left = limits_.session - seconds_since(began_) - held.expected_seconds;
        const double wanted = batch_seconds(queue_.remaining_seconds(), workers_.size());
        const PlannedTask* first = held.tasks == 0 ? queue_.next(left) : queue_.next_behind_another(left);
        if (first == nullptr) return {};
        std::vector<const PlannedTask*> batch{first};
        queue_.fill_up(batch, left - first->expected_seconds, wanted);
        return batch;
    }

    void give(const std::vector<const PlannedTask*>& batch, std::size_t worker) {
        Held& held = held_[worker];
        if (held.tasks == 0) held = {.heard = Clock::now()};
        std::vector<Task> tasks;
        tasks.reserve(batch.size());
        for (const PlannedTask* planned : batch) {
            tasks.push_back(hooks_.make_task(*planned));
            under_way_.emplace(planned->index, Assignment{planned, worker});
            held.expected_seconds += planned->expected_seconds;
        }
        send_values(*workers_[worker].channel, workers_[worker].rank, MessageKind::task, tasks);
        held.tasks += batch.size();
        held.last_batch = batch.size();
        ++held.batches;
        loads_.set(worker, load_of(held.batches, held.expected_seconds));
    }

    void halt_if_due() {
        outcome_.signalled = outcome_.signalled || hooks_.stop_requested();
        if (halted_ || (!outcome_.signalled && seconds_since(began_) < limits_.session)) return;
        halted_ = true;
        halted_at_ = Clock::now();
        for (const WorkerAddress& worker : workers_) worker.channel->send(worker.rank, MessageKind::halt, {});
    }

    /// Takes the messages that are there, waiting a little for the first if there is none. Whether there was one. Who
    /// should get more gets it before the next message is taken: with many workers these may come without a break.
    bool hear(Patience patience) { return take_all(Patience(0)) || take_all(patience); }

    /// No more than some from each channel: others have their turn, and what is done between messages.
    bool take_all(Patience patience) {
        constexpr int most_at_once = 100;
        bool heard = false;
        for (Channel* channel : channels_) {
            for (int taken = 0; taken < most_at_once; ++taken) {
                const auto message = channel->receive(heard ? Patience(0) : patience);
                if (!message) break;
                heard = true;
                take(*channel, *message);
                halt_if_due();
                hand_out();
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
                for (const TaskReport& report : read_values<TaskReport>(message)) note(report);
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
        Held& held = held_[worker];
        --held.tasks;
        held.expected_seconds -= planned->expected_seconds;
        // It works on its tasks in the order in which it got them.
        if (held.tasks == 0 || held.tasks == held.last_batch) --held.batches;
        loads_.set(worker, load_of(held.batches, held.expected_seconds));
        if (report.end == TaskEnd::left) return;
        ++finished_;
        hooks_.on_report(*planned, report);
    }

    [[nodiscard]] bool is_silent(std::size_t worker) const {
        const Held& held = held_[worker];
        return held.tasks > 0 && seconds_since(held.heard) > std::max(limits_.silence, 2.0 * held.expected_seconds);
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
            if (held_[k].tasks > 0 && !held_[k].named) return false;
        }
        return true;
    }

    std::span<const PlannedTask> tasks_;
    std::span<const WorkerAddress> workers_;
    const DispatchHooks& hooks_;
    DispatchLimits limits_;
    TaskQueue queue_;
    std::vector<Held> held_;  // by worker
    WorkerLoads loads_;
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
