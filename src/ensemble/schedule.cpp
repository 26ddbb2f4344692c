#include "curldescent/ensemble/schedule.hpp"

#include <algorithm>
#include <tuple>

namespace curldescent {

void sort_longest_first(std::vector<PlannedTask>& tasks) {
    std::sort(tasks.begin(), tasks.end(), [](const PlannedTask& a, const PlannedTask& b) {
        return std::tuple(-a.expected_seconds, a.index) < std::tuple(-b.expected_seconds, b.index);
    });
}

TaskQueue::TaskQueue(std::span<const PlannedTask> tasks, double session) : tasks_(tasks) {
    const auto is_long = [&](const PlannedTask& task) { return task.expected_seconds > session; };
    long_end_ = static_cast<std::size_t>(std::ranges::partition_point(tasks_, is_long) - tasks_.begin());
    next_ = long_end_;
}

std::int64_t TaskQueue::remaining() const {
    return static_cast<std::int64_t>(long_end_ - next_long_ + tasks_.size() - next_);
}

const PlannedTask* TaskQueue::next(double seconds_left) {
    if (seconds_left <= 0.0) return nullptr;
    if (next_long_ < long_end_) return &tasks_[next_long_++];
    const auto is_too_long = [&](const PlannedTask& task) { return task.expected_seconds > seconds_left; };
    const auto rest = tasks_.subspan(next_);
    next_ += static_cast<std::size_t>(std::ranges::partition_point(rest, is_too_long) - rest.begin());
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
