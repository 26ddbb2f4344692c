#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <ctime>

#include "commands.hpp"
#include "curldescent/experiment/experiment.hpp"
#include "curldescent/storage/digest.hpp"
#include "curldescent/storage/results_file.hpp"

namespace curldescent::cli {
namespace {

constexpr std::int64_t most_messages = 10;

/// Calls visit(run, status) for every run of a file, in the order of the file.
template <class Visit>
void for_each_run(ResultsFile& results, Visit visit) {
    const Extents& extents = results.extents();
    for (std::int64_t point = 0; point < extents.points; ++point) {
        const std::vector<RunStatus> status = results.read_status(point);
        for (std::int64_t rule = 0; rule < extents.rules; ++rule) {
            for (std::int64_t replicate = 0; replicate < extents.replicates; ++replicate) {
                visit(RunIndex{point, rule, replicate},
                      status[static_cast<std::size_t>(rule * extents.replicates + replicate)]);
            }
        }
    }
}

std::string run_text(const RunIndex& run, const std::vector<std::string>& rules) {
    return fmt::format("point {}, {}, replicate {}", run.point, rules[static_cast<std::size_t>(run.rule)],
                       run.replicate);
}

std::string time_text(double seconds) {
    if (std::isnan(seconds)) return "not yet";
    return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", fmt::gmtime(static_cast<std::time_t>(seconds)));
}

std::string status_name(RunStatus status) {
    const auto value = static_cast<std::size_t>(status);
    return value < enumeration_names<RunStatus>.size() ? std::string(to_string(status))
                                                       : fmt::format("unknown ({})", value);
}

}  // namespace

int print_status(const std::string& file) {
    ResultsFile results(file);
    const std::vector<std::string> rules = results.read_rules();
    std::array<std::int64_t, 256> counts{};
    std::vector<std::string> messages;
    for_each_run(results, [&](const RunIndex& run, RunStatus status) {
        ++counts[static_cast<std::size_t>(status)];
        if (status == RunStatus::failed && counts[static_cast<std::size_t>(status)] <= most_messages) {
            messages.push_back(fmt::format("failed: {}: {}", run_text(run, rules), results.read_message(run)));
        }
    });

    const Extents& extents = results.extents();
    const std::int64_t all = extents.points * extents.rules * extents.replicates;
    fmt::print("{}: {} points x {} rules x {} replicates = {} runs\n", file, extents.points, extents.rules,
               extents.replicates, all);
    for (std::size_t value = 0; value < counts.size(); ++value) {
        if (value < enumeration_names<RunStatus>.size() || counts[value] > 0) {
            fmt::print("{:>10} {}\n", counts[value], status_name(static_cast<RunStatus>(value)));
        }
    }
    fmt::print("started {}, ended {}\n", time_text(results.read_provenance_number("start_time")),
               time_text(results.read_provenance_number("end_time")));
    for (const std::string& message : messages) fmt::print("{}\n", message);
    return ExitCode::done;
}

int verify(const std::string& file) {
    ResultsFile results(file);
    const std::vector<std::string> rules = results.read_rules();
    std::int64_t intact = 0;
    std::int64_t bad = 0;
    std::int64_t pending = 0;
    for_each_run(results, [&](const RunIndex& run, RunStatus status) {
        if (status == RunStatus::pending) {
            ++pending;
        } else if (results.is_intact(run)) {
            ++intact;
        } else {
            ++bad;
            fmt::print(
                "bad: {} ({}): its checksum does not match; do not use it, `run --resume` computes it "
                "again\n",
                run_text(run, rules), status_name(status));
        }
    });
    fmt::print("{}: {} rows intact, {} bad, {} pending\n", file, intact, bad, pending);
    return bad > 0 ? ExitCode::failed : ExitCode::done;
}

int print_digest(const std::string& file) {
    fmt::print("{}\n", digest(file));
    return ExitCode::done;
}

int print_template() {
    fmt::print("{}", template_text());
    return ExitCode::done;
}

}  // namespace curldescent::cli
