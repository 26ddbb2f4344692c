#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace curldescent {

/// What is to become of a task under way.
enum class Wish : std::uint8_t {
    go_on,
    save,   ///< keep its state, and go on
    leave,  ///< keep its state, and end without a result
};

/// The surroundings of a task, which it asks for their wishes now and then.
class TaskMonitor {
  public:
    TaskMonitor() = default;
    TaskMonitor(const TaskMonitor&) = delete;
    TaskMonitor& operator=(const TaskMonitor&) = delete;
    virtual ~TaskMonitor() = default;

    /// The state with which the task goes on; empty when it is to start.
    virtual std::vector<std::byte> saved() = 0;

    /// Asked between two epochs, about every 50 ms where epochs are shorter. What it throws ends the task.
    virtual Wish ask() = 0;

    /// Keeps the state of the task as it is now.
    virtual void save(std::vector<std::byte> state) = 0;
};

}  // namespace curldescent
