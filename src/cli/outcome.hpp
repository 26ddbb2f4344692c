#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "commands.hpp"
#include "curldescent/ensemble/dispatcher.hpp"
#include "curldescent/experiment/task.hpp"
#include "output.hpp"

namespace curldescent::cli {

using RunsByStatus = std::array<std::int64_t, enumeration_names<RunStatus>.size()>;

/// What became of the tasks of this session.
struct SessionOutcome {
    RunsByStatus counts{};
    DispatchOutcome dispatch;

    [[nodiscard]] std::int64_t count(RunStatus status) const { return counts[static_cast<std::size_t>(status)]; }
    [[nodiscard]] ExitCode exit_code() const {
        if (dispatch.left > 0) return ExitCode::stopped;
        return count(RunStatus::failed) > 0 ? ExitCode::failed : ExitCode::done;
    }
};

/// Says that a rank gives no sign of life. `hosts` has the host of each rank.
void name_silent(const SilentWorker& silent, const std::vector<std::string>& hosts);

/// Says what became of the runs of this session, where to find why some failed, and how to go on.
void print_outcome(const SessionOutcome& outcome, const PreparedOutput& prepared, const RunArguments& arguments);

}  // namespace curldescent::cli
