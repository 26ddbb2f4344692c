#include "curldescent/ensemble/worker_loads.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

namespace curldescent {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr Load nothing = Load::nothing;
constexpr Load little = Load::little;
constexpr Load enough = Load::enough;

/// Who gets batches of one task each, in order, when each has enough after one.
std::vector<std::size_t> assign(const std::vector<Load>& loads, std::int64_t remaining) {
    WorkerLoads workers(loads.size());
    for (std::size_t k = 0; k < loads.size(); ++k) workers.set(k, loads[k]);
    std::vector<std::size_t> receivers;
    while (const auto worker = workers.next(remaining)) {
        receivers.push_back(*worker);
        workers.set(*worker, enough);
        --remaining;
    }
    return receivers;
}

TEST(LoadOf, IsEnoughWithTwoBatchesOrOneThatTakesLong) {
    EXPECT_EQ(load_of(0, 0.0), Load::nothing);
    EXPECT_EQ(load_of(1, 0.05), Load::little);
    EXPECT_EQ(load_of(1, 0.1), Load::enough);
    EXPECT_EQ(load_of(2, 0.05), Load::enough);
}

TEST(WorkerLoads, ServesIdleWorkersFirst) {
    EXPECT_THAT(assign({little, nothing, enough}, 5), ElementsAre(1, 0));
}

TEST(WorkerLoads, LetsNoTaskWaitBehindAnotherNearTheEnd) {
    EXPECT_THAT(assign({little, little, little}, 3), IsEmpty());
    EXPECT_THAT(assign({little, nothing, little}, 4), ElementsAre(1));
}

TEST(WorkerLoads, GivesNothingWhenNothingRemains) {
    EXPECT_THAT(assign({nothing, nothing}, 0), IsEmpty());
    EXPECT_THAT(assign({nothing, nothing}, 1), ElementsAre(0));
}

TEST(WorkerLoads, GivesNothingWithoutWorkers) {
    EXPECT_THAT(assign({}, 4), IsEmpty());
}

TEST(WorkerLoads, GivesNoMoreToWorkersThatHaveEnough) {
    EXPECT_THAT(assign({enough, enough}, 50), IsEmpty());
}

/// Plays a schedule with known durations: the time at which the last task ends.
double makespan(const std::vector<double>& durations, int workers) {
    std::vector<std::vector<double>> queues(static_cast<std::size_t>(workers));
    std::vector<double> free_at(static_cast<std::size_t>(workers), 0.0);
    std::size_t given = 0;
    WorkerLoads loads(queues.size());
    const auto note = [&](std::size_t w) {
        loads.set(w, load_of(static_cast<int>(queues[w].size()), queues[w].empty() ? 0.0 : queues[w][0]));
    };
    const auto hand_out = [&] {
        while (const auto worker = loads.next(static_cast<std::int64_t>(durations.size() - given))) {
            queues[*worker].push_back(durations[given++]);
            note(*worker);
        }
    };
    double now = 0.0;
    hand_out();
    for (std::size_t finished = 0; finished < durations.size(); ++finished) {
        std::size_t next = queues.size();
        for (std::size_t w = 0; w < queues.size(); ++w) {
            if (queues[w].empty()) continue;
            if (next == queues.size() || free_at[w] + queues[w].front() < free_at[next] + queues[next].front()) {
                next = w;
            }
        }
        now = free_at[next] += queues[next].front();
        queues[next].erase(queues[next].begin());
        note(next);
        for (std::size_t w = 0; w < queues.size(); ++w) {
            if (queues[w].empty()) free_at[w] = std::max(free_at[w], now);
        }
        hand_out();
    }
    return now;
}

TEST(WorkerLoads, EndsWithinOneTaskOfTheBestPossible) {
    std::vector<double> durations;
    for (int k = 0; k < 40; ++k) durations.push_back(40.0 - k);  // longest first: 40, 39, ..., 1
    const double total = std::accumulate(durations.begin(), durations.end(), 0.0);

    EXPECT_GE(makespan(durations, 3), total / 3);
    EXPECT_LE(makespan(durations, 3), total / 3 + 2.0);
}

}  // namespace
}  // namespace curldescent
