#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <vector>

namespace curldescent {

/// What a worker has to do, as far as it matters for whether it gets more.
enum class Load : std::uint8_t {
    nothing,
    little,  ///< one batch, which soon ends: the next one should be there by then
    enough,
};

/// The load of a worker with so many batches, which are expected to take so many seconds together. A batch of a tenth
/// of a second or more is enough: the next one comes in a millisecond when it is asked for, and whatever waits behind
/// another task may come to wait while a worker is idle.
Load load_of(int batches, double expected_seconds);

/// What each worker has to do, and who gets the next batch: found in a time that hardly grows with their number.
class WorkerLoads {
  public:
    /// All have nothing.
    explicit WorkerLoads(std::size_t workers);

    void set(std::size_t worker, Load load);

    /// The worker that gets the next batch: the first that has nothing; then, while more tasks are left than there are
    /// workers, the first that has little. `remaining` is the number of tasks not yet given out. Example: loads
    /// {little, nothing, enough}, remaining 5: 1; and when that has enough, with 4 remaining, 0.
    [[nodiscard]] std::optional<std::size_t> next(std::int64_t remaining) const;

  private:
    std::vector<Load> loads_;
    std::set<std::size_t> nothing_;  // the workers that have nothing
    std::set<std::size_t> little_;   // and little
};

}  // namespace curldescent
