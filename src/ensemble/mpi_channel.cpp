#include "curldescent/ensemble/mpi_channel.hpp"

#include <algorithm>
#include <string>
#include <thread>

namespace curldescent {
namespace {

constexpr Patience shortest_sleep{20};
constexpr Patience longest_sleep{1000};

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

void check_mpi(int code, const char* call) {
    if (code == MPI_SUCCESS) return;
    std::string text(MPI_MAX_ERROR_STRING, '\0');
    int length = 0;
    MPI_Error_string(code, text.data(), &length);
    text.resize(static_cast<std::size_t>(length));
    throw std::runtime_error(std::string(call) + " failed: " + text);
}

MpiChannel::MpiChannel(const boost::mpi::communicator& world) : communicator_(world, boost::mpi::comm_duplicate) {}

MpiChannel::~MpiChannel() {
    static std::list<Sent> undelivered;  // MPI may read them until the program ends
    for (Sent& message : on_the_way_) MPI_Request_free(&message.request);
    undelivered.splice(undelivered.end(), on_the_way_);
}

/// A blocking send of more than about 256 bytes waits in a busy loop until the other rank looks, which it does not
/// while it computes.
void MpiChannel::send(int destination, MessageKind kind, std::span<const std::byte> bytes) {
    forget_delivered();
    Sent& message = on_the_way_.emplace_back(Sent{.bytes = {bytes.begin(), bytes.end()}});
    check_mpi(MPI_Isend(message.bytes.data(), static_cast<int>(message.bytes.size()), MPI_BYTE, destination,
                        static_cast<int>(kind), communicator_, &message.request),
              "MPI_Isend");
}

/// Looks at a few, in turn: those for ranks that compute may be thousands.
void MpiChannel::forget_delivered() {
    constexpr std::size_t looks = 4;
    for (std::size_t left = std::min(looks, on_the_way_.size()); left > 0; --left) {
        int done = 0;
        check_mpi(MPI_Test(&on_the_way_.front().request, &done, MPI_STATUS_IGNORE), "MPI_Test");
        if (done != 0) {
            on_the_way_.pop_front();
        } else {
            on_the_way_.splice(on_the_way_.end(), on_the_way_, on_the_way_.begin());
        }
    }
}

std::optional<Message> MpiChannel::take() {
    forget_delivered();
    auto status = communicator_.iprobe(boost::mpi::any_source, boost::mpi::any_tag);
    // OpenMPI looks first and fetches then: what has just come is seen the second time.
    if (!status) status = communicator_.iprobe(boost::mpi::any_source, boost::mpi::any_tag);
    if (!status) return std::nullopt;
    const int size = status->count<char>().value_or(0);
    Message message{.source = status->source(),
                    .kind = static_cast<MessageKind>(status->tag()),
                    .bytes = std::vector<std::byte>(static_cast<std::size_t>(size))};
    check_mpi(
        MPI_Recv(message.bytes.data(), size, MPI_BYTE, message.source, status->tag(), communicator_, MPI_STATUS_IGNORE),
        "MPI_Recv");
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
        check_mpi(MPI_Test(&request, &done, MPI_STATUS_IGNORE), "MPI_Test");
        if (done != 0) return;
        backoff.sleep();
    }
}

std::string broadcast(const boost::mpi::communicator& communicator, const std::string& text) {
    MPI_Request request = MPI_REQUEST_NULL;
    std::uint64_t length = text.size();
    check_mpi(MPI_Ibcast(&length, 1, MPI_UINT64_T, 0, communicator, &request), "MPI_Ibcast");
    wait_patiently(request);
    std::string received = text;
    received.resize(length);
    check_mpi(MPI_Ibcast(received.data(), static_cast<int>(length), MPI_CHAR, 0, communicator, &request), "MPI_Ibcast");
    wait_patiently(request);
    return received;
}

void barrier(const boost::mpi::communicator& communicator) {
    MPI_Request request = MPI_REQUEST_NULL;
    check_mpi(MPI_Ibarrier(communicator, &request), "MPI_Ibarrier");
    wait_patiently(request);
}

}  // namespace curldescent
