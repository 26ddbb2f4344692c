#include "curldescent/ensemble/mpi_channel.hpp"

#include <gtest/gtest.h>

#include <boost/mpi/collectives.hpp>
#include <boost/mpi/operations.hpp>
#include <chrono>
#include <thread>

#include "ensemble/channel_scenarios.hpp"

namespace curldescent {
namespace {

TEST(MpiChannel, DeliversNumbersInTheOrderSent) {
    MpiChannel channel(boost::mpi::communicator{});
    scenarios::numbers_arrive_in_the_order_sent(channel);
}

TEST(MpiChannel, DeliversAnEmptyMessage) {
    MpiChannel channel(boost::mpi::communicator{});
    scenarios::an_empty_message_arrives(channel);
}

TEST(MpiChannel, DispatchesEveryTaskOnce) {
    MpiChannel channel(boost::mpi::communicator{});
    if (channel.size() == 1) GTEST_SKIP() << "needs a worker";
    scenarios::every_task_is_done_once(channel);
}

TEST(MpiChannel, ReceivesNothingWhenPatienceEnds) {
    MpiChannel channel(boost::mpi::communicator{});
    EXPECT_FALSE(channel.receive(Patience(100)).has_value());
}

TEST(MpiChannel, DoesNotHearOtherCommunicators) {
    const boost::mpi::communicator world;
    MpiChannel channel(world);
    MpiChannel other(world);
    const int next = (world.rank() + 1) % world.size();

    send_value(other, next, MessageKind::report, std::int64_t{7});
    const auto own = channel.receive(Patience(1000));
    const auto others = other.receive(scenarios::long_patience);

    EXPECT_FALSE(own.has_value());
    ASSERT_TRUE(others.has_value());
    EXPECT_EQ(read_values<std::int64_t>(*others).at(0), 7);
}

TEST(MpiChannel, CarriesATask) {
    MpiChannel channel(boost::mpi::communicator{});
    Task task;
    task.index = 41;
    task.settings.training.learning_rate = 0.25;
    const int next = (channel.rank() + 1) % channel.size();

    send_value(channel, next, MessageKind::task, task);
    const auto message = channel.receive(scenarios::long_patience);

    ASSERT_TRUE(message.has_value());
    EXPECT_EQ(read_values<Task>(*message).at(0).index, 41);
    EXPECT_EQ(read_values<Task>(*message).at(0).settings.training.learning_rate, 0.25);
}

TEST(Broadcast, GivesEveryRankTheTextOfRankZero) {
    const boost::mpi::communicator world;
    const std::string mine = world.rank() == 0 ? std::string(100'000, 'x') : "another";
    EXPECT_EQ(broadcast(world, mine), std::string(100'000, 'x'));
    EXPECT_EQ(broadcast(world, world.rank() == 0 ? "" : "another"), "");
}

TEST(Barrier, LetsNoRankPassBeforeAllCame) {
    // The clock is one for all: ranks of this test share a machine.
    constexpr std::chrono::milliseconds delay(100);
    const boost::mpi::communicator world;
    barrier(world);
    if (world.rank() == 0) std::this_thread::sleep_for(delay);
    const auto came = std::chrono::steady_clock::now().time_since_epoch().count();

    barrier(world);

    const auto left = std::chrono::steady_clock::now().time_since_epoch().count();
    const auto last_came = boost::mpi::all_reduce(world, came, boost::mpi::maximum<std::int64_t>());
    EXPECT_GE(left, last_came);
}

}  // namespace
}  // namespace curldescent
