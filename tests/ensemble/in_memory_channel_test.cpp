#include "curldescent/ensemble/in_memory_channel.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <thread>

#include "ensemble/channel_scenarios.hpp"

namespace curldescent {
namespace {

void run_on_all(int size, const std::function<void(Channel&)>& scenario) {
    InMemoryHub hub(size);
    std::vector<std::jthread> members;
    for (int rank = 0; rank < size; ++rank) {
        members.emplace_back([&hub, &scenario, rank] { scenario(*hub.channel(rank)); });
    }
}

TEST(InMemoryChannel, KnowsItsRankAndSize) {
    InMemoryHub hub(3);
    const auto channel = hub.channel(2);
    EXPECT_EQ(channel->rank(), 2);
    EXPECT_EQ(channel->size(), 3);
}

TEST(InMemoryChannel, DeliversNumbersInTheOrderSent) {
    run_on_all(3, scenarios::numbers_arrive_in_the_order_sent);
}

TEST(InMemoryChannel, DeliversAnEmptyMessage) {
    run_on_all(2, scenarios::an_empty_message_arrives);
}

TEST(InMemoryChannel, DispatchesEveryTaskOnce) {
    run_on_all(4, scenarios::every_task_is_done_once);
}

TEST(InMemoryChannel, ReceivesNothingWhenPatienceEnds) {
    InMemoryHub hub(1);
    EXPECT_FALSE(hub.channel(0)->receive(Patience(100)).has_value());
}

TEST(ReadValue, RefusesAMessageOfAnotherSize) {
    const Message message{.source = 0, .kind = MessageKind::report, .bytes = std::vector<std::byte>(3)};
    EXPECT_THROW((void)read_values<TaskReport>(message), std::runtime_error);
}

}  // namespace
}  // namespace curldescent
