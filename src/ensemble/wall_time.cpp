#include "curldescent/ensemble/wall_time.hpp"

#include <algorithm>
#include <map>

namespace curldescent {

std::vector<TaskGroup> group_tasks(std::span<const PlannedTask> tasks) {
    constexpr double equal = 0.99;
    std::vector<TaskGroup> groups;
    double longest = 0.0;  // of the last group
    double sum = 0.0;
    for (const PlannedTask& task : tasks) {
        if (groups.empty() || task.expected_seconds < equal * longest) {
            groups.push_back({});
            longest = task.expected_seconds;
            sum = 0.0;
        }
        sum += task.expected_seconds;
        ++groups.back().count;
        groups.back().seconds = sum / static_cast<double>(groups.back().count);
    }
    return groups;
}

double total_seconds(std::span<const TaskGroup> groups) {
    double sum = 0.0;
    for (const TaskGroup& group : groups) sum += group.seconds * static_cast<double>(group.count);
    return sum;
}

double wall_seconds(std::span<const TaskGroup> groups, std::int64_t ranks) {
    std::map<double, std::int64_t> busy_until{{0.0, ranks}};  // the number of ranks, by when they are free
    double rounds_seconds = 0.0;                              // to be added to each of these times
    for (const auto& [seconds, count] : groups) {
        for (std::int64_t left = count; left > 0;) {
            const auto first = busy_until.begin();
            const double spread = busy_until.rbegin()->first - first->first;
            if (left >= ranks && spread <= seconds) {  // then each rank takes one before any takes another
                const std::int64_t rounds = left / ranks;
                rounds_seconds += static_cast<double>(rounds) * seconds;
                left %= ranks;
                continue;
            }
            const std::int64_t taken = std::min(left, first->second);
            busy_until[first->first + seconds] += taken;
            first->second -= taken;
            if (first->second == 0) busy_until.erase(first);
            left -= taken;
        }
    }
    return rounds_seconds + busy_until.rbegin()->first;
}

double efficiency(std::span<const TaskGroup> groups, std::int64_t ranks, double start_up) {
    const double wall = start_up + wall_seconds(groups, ranks);
    return wall > 0.0 ? total_seconds(groups) / (static_cast<double>(ranks) * wall) : 1.0;
}

std::int64_t ranks_worth_using(std::span<const TaskGroup> groups, double least, double start_up) {
    std::int64_t ranks = 0;
    for (const TaskGroup& group : groups) ranks += group.count;
    // Fewer ranks do not end sooner than these do: what is too slow for `least` now remains so.
    const double total = total_seconds(groups);
    while (ranks > 1) {
        const double wall = start_up + wall_seconds(groups, ranks);
        if (total >= least * static_cast<double>(ranks) * wall) return ranks;
        ranks = std::min(ranks - 1, static_cast<std::int64_t>(total / (least * wall)));
    }
    return 1;
}

}  // namespace curldescent
