#include "curldescent/ensemble/in_memory_channel.hpp"

#include <utility>

namespace curldescent {

class InMemoryChannel : public Channel {
  public:
    InMemoryChannel(InMemoryHub& hub, int rank) : hub_(hub), rank_(rank) {}

    [[nodiscard]] int rank() const override { return rank_; }
    [[nodiscard]] int size() const override { return static_cast<int>(hub_.mailboxes_.size()); }

    void send(int destination, MessageKind kind, std::span<const std::byte> bytes) override {
        auto& mailbox = hub_.mailboxes_.at(static_cast<std::size_t>(destination));
        {
            const std::lock_guard lock(mailbox.mutex);
            mailbox.messages.push_back({rank_, kind, {bytes.begin(), bytes.end()}});
        }
        mailbox.arrived.notify_one();
    }

    std::optional<Message> receive(Patience patience) override {
        auto& mailbox = hub_.mailboxes_.at(static_cast<std::size_t>(rank_));
        std::unique_lock lock(mailbox.mutex);
        if (!mailbox.arrived.wait_for(lock, patience, [&] { return !mailbox.messages.empty(); })) return std::nullopt;
        Message message = std::move(mailbox.messages.front());
        mailbox.messages.pop_front();
        return message;
    }

  private:
    InMemoryHub& hub_;
    int rank_;
};

std::unique_ptr<Channel> InMemoryHub::channel(int rank) {
    return std::make_unique<InMemoryChannel>(*this, rank);
}

}  // namespace curldescent
