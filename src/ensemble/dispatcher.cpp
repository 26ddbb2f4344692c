#include "curldescent/ensemble/dispatcher.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

namespace curldescent {
namespace {

constexpr Patience shortest_look{20};
constexpr Patience longest_look{1000};

/// The state of a dispatch: what is given out, to whom, and what has come back.
class Dispatch {
  public:
    Dispatch(std::span<const PlannedTask> tasks, std::span<const WorkerAddress> workers, const DispatchHooks& hooks)
        : tasks_(tasks), workers_(workers), hooks_(hooks), outstanding_(workers.size(), 0) {
        for (const WorkerAddress& worker : workers) {
            if (std::find(channels_.begin(), channels_.end(), worker.channel) == channels_.end()) {
                channels_.push_back(worker.channel);
            }
        }
    }

    void run() {
        Patience patience = shortest_look;
        hand_out();
        while (finished_ < tasks_.size()) {
            hooks_.between_messages();
            const bool heard = hear(patience);
            patience = heard ? shortest_look : std::min(2 * patience, longest_look);
            if (heard) hand_out();
        }
        for (const WorkerAddress& worker : workers_) worker.channel->send(worker.rank, MessageKind::stop, {});
    }

  private:
    void hand_out() {
        for (const int receiver : assign(outstanding_, static_cast<std::int64_t>(tasks_.size() - given_))) {
            const PlannedTask& planned = tasks_[given_++];
            const WorkerAddress& worker = workers_[static_cast<std::size_t>(receiver)];
            send_value(*worker.channel, worker.rank, MessageKind::task, hooks_.make_task(planned));
            under_way_.emplace(planned.index, Assignment{&planned, static_cast<std::size_t>(receiver)});
            ++outstanding_[static_cast<std::size_t>(receiver)];
        }
    }

    /// Takes every message that is there, waiting a little for the first. Whether there was one.
    bool hear(Patience patience) {
        bool heard = false;
        for (Channel* channel : channels_) {
            Patience wait = patience;
            while (const auto message = channel->receive(heard ? Patience(0) : wait)) {
                heard = true;
                if (message->kind != MessageKind::report) {
                    throw std::runtime_error("the dispatcher got a message that is no report");
                }
                note(read_value<TaskReport>(*message));
            }
        }
        return heard;
    }

    void note(const TaskReport& report) {
        const auto found = under_way_.find(report.index);
        if (found == under_way_.end()) {
            throw std::runtime_error(fmt::format("a worker reported task {}, which it was not given", report.index));
        }
        const auto [planned, worker] = found->second;
        under_way_.erase(found);
        --outstanding_[worker];
        ++finished_;
        hooks_.on_report(*planned, report);
    }

    struct Assignment {
        const PlannedTask* planned;
        std::size_t worker;
    };

    std::span<const PlannedTask> tasks_;
    std::span<const WorkerAddress> workers_;
    const DispatchHooks& hooks_;
    std::vector<int> outstanding_;  // tasks that each worker holds
    std::vector<Channel*> channels_;
    std::unordered_map<std::int64_t, Assignment> under_way_;
    std::size_t given_ = 0;
    std::size_t finished_ = 0;
};

}  // namespace

void dispatch(std::span<const PlannedTask> tasks, std::span<const WorkerAddress> workers, const DispatchHooks& hooks) {
    Dispatch(tasks, workers, hooks).run();
}

}  // namespace curldescent
