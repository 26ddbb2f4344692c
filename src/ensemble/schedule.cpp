#include "curldescent/ensemble/schedule.hpp"

#include <algorithm>
#include <tuple>

namespace curldescent {

void sort_longest_first(std::vector<PlannedTask>& tasks) {
    std::sort(tasks.begin(), tasks.end(), [](const PlannedTask& a, const PlannedTask& b) {
        return std::tuple(-a.expected_seconds, a.index) < std::tuple(-b.expected_seconds, b.index);
    });
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
