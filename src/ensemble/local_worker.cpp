#include "curldescent/ensemble/local_worker.hpp"

#include <exception>
#include <mutex>
#include <utility>
#include <vector>

#include "curldescent/ensemble/in_memory_channel.hpp"

namespace curldescent {

struct LocalWorker::State {
    InMemoryHub hub{2};
    std::unique_ptr<Channel> dispatcher_end = hub.channel(0);
    std::unique_ptr<Channel> worker_end = hub.channel(1);
    WorkerHooks hooks;
    WorkerOptions options;

    std::mutex mutex;  // guards what follows
    std::vector<std::pair<Task, std::vector<RunResult>>> waiting;
    std::exception_ptr failure;

    void work_until_stopped() {
        constexpr int own_rank = 0;
        try {
            hooks.keep = [this](const Task& task, const std::vector<RunResult>& results) {
                const std::lock_guard lock(mutex);
                waiting.emplace_back(task, results);
            };
            work(*worker_end, own_rank, hooks, options);
        } catch (...) {
            const std::lock_guard lock(mutex);
            failure = std::current_exception();
        }
    }
};

LocalWorker::LocalWorker(WorkerHooks hooks, const WorkerOptions& options) : state_(std::make_shared<State>()) {
    state_->hooks = std::move(hooks);
    state_->options = options;
    thread_ = std::thread([state = state_] { state->work_until_stopped(); });
}

LocalWorker::~LocalWorker() {
    if (thread_.joinable()) thread_.detach();
}

Channel& LocalWorker::channel() {
    return *state_->dispatcher_end;
}

void LocalWorker::keep_results(const KeepResults& keep) {
    decltype(state_->waiting) results;
    {
        const std::lock_guard lock(state_->mutex);
        if (state_->failure) std::rethrow_exception(state_->failure);
        results.swap(state_->waiting);
    }
    for (const auto& [task, runs] : results) keep(task, runs);
}

void LocalWorker::join() {
    thread_.join();
}

}  // namespace curldescent
