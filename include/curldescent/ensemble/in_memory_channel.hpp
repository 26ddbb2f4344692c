#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "curldescent/ensemble/channel.hpp"

namespace curldescent {

/// Channels between threads of one process: for rank 0's own worker, and for tests of everything that speaks
/// over a channel. The hub outlives the channels it makes.
class InMemoryHub {
  public:
    explicit InMemoryHub(int size) : mailboxes_(static_cast<std::size_t>(size)) {}

    /// The view of member `rank`, 0 <= rank < size.
    [[nodiscard]] std::unique_ptr<Channel> channel(int rank);

  private:
    friend class InMemoryChannel;

    struct Mailbox {
        std::mutex mutex;
        std::condition_variable arrived;
        std::deque<Message> messages;
    };

    std::vector<Mailbox> mailboxes_;
};

}  // namespace curldescent
