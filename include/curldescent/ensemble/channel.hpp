#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <stdexcept>
#include <string_view>
#include <type_traits>
#include <vector>

#include "curldescent/model/enumeration.hpp"

namespace curldescent {

/// Everything that is ever said between dispatcher and workers.
enum class MessageKind : std::uint8_t {
    task,    ///< dispatcher to worker: a Task, or several
    halt,    ///< dispatcher to worker: save and leave your tasks; empty
    stop,    ///< dispatcher to worker: no more tasks; empty
    report,  ///< worker to dispatcher: a TaskReport, or several
    alive,   ///< worker to dispatcher, now and then while it works on a task; empty
    signal,  ///< worker to dispatcher: a signal asks for an early stop; empty
};

template <>
inline constexpr std::array<std::string_view, 6> enumeration_names<MessageKind>{"task",   "halt",  "stop",
                                                                                "report", "alive", "signal"};

/// A received message.
struct Message {
    int source = 0;
    MessageKind kind = MessageKind::stop;
    std::vector<std::byte> bytes;
};

/// How long a channel waits for a message.
using Patience = std::chrono::microseconds;

/// A member's view of a group whose members send each other plain bytes. Messages from one member to another
/// arrive in the order sent. Waiting costs next to no processor time.
class Channel {
  public:
    Channel() = default;
    Channel(const Channel&) = delete;
    Channel& operator=(const Channel&) = delete;
    virtual ~Channel() = default;

    [[nodiscard]] virtual int rank() const = 0;
    [[nodiscard]] virtual int size() const = 0;

    /// Sends bytes to a member; does not wait for it to receive them.
    virtual void send(int destination, MessageKind kind, std::span<const std::byte> bytes) = 0;

    /// The next message, or nothing when none came within `patience`.
    virtual std::optional<Message> receive(Patience patience) = 0;
};

/// Sends a plain struct.
template <class Value>
requires std::is_trivially_copyable_v<Value>
void send_value(Channel& channel, int destination, MessageKind kind, const Value& value) {
    channel.send(destination, kind, std::as_bytes(std::span(&value, 1)));
}

/// Sends several plain structs at once.
template <class Value>
requires std::is_trivially_copyable_v<Value>
void send_values(Channel& channel, int destination, MessageKind kind, const std::vector<Value>& values) {
    channel.send(destination, kind, std::as_bytes(std::span(values)));
}

/// The plain structs that a message holds, at least one. Throws std::runtime_error when its size is not theirs.
template <class Value>
requires std::is_trivially_copyable_v<Value> std::vector<Value> read_values(const Message& message) {
    if (message.bytes.empty() || message.bytes.size() % sizeof(Value) != 0) {
        throw std::runtime_error("a message between ranks has an unexpected size: do all ranks run the same program?");
    }
    std::vector<Value> values(message.bytes.size() / sizeof(Value));
    std::memcpy(values.data(), message.bytes.data(), message.bytes.size());
    return values;
}

}  // namespace curldescent
