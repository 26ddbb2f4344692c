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

/// The finalizer of SplitMix64: neighbouring numbers have unrelated results.
std::uint64_t scramble(std::uint64_t number) {
    number += 0x9E3779B97F4A7C15U;
    number = (number ^ (number >> 30U)) * 0xBF58476D1CE4E5B9U;
    number = (number ^ (number >> 27U)) * 0x94D049BB133111EBU;
    return number ^ (number >> 31U);
}

}  // namespace

std::int64_t share_of(std::int64_t task, std::int64_t count) {
    const auto turn = static_cast<std::int64_t>(scramble(static_cast<std::uint64_t>(task / count)) >> 1U);
    return (task % count + turn % count) % count + 1;
}

bool belongs(std::int64_t task, const Shard& shard) {
    return share_of(task, shard.count) == shard.number;
}

void sort_longest_first(std::vector<PlannedTask>& tasks) {
    std::sort(tasks.begin(), tasks.end(), [](const PlannedTask& a, const PlannedTask& b) {
        return std::tuple(-a.expected_seconds, a.index) < std::tuple(-b.expected_seconds, b.index);
    });
}

TaskQueue::TaskQueue(std::span<const PlannedTask> tasks, double session)
    : tasks_(tasks), long_end_(count_longer(tasks, session)), next_(long_end_) {
    for (const PlannedTask& task : tasks) remaining_seconds_ += task.expected_seconds;
}

std::int64_t TaskQueue::remaining() const {
    return static_cast<std::int64_t>(long_end_ - next_long_ + tasks_.size() - next_);
}

const PlannedTask* TaskQueue::take(std::size_t& place) {
    remaining_seconds_ -= tasks_[place].expected_seconds;
    return &tasks_[place++];
}

const PlannedTask* TaskQueue::next(double seconds_left) {
    if (seconds_left <= 0.0) return nullptr;
    if (next_long_ < long_end_) return take(next_long_);
    const std::size_t fitting = next_ + count_longer(tasks_.subspan(next_), seconds_left);
    while (next_ < fitting) (void)take(next_);
    return next_ < tasks_.size() ? take(next_) : nullptr;
}

const PlannedTask* TaskQueue::next_behind_another(double seconds_left) {
    if (seconds_left <= 0.0) return nullptr;
    if (next_long_ < long_end_) return take(next_long_);
    if (next_ == tasks_.size() || tasks_[next_].expected_seconds > seconds_left) return nullptr;
    return take(next_);
}

void TaskQueue::fill_up(std::vector<const PlannedTask*>& batch, double seconds_left, double wanted) {
    double missing = wanted - batch.front()->expected_seconds;
    while (missing > 0.0 && batch.size() < most_tasks_at_once) {
        const PlannedTask* planned = next_behind_another(seconds_left);
        if (planned == nullptr) return;
        batch.push_back(planned);
        seconds_left -= planned->expected_seconds;
        missing -= planned->expected_seconds;
    }
}

double batch_seconds(double remaining_seconds, std::size_t workers) {
    constexpr double worth_a_message = 0.05;
    constexpr double of_dispatcher = 1e-4;  // per batch, several times what one takes
    constexpr double batches_left = 2.0;    // for each worker
    const auto count = static_cast<double>(workers);
    return std::min(std::max(worth_a_message, of_dispatcher * count), remaining_seconds / (batches_left * count));
}

}  // namespace curldescent
