#pragma once

#include <mpi.h>

#include <boost/mpi/communicator.hpp>
#include <list>
#include <string>
#include <vector>

#include "curldescent/ensemble/channel.hpp"

namespace curldescent {

/// Messages between ranks, through Boost.MPI on a communicator of its own. Only the thread that initialised
/// MPI may use it.
class MpiChannel : public Channel {
  public:
    /// Duplicates `world`, so that no other message can be mistaken for one of ours; every rank calls it.
    explicit MpiChannel(const boost::mpi::communicator& world);
    MpiChannel(const MpiChannel&) = delete;
    MpiChannel& operator=(const MpiChannel&) = delete;

    /// Does not wait for messages that nobody has received: who should have may be the trouble.
    ~MpiChannel() override;

    [[nodiscard]] int rank() const override { return communicator_.rank(); }
    [[nodiscard]] int size() const override { return communicator_.size(); }

    void send(int destination, MessageKind kind, std::span<const std::byte> bytes) override;

    /// Looks, sleeps a little, and looks again: a waiting rank leaves its core to others.
    std::optional<Message> receive(Patience patience) override;

  private:
    /// A message that MPI may still read.
    struct Sent {
        std::vector<std::byte> bytes;
        MPI_Request request = MPI_REQUEST_NULL;
    };

    void forget_delivered();
    std::optional<Message> take();

    boost::mpi::communicator communicator_;
    std::list<Sent> on_the_way_;
};

/// Throws std::runtime_error that names the call when its result is an error. Boost.MPI sets errors to be returned: a
/// raw call that is not checked would fail in silence.
void check_mpi(int code, const char* call);

/// Waits for a non-blocking MPI operation without burning a core. Throws std::runtime_error when MPI fails.
void wait_patiently(MPI_Request request);

/// Broadcasts a text from rank 0; the other ranks wait patiently. Returns it on every rank.
std::string broadcast(const boost::mpi::communicator& communicator, const std::string& text);

/// Waits until every rank is here, patiently.
void barrier(const boost::mpi::communicator& communicator);

}  // namespace curldescent
