#pragma once

#include <functional>
#include <memory>
#include <thread>

#include "curldescent/ensemble/channel.hpp"
#include "curldescent/ensemble/worker.hpp"

namespace curldescent {

/// The worker of the dispatcher's own process: a thread behind an in-memory channel. Its results wait until
/// the main thread takes them, since that thread alone may call MPI and HDF5.
class LocalWorker {
  public:
    /// `hooks.keep` is not called: see `keep_results`.
    explicit LocalWorker(WorkerHooks hooks, const WorkerOptions& options = {});

    /// Leaves a thread behind that was not joined: a task cannot be interrupted, and the program is about to
    /// end with an error.
    ~LocalWorker();

    LocalWorker(const LocalWorker&) = delete;
    LocalWorker& operator=(const LocalWorker&) = delete;

    /// The dispatcher's end of the channel; the worker is its member 1.
    [[nodiscard]] Channel& channel();

    /// Hands all waiting results to `keep`, on the caller's thread. Throws what the worker's thread threw, if
    /// it died.
    void keep_results(const KeepResults& keep);

    /// Waits for the end of the thread, which was told to stop over the channel.
    void join();

  private:
    struct State;

    std::shared_ptr<State> state_;  // shared with the thread, which may outlive this object
    std::thread thread_;
};

}  // namespace curldescent
