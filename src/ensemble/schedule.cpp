#include "curldescent/ensemble/schedule.hpp"

#include <algorithm>
#include <tuple>

namespace curldescent {
namespace {

/// How many tasks, of which the longest come first, take longer than that.
std::size_t count_longer(std::span<const PlannedTask> tasks, double seconds) {
    const auto is_longer = [&](const PlannedTask& task) { return task.expected_seconds > seconds; };
    return static_cast<std::size_t>(std::ranges::partition_point(tasks, is_longer) - tasks.begin());
}

}  // namespace

bool belongs(std::int64_t task, const Shard& shard) {
    return (task + task / shard.count) % shard.count == shard.number - 1;
}

void sort_longest_first(std::vector<PlannedTask>& tasks) {
    std::sort(tasks.begin(), tasks.end(), [](const PlannedTask& a, const PlannedTask& b) {
        return std::tuple(-a.expected_seconds, a.index) < std::tuple(-b.expected_seconds, b.index);
    });
}

TaskQueue::TaskQueue(std::span<const PlannedTask> tasks, double session)
    : tasks_(tasks), long_end_(count_longer(tasks, session)), next_(long_end_) {}

std::int64_t TaskQueue::remaining() const {
    return static_cast<std::int64_t>(long_end_ - next_long_ + tasks_.size() - next_);
}

const PlannedTask* TaskQueue::next(double seconds_left) {
    if (seconds_left <= 0.0) return nullptr;
    if (next_long_ < long_end_) return &tasks_[next_long_++];
    next_ += count_longer(tasks_.subspan(next_), seconds_left);
    return next_ < tasks_.size() ? &tasks_[next_++] : nullptr;
}

const PlannedTask* TaskQueue::next_behind_another(double seconds_left) {
    if (seconds_left <= 0.0) return nullptr;
    if (next_long_ < long_end_) return &tasks_[next_long_++];
    if (next_ == tasks_.size() || tasks_[next_].expected_seconds > seconds_left) return nullptr;
    return &tasks_[next_++];
}

std::vector<int> assign(std::span<const int> outstanding, std::int64_t remaining) {
    std::vector<int> held(outstanding.begin(), outstanding.end());
    std::vector<int> receivers;
    while (remaining > 0 && !held.empty()) {
        const auto least = std::min_element(held.begin(), held.end());
        const int most_held = remaining > static_cast<std::int64_t>(held.size()) ? 2 : 1;
        if (*least >= most_held) break;
        ++*least;
        --remaining;
        receivers.push_back(static_cast<int>(least - held.begin()));
    }
    return receivers;
}

}  // namespace curldescent
