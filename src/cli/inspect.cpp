#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <ctime>

#include "commands.hpp"
#include "curldescent/storage/digest.hpp"
#include "curldescent/storage/provenance.hpp"
#include "curldescent/storage/results_file.hpp"
#include "run_text.hpp"
#include "shard.hpp"

namespace curldescent::cli {
namespace {

constexpr std::size_t most_messages = 10;

std::string time_text(double seconds) {
    constexpr double year_10000 = 253402300800.0;
    if (std::isnan(seconds)) return "not yet";
    if (seconds < 0.0 || seconds >= year_10000) return "at an unknown time";
    return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", fmt::gmtime(static_cast<std::time_t>(seconds)));
}

/// What the finished runs took, and were expected to take.
struct Times {
    double used = 0.0;       ///< seconds
    double predicted = 0.0;  ///< the same, for the updates made
    double updates = 0.0;
    double foreseen_updates = 0.0;

    /// Adds a point's finished runs.
    void add(ResultsFile& results, const std::vector<RunStatus>& status, std::int64_t point, double foreseen) {
        const PointRange only{point, point + 1};
        const std::vector<double> seconds = results.read_at("timing/wall_seconds", only);
        const std::vector<double> predictions = results.read_at("timing/predicted_seconds", only);
        const std::vector<double> made = results.read_at("timing/updates", only);
        for (std::size_t k = 0; k < status.size(); ++k) {
            if (!is_finished(status[k])) continue;
            used += seconds[k];
            predicted += predictions[k] * made[k] / foreseen;
            updates += made[k];
            foreseen_updates += foreseen;
        }
    }

    void print() const {
        constexpr double hour = 3600.0;
        if (updates == 0.0) return;
        fmt::print("core-hours: {:.4g} used, {:.4g} predicted for the updates made, ratio {:.2f}\n", used / hour,
                   predicted / hour, used / predicted);
        if (updates == foreseen_updates) return;
        fmt::print("runs that converged or diverged ended early: {:.3g} of {:.3g} updates were made\n", updates,
                   foreseen_updates);
    }
};

}  // namespace

int print_status(const std::string& file) {
    ResultsFile results(file);
    const std::vector<std::string> rules = results.read_rules();
    const Extents& extents = results.extents();
    std::array<std::int64_t, 256> counts{};
    std::vector<std::string> messages;
    const Experiment experiment = results.read_experiment();
    const Shard shard = stored_shard(read_provenance(results).shard);
    std::int64_t pending_of_share = 0;
    Times times;
    for (std::int64_t point = 0; point < extents.points; ++point) {
        const std::vector<RunStatus> status = results.read_status(point);
        times.add(results, status, point, foreseen_updates(point_settings(experiment, point)));
        for (std::size_t k = 0; k < status.size(); ++k) {
            ++counts.at(static_cast<std::size_t>(status[k]));
            const RunIndex run = run_at(point, k, extents);
            if (status[k] == RunStatus::pending && belongs(task_of(run, extents), shard)) ++pending_of_share;
            if (status[k] != RunStatus::failed || messages.size() == most_messages) continue;
            messages.push_back(fmt::format("failed: {}: {}", run_text(run, rules), results.read_message(run)));
        }
    }

    const std::int64_t all = extents.points * extents.rules * extents.replicates;
    fmt::print("{}: {} points x {} rules x {} replicates = {} runs\n", file, extents.points, extents.rules,
               extents.replicates, all);
    for (std::size_t value = 0; value < counts.size(); ++value) {
        if (value < enumeration_names<RunStatus>.size() || counts[value] > 0) {
            fmt::print("{:>10} {}\n", counts[value], status_name(static_cast<RunStatus>(value)));
        }
    }
    if (shard != Shard{}) fmt::print("share {}: {} of its runs are pending\n", shard_text(shard), pending_of_share);
    fmt::print("started {}, ended {}\n", time_text(results.read_provenance_number("start_time")),
               time_text(results.read_provenance_number("end_time")));
    times.print();
    for (const std::string& message : messages) fmt::print("{}\n", message);
    return ExitCode::done;
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
