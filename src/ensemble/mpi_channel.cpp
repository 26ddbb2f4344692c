#include "curldescent/ensemble/mpi_channel.hpp"

#include <algorithm>
#include <string>
#include <thread>

namespace curldescent {
namespace {

constexpr Patience shortest_sleep{20};
constexpr Patience longest_sleep{1000};

/// Boost.MPI sets errors to be returned: a raw call that is not checked would fail in silence.
void check(int code, const char* call) {
    if (code == MPI_SUCCESS) return;
    std::string text(MPI_MAX_ERROR_STRING, '\0');
    int length = 0;
    MPI_Error_string(code, text.data(), &length);
    text.resize(static_cast<std::size_t>(length));
    throw std::runtime_error(std::string(call) + " failed: " + text);
}

/// Sleeps twice as long at each call, up to a millisecond.
class Backoff {
  public:
    void sleep() {
        std::this_thread::sleep_for(next_);
        next_ = std::min(2 * next_, longest_sleep);
    }

  private:
    Patience next_ = shortest_sleep;
};

}  // namespace

MpiChannel::MpiChannel(const boost::mpi::communicator& world) : communicator_(world, boost::mpi::comm_duplicate) {}

void MpiChannel::send(int destination, MessageKind kind, std::span<const std::byte> bytes) {
    const int tag = static_cast<int>(kind);
    if (bytes.empty()) {
        communicator_.send(destination, tag);  // Boost.MPI takes a reference to the first byte, which must be there
    } else {
        communicator_.send(destination, tag, reinterpret_cast<const char*>(bytes.data()),
                           static_cast<int>(bytes.size()));
    }
}

std::optional<Message> MpiChannel::take() {
    const auto status = communicator_.iprobe(boost::mpi::any_source, boost::mpi::any_tag);
    if (!status) return std::nullopt;
    Message message{.source = status->source(), .kind = static_cast<MessageKind>(status->tag()), .bytes = {}};
    const int size = status->count<char>().value_or(0);
    if (size == 0) {
        communicator_.recv(message.source, status->tag());
    } else {
        message.bytes.resize(static_cast<std::size_t>(size));
        communicator_.recv(message.source, status->tag(), reinterpret_cast<char*>(message.bytes.data()), size);
    }
    return message;
}

std::optional<Message> MpiChannel::receive(Patience patience) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    Backoff backoff;
    for (;;) {
        if (auto message = take()) return message;
        if (std::chrono::steady_clock::now() >= deadline) return std::nullopt;
        backoff.sleep();
    }
}

void wait_patiently(MPI_Request request) {
    Backoff backoff;
    for (int done = 0;;) {
        check(MPI_Test(&request, &done, MPI_STATUS_IGNORE), "MPI_Test");
        if (done != 0) return;
        backoff.sleep();
    }
}

std::string broadcast(const boost::mpi::communicator& communicator, const std::string& text) {
    MPI_Request request = MPI_REQUEST_NULL;
    std::uint64_t length = text.size();
    check(MPI_Ibcast(&length, 1, MPI_UINT64_T, 0, communicator, &request), "MPI_Ibcast");
    wait_patiently(request);
    std::string received = text;
    received.resize(length);
    check(MPI_Ibcast(received.data(), static_cast<int>(length), MPI_CHAR, 0, communicator, &request), "MPI_Ibcast");
    wait_patiently(request);
    return received;
}

void barrier(const boost::mpi::communicator& communicator) {
    MPI_Request request = MPI_REQUEST_NULL;
    check(MPI_Ibarrier(communicator, &request), "MPI_Ibarrier");
    wait_patiently(request);
}

}  // namespace curldescent
