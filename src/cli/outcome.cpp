#include "outcome.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string_view>

#include "duration.hpp"
#include "shard.hpp"
#include "stop_signals.hpp"

namespace curldescent::cli {
namespace {

/// The signal that asked for a stop: this rank may not have got it.
std::string_view signal_text() {
    return stop_signal().empty() ? "a signal to another rank" : stop_signal();
}

/// The command that goes on with a run, without its launcher.
std::string resume_command(const RunArguments& arguments) {
    std::string command = fmt::format("curldescent run {} -o {} --resume", arguments.experiment, arguments.output);
    if (arguments.shard != Shard{}) command += fmt::format(" --shard {}", shard_text(arguments.shard));
    if (arguments.replicates) command += fmt::format(" --replicates {}", *arguments.replicates);
    if (!arguments.overrides.empty()) command += fmt::format(" --set '{}'", fmt::join(arguments.overrides, "' '"));
    return command;
}

}  // namespace

void name_silent(const SilentWorker& silent, const std::vector<std::string>& hosts) {
    fmt::print(stderr, "curldescent: rank {} on {} has not been heard of for {} (it has task {})\n", silent.worker,
               hosts.at(silent.worker), duration_text(silent.seconds), silent.task);
}

void print_outcome(const SessionOutcome& outcome, const PreparedOutput& prepared, const RunArguments& arguments) {
    const std::string& output = arguments.output;
    const bool whole = arguments.shard == Shard{};
    if (prepared.tasks.empty()) {
        fmt::print(stderr, "curldescent: {}: {}, nothing was left to run\n", output,
                   whole ? "complete" : fmt::format("share {} is complete", shard_text(arguments.shard)));
        return;
    }
    fmt::print(stderr, "curldescent: {}: {}{} runs done, {} diverged, {} failed\n", output,
               prepared.beginning == Beginning::resumed ? "resumed, now " : "", outcome.count(RunStatus::done),
               outcome.count(RunStatus::diverged), outcome.count(RunStatus::failed));
    if (outcome.count(RunStatus::failed) > 0) {
        fmt::print(stderr, "curldescent: see why with `curldescent status {}`; --resume tries them again\n", output);
    }
    if (outcome.dispatch.left == 0) {
        if (!whole) {
            fmt::print(stderr, "curldescent: share {} is complete; `curldescent merge` puts all shares into one file\n",
                       shard_text(arguments.shard));
        }
        return;
    }
    const std::string reason = outcome.dispatch.signalled          ? fmt::format("by {}", signal_text())
                               : outcome.dispatch.given_up.empty() ? "by its time limit"
                                                                   : "since ranks do not answer";
    fmt::print(stderr, "curldescent: stopped early {}: {} of {} tasks are left; go on with `{}`\n", reason,
               outcome.dispatch.left, prepared.tasks.size(), resume_command(arguments));
}

}  // namespace curldescent::cli
