#include <fmt/format.h>

#include <cmath>
#include <optional>

#include "commands.hpp"
#include "curldescent/ensemble/statistics_check.hpp"
#include "curldescent/experiment/experiment.hpp"
#include "curldescent/model/error.hpp"
#include "curldescent/storage/label_check.hpp"
#include "curldescent/storage/provenance.hpp"
#include "curldescent/storage/results_file.hpp"
#include "run_text.hpp"

namespace curldescent::cli {
namespace {

/// A results file and what it says of itself, as far as that can still be read.
struct Examined {
    ResultsFile results;
    std::optional<Experiment> experiment;  ///< nothing when the settings are damaged
    std::vector<std::string> rules;
    Agreement agreement;  ///< of what is computed again
};

/// What became of the rows.
struct RowCounts {
    std::int64_t intact = 0;
    std::int64_t bad = 0;
    std::int64_t pending = 0;
    std::int64_t bad_times = 0;
    std::int64_t unknown_times = 0;
    std::vector<bool> whole_points;  ///< those without a bad row
};

/// The state of one part of the file, for the last line.
struct Part {
    std::int64_t bad = 0;
    std::string remark{};  ///< what could not be checked
};

std::optional<Experiment> stored_experiment(ResultsFile& results) {
    try {
        return parse_experiment(results.read_provenance_text("settings"), results.path(), {});
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

/// The names of the rules, by the settings: the labels may be damaged.
std::vector<std::string> rule_names(const ResultsFile& results, const std::optional<Experiment>& experiment) {
    std::vector<std::string> names;
    for (std::int64_t rule = 0; rule < results.extents().rules; ++rule) names.push_back(fmt::format("rule {}", rule));
    if (!experiment) return names;
    const auto& rules = experiment->settings.rules;
    for (std::size_t k = 0; k < std::min(rules.size(), names.size()); ++k) names[k] = to_string(rules[k]);
    return names;
}

Agreement agreement_of(ResultsFile& results) {
    try {
        return is_of_this_build(results) ? Agreement::exact : Agreement::rounding;
    } catch (const StorageError&) {
        return Agreement::rounding;
    }
}

Examined open(const std::string& file) {
    ResultsFile results(file);
    std::optional<Experiment> experiment = stored_experiment(results);
    std::vector<std::string> rules = rule_names(results, experiment);
    const Agreement agreement = agreement_of(results);
    return {std::move(results), std::move(experiment), std::move(rules), agreement};
}

void verify_rows_of(Examined& examined, const PointRange& points, RowCounts& counts) {
    ResultsFile& results = examined.results;
    const std::vector<RunStatus> status = results.read_status(points);
    const std::vector<bool> intact = results.read_intact(points);
    const std::vector<Integrity> times = results.read_times_integrity(points);
    const auto runs = static_cast<std::size_t>(results.extents().rules * results.extents().replicates);
    for (std::size_t k = 0; k < status.size(); ++k) {
        if (k % runs == 0) counts.whole_points.push_back(true);
        const auto run = [&] {
            const std::int64_t point = points.first + static_cast<std::int64_t>(k / runs);
            return run_text(run_at(point, k % runs, results.extents()), examined.rules);
        };
        if (status[k] == RunStatus::pending) {
            ++counts.pending;
            continue;
        }
        ++(intact[k] ? counts.intact : counts.bad);
        if (!intact[k]) {
            counts.whole_points.back() = false;
            fmt::print("bad: {} ({}): its checksum does not match; do not use it, `run --resume` repairs it\n", run(),
                       status_name(status[k]));
        }
        if (times[k] == Integrity::unknown) ++counts.unknown_times;
        if (times[k] != Integrity::damaged) continue;
        ++counts.bad_times;
        fmt::print(
            "bad: times of {}: their checksum does not match; its results do not depend on them, but do not "
            "trust what the group timing says of it\n",
            run());
    }
}

RowCounts verify_rows(Examined& examined) {
    RowCounts counts;
    const std::int64_t points = examined.results.extents().points;
    for (PointRange block; block.last < points;) {
        block = examined.results.next_block({block.last, points});
        verify_rows_of(examined, block, counts);
    }
    return counts;
}

Part verify_labels(Examined& examined) {
    if (!examined.experiment) return {.remark = "not checked: the settings in the file cannot be read"};
    const LabelReport report =
        check_labels(examined.results.path(), scientific_layout(*examined.experiment), examined.agreement);
    for (const auto& [name, problem] : report.spoilt) {
        fmt::print("bad: {}: {}; the rows do not depend on it, but do not select by it: take it from the experiment\n",
                   name, problem);
    }
    Part part{.bad = static_cast<std::int64_t>(report.spoilt.size())};
    if (!report.missing.empty()) {
        part.remark = fmt::format("{} of this build are not in the file, {} the first", report.missing.size(),
                                  report.missing.front());
    }
    return part;
}

/// Statistics are those of the rows once `end_time` says that all were seen, and while no row has changed since.
Part verify_statistics(Examined& examined, const RowCounts& rows) {
    if (std::isnan(examined.results.read_provenance_number("end_time"))) return {.remark = "not written yet"};
    if (!examined.experiment) return {.remark = "not checked: the settings in the file cannot be read"};
    const auto spoilt = check_statistics(examined.results, rows.whole_points, examined.agreement);
    for (const auto& [variable, points, first_point] : spoilt) {
        fmt::print(
            "bad: {}: not what the rows give at {} of the points, the first is point {}; do not use it, "
            "`curldescent statistics {}` computes it again\n",
            variable, points, first_point, examined.results.path());
    }
    Part part{.bad = static_cast<std::int64_t>(spoilt.size())};
    if (rows.bad > 0) part.remark = "not checked where rows are bad";
    return part;
}

Part verify_times(const RowCounts& rows) {
    Part part{.bad = rows.bad_times};
    if (rows.unknown_times > 0) {
        part.remark =
            fmt::format("not checked for {} rows, of a build that stored no checksums of times", rows.unknown_times);
    }
    return part;
}

Part verify_provenance(ResultsFile& results) {
    Integrity integrity = Integrity::damaged;
    std::string problem = "its checksum does not match";
    try {
        integrity = provenance_integrity(results);
    } catch (const StorageError& error) {
        problem = error.what();
    }
    if (integrity == Integrity::unknown) return {.remark = "not checked: the build that made it stored no checksum"};
    if (integrity == Integrity::intact) return {};
    fmt::print(
        "bad: provenance: {}; the rows do not depend on it, but do not trust what the group provenance says of "
        "where they come from\n",
        problem);
    return {.bad = 1};
}

std::string summary(const char* name, const Part& part, const char* intact = "intact") {
    const std::string state = part.bad > 0 ? fmt::format("{} bad", part.bad) : intact;
    if (part.remark.empty()) return fmt::format("{} {}", name, state);
    return part.bad > 0 ? fmt::format("{} {} ({})", name, state, part.remark) : fmt::format("{} {}", name, part.remark);
}

}  // namespace

int verify(const std::string& file) {
    Examined examined = open(file);
    const RowCounts rows = verify_rows(examined);
    const Part labels = verify_labels(examined);
    const Part statistics = verify_statistics(examined, rows);
    const Part times = verify_times(rows);
    const Part provenance = verify_provenance(examined.results);
    const char* computed = examined.agreement == Agreement::exact ? "intact" : "intact, to another build's rounding";
    fmt::print("{}: {} rows intact, {} bad, {} pending\n", file, rows.intact, rows.bad, rows.pending);
    fmt::print("{}; {}; {}; {}\n", summary("labels", labels, computed), summary("statistics", statistics, computed),
               summary("times", times), summary("provenance", provenance));
    return rows.bad + labels.bad + statistics.bad + times.bad + provenance.bad > 0 ? ExitCode::failed : ExitCode::done;
}

}  // namespace curldescent::cli
