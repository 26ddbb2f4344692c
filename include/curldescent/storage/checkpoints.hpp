#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "curldescent/experiment/experiment.hpp"
#include "curldescent/experiment/task.hpp"

namespace curldescent {

/// Everything that a saved state depends on beside its task: the settings (name and number of replicates apart), the
/// supplied data, and the build, since another one may round differently.
std::string checkpoint_origin(const Experiment& experiment, const std::string& data_checksum);

/// The saved states of tasks that have not ended, one file each in a folder beside the results. Any rank may save,
/// load or remove those of the tasks that it works on. Copies, which may be in other threads, know of each other's.
class Checkpoints {
  public:
    /// Looks into the folder, once: on a cluster every look for a task's file is work for all.
    Checkpoints(std::filesystem::path folder, std::string origin);

    /// Replaces the state of a task. A crash leaves the old or the new one whole. Throws StorageError.
    void save(const Task& task, std::span<const std::byte> state) const;

    /// The state of a task; empty when there is none, or when what is there is damaged or of another origin.
    [[nodiscard]] std::vector<std::byte> load(const Task& task) const;

    /// Whether there is a state of a task, whatever it is worth: there was at the start, or was saved since.
    [[nodiscard]] bool has(const Task& task) const;

    /// Forgets the state of a task that has ended.
    void remove(const Task& task) const;

  private:
    /// The names of the files that are there.
    struct Names {
        std::mutex mutex;
        std::set<std::string> names;
    };

    [[nodiscard]] std::filesystem::path path(const Task& task) const;
    [[nodiscard]] std::uint64_t checksum(const Task& task, std::span<const std::byte> state) const;

    std::filesystem::path folder_;
    std::string origin_;
    std::shared_ptr<Names> there_ = std::make_shared<Names>();
};

}  // namespace curldescent
