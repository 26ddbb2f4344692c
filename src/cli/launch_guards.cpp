#include "launch_guards.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/algorithm/string/case_conv.hpp>
#include <boost/algorithm/string/predicate.hpp>
#include <map>
#include <set>

namespace curldescent::cli {
namespace {

constexpr std::string_view one_on_purpose = "(`mpirun -n 1` or `srun -n 1` in front asks for one rank on purpose)";

std::string number_text(std::int64_t count, std::string_view one) {
    return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

/// "1-3, 7" for 1, 2, 3, 7.
std::string ranges_text(const std::vector<int>& sorted) {
    std::vector<std::string> ranges;
    for (std::size_t first = 0; first < sorted.size();) {
        std::size_t last = first;
        while (last + 1 < sorted.size() && sorted[last + 1] == sorted[last] + 1) ++last;
        ranges.push_back(first == last ? fmt::format("{}", sorted[first])
                                       : fmt::format("{}-{}", sorted[first], sorted[last]));
        first = last + 1;
    }
    return fmt::format("{}", fmt::join(ranges, ", "));
}

/// The ranks whose value is not rank 0's.
template <class Value>
std::vector<int> unlike_first(std::size_t count, Value value) {
    std::vector<int> ranks;
    for (std::size_t rank = 1; rank < count; ++rank) {
        if (value(rank) != value(0)) ranks.push_back(static_cast<int>(rank));
    }
    return ranks;
}

/// The ranks that have an error.
template <class Error>
std::vector<int> with_error(std::size_t count, Error error) {
    std::vector<int> ranks;
    for (std::size_t rank = 0; rank < count; ++rank) {
        if (!error(rank).empty()) ranks.push_back(static_cast<int>(rank));
    }
    return ranks;
}

std::string_view verb(const std::vector<int>& ranks, std::string_view one, std::string_view many) {
    return ranks.size() == 1 ? one : many;
}

}  // namespace

std::string singleton_problem(const LaunchedCounts& counts, int world_size) {
    const auto refuse = [&](std::string_view launcher, std::int64_t started, std::string_view remedy) {
        if (started <= world_size) return std::string();
        return fmt::format(
            "{} started {} processes, but MPI joins only {} of them: each would make the whole run alone; {}", launcher,
            started, world_size, remedy);
    };
    if (counts.mpirun > 0) {
        return refuse("mpirun", counts.mpirun, "start it with the mpirun of the MPI that this program was built with");
    }
    if (counts.srun > 0) {
        return refuse("srun", counts.srun,
                      "try `srun --mpi=pmix` (`srun --mpi=list` says what there is), or mpirun in place of srun");
    }
    if (counts.process_manager > 0) {
        return refuse("the launcher (PMI_SIZE)", counts.process_manager,
                      "start it with the mpirun of the MPI that this program was built with");
    }
    if (counts.slurm_job <= world_size) return {};
    return fmt::format(
        "this Slurm job has {} tasks (SLURM_NTASKS), but the program was started without srun or mpirun, as one "
        "process; put `srun` or `mpirun` in front of it {}",
        counts.slurm_job, one_on_purpose);
}

CoreSharing core_sharing(const Environment& environment) {
    const auto value_of = [&](const char* name) {
        const char* value = environment(name);
        return boost::to_lower_copy(std::string(value == nullptr ? "" : value));
    };
    for (const char* name : {"OMPI_MCA_rmaps_base_oversubscribe", "OMPI_MCA_mpi_oversubscribe", "SLURM_OVERCOMMIT"}) {
        const std::string value = value_of(name);
        const bool is_false = value.empty() || value == "0" || value == "false" || value == "no" || value == "disabled";
        if (!is_false) return CoreSharing::asked_for;
    }
    for (const char* name : {"OMPI_MCA_rmaps_base_mapping_policy", "PRTE_MCA_rmaps_default_mapping_policy"}) {
        const std::string value = value_of(name);
        const bool is_forbidden = boost::contains(value, "nooversubscribe");
        if (boost::contains(value, "oversubscribe") && !is_forbidden) return CoreSharing::asked_for;
    }
    return CoreSharing::unasked;
}

std::string name_ranks(std::span<const int> ranks, std::span<const std::string> hosts) {
    constexpr std::size_t most_hosts = 8;
    std::map<std::string, std::vector<int>> by_host;
    std::vector<std::string> order;
    for (const int rank : ranks) {
        const std::string& host = hosts[static_cast<std::size_t>(rank)];
        std::vector<int>& there = by_host[host];
        if (there.empty()) order.push_back(host);
        there.push_back(rank);
    }
    std::vector<std::string> parts;
    for (const std::string& host : order) {
        if (parts.size() == most_hosts) break;
        const std::vector<int>& there = by_host[host];
        parts.push_back(fmt::format("{} {} on {}", verb(there, "rank", "ranks"), ranges_text(there), host));
    }
    std::string text = fmt::format("{}", fmt::join(parts, ", "));
    if (order.size() > most_hosts) {
        text += " and ranks on " + number_text(static_cast<std::int64_t>(order.size() - most_hosts), "more host");
    }
    return text;
}

std::vector<std::string> hosts_of(std::span<const RankReport> reports) {
    std::vector<std::string> hosts;
    hosts.reserve(reports.size());
    for (const RankReport& report : reports) hosts.push_back(report.host);
    return hosts;
}

std::string program_problem(std::span<const RankReport> reports) {
    const auto others = unlike_first(reports.size(), [&](std::size_t rank) { return reports[rank].program; });
    if (others.empty()) return {};
    const RankReport& other = reports[static_cast<std::size_t>(others.front())];
    const std::string versions =
        other.version == reports[0].version ? "" : fmt::format(" ({}, not {})", other.version, reports[0].version);
    return fmt::format(
        "{} {} another build of the program than rank 0 on {}{}: results would depend on which rank computes them; "
        "start one build everywhere, from a file system that all hosts share",
        name_ranks(others, hosts_of(reports)), verb(others, "runs", "run"), reports[0].host, versions);
}

std::string arguments_problem(std::span<const RankReport> reports) {
    const auto others = unlike_first(reports.size(), [&](std::size_t rank) { return reports[rank].arguments; });
    if (others.empty()) return {};
    return fmt::format(
        "{} {} another command line (`{}`) than rank 0 on {} (`{}`): all ranks of a launch make one run; start other "
        "experiments with launchers of their own",
        name_ranks(others, hosts_of(reports)), verb(others, "has", "have"),
        reports[static_cast<std::size_t>(others.front())].arguments, reports[0].host, reports[0].arguments);
}

std::string core_problem(std::span<const RankReport> reports) {
    if (reports.empty() || reports[0].core_sharing == CoreSharing::asked_for) return {};
    struct Node {
        std::vector<int> ranks;
        std::set<int> cores;
    };
    std::map<int, Node> nodes;
    for (std::size_t rank = 0; rank < reports.size(); ++rank) {
        Node& node = nodes[reports[rank].node];
        node.ranks.push_back(static_cast<int>(rank));
        node.cores.insert(reports[rank].cores.begin(), reports[rank].cores.end());
    }
    std::vector<int> crowded;
    const Node* first = nullptr;
    for (const auto& [lowest, node] : nodes) {
        if (node.cores.empty() || node.cores.size() >= node.ranks.size()) continue;  // empty: the system does not say
        if (first == nullptr) first = &node;
        crowded.insert(crowded.end(), node.ranks.begin(), node.ranks.end());
    }
    if (first == nullptr) return {};
    std::ranges::sort(crowded);
    const std::vector<int> cores(first->cores.begin(), first->cores.end());
    return fmt::format(
        "{} share cores: {} may use {} between them ({}); start fewer ranks, or free them with `mpirun --bind-to none` "
        "or `srun --cpu-bind=cores` (`mpirun --oversubscribe` or `srun --overcommit` shares cores on purpose)",
        name_ranks(crowded, hosts_of(reports)), number_text(static_cast<std::int64_t>(first->ranks.size()), "rank"),
        number_text(static_cast<std::int64_t>(cores.size()), "core"), ranges_text(cores));
}

std::string output_problem(std::span<const RankReport> reports, std::string_view output) {
    const auto without = with_error(reports.size(), [&](std::size_t rank) { return reports[rank].output_error; });
    if (without.empty()) return {};
    return fmt::format(
        "--output {}: {} cannot write where rank 0 on {} does: {}; give an output on a file system that all hosts "
        "share",
        output, name_ranks(without, hosts_of(reports)), reports[0].host,
        reports[static_cast<std::size_t>(without.front())].output_error);
}

std::string launch_problem(std::span<const RankReport> reports, std::string_view output) {
    for (const std::string& problem : {program_problem(reports), arguments_problem(reports), core_problem(reports),
                                       output_problem(reports, output)}) {
        if (!problem.empty()) return problem;
    }
    return {};
}

std::string data_problem(std::span<const std::string> checksums, std::span<const std::string> hosts,
                         std::string_view path) {
    const auto others = unlike_first(checksums.size(), [&](std::size_t rank) { return checksums[rank]; });
    if (others.empty()) return {};
    return fmt::format(
        "{}: {} {} other data under this name than rank 0 on {}; put the data on a file system that all hosts share",
        path, name_ranks(others, hosts), verb(others, "reads", "read"), hosts[0]);
}

std::string exchange_problem(std::span<const std::string> errors, std::span<const std::string> hosts,
                             std::string_view output) {
    const auto failing = with_error(errors.size(), [&](std::size_t rank) { return errors[rank]; });
    if (failing.empty()) return {};
    return fmt::format(
        "--output {}: files cannot be written in parallel there, says {}: {}; the file system may lack locks or "
        "support for MPI-IO: choose another folder, on another file system",
        output, name_ranks(failing, hosts), errors[static_cast<std::size_t>(failing.front())]);
}

}  // namespace curldescent::cli
