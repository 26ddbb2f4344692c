#include "launch_guards.hpp"

#include <gmock/gmock.h>

namespace curldescent::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

/// Two ranks on each of two hosts, each with a core of its own.
std::vector<RankReport> good_reports() {
    std::vector<RankReport> reports;
    for (int rank = 0; rank < 4; ++rank) {
        reports.push_back({.host = rank < 2 ? "node1" : "node2",
                           .node = rank < 2 ? 0 : 2,
                           .version = "1",
                           .program = "abc",
                           .arguments = "run a.toml",
                           .cores = {rank % 2},
                           .core_sharing = CoreSharing::unasked,
                           .output_error = ""});
    }
    return reports;
}

TEST(LaunchGuards, accept_a_good_launch) {
    EXPECT_THAT(launch_problem(good_reports(), "out.h5"), IsEmpty());
    EXPECT_THAT(singleton_problem({}, 1), IsEmpty());
}

TEST(LaunchGuards, accept_a_world_as_large_as_launched) {
    EXPECT_THAT(singleton_problem({.mpirun = 4, .slurm_job = 4}, 4), IsEmpty());
    EXPECT_THAT(singleton_problem({.srun = 4, .slurm_job = 8}, 4), IsEmpty());
}

TEST(LaunchGuards, accept_one_rank_that_a_launcher_was_asked_for) {
    EXPECT_THAT(singleton_problem({.mpirun = 1, .srun = 2, .slurm_job = 4}, 1), IsEmpty());
    EXPECT_THAT(singleton_problem({.srun = 1, .slurm_job = 4}, 1), IsEmpty());
}

TEST(LaunchGuards, refuse_worlds_smaller_than_launched) {
    EXPECT_THAT(singleton_problem({.mpirun = 4}, 1), HasSubstr("mpirun started 4 processes"));
    EXPECT_THAT(singleton_problem({.process_manager = 4}, 1), HasSubstr("PMI_SIZE) started 4 processes"));
    EXPECT_THAT(singleton_problem({.srun = 4, .slurm_job = 4}, 1), HasSubstr("srun --mpi=pmix"));
    EXPECT_THAT(singleton_problem({.slurm_job = 4}, 1), AllOf(HasSubstr("SLURM_NTASKS"), HasSubstr("srun -n 1")));
}

TEST(LaunchGuards, name_ranks_by_host_and_count_hosts_after_the_eighth) {
    const std::vector<std::string> hosts{"a", "b", "a", "a", "c", "d", "e", "f", "g", "h", "i", "j"};
    EXPECT_EQ(name_ranks(std::vector{1}, hosts), "rank 1 on b");
    EXPECT_EQ(name_ranks(std::vector{0, 1, 2, 3}, hosts), "ranks 0, 2-3 on a, rank 1 on b");
    EXPECT_THAT(name_ranks(std::vector{0, 1, 4, 5, 6, 7, 8, 9, 10}, hosts),
                HasSubstr("rank 9 on h and ranks on 1 more"));
}

TEST(LaunchGuards, refuse_other_programs_and_say_their_version_where_it_differs) {
    auto reports = good_reports();
    reports[3].program = "xyz";
    EXPECT_THAT(launch_problem(reports, ""),
                AllOf(HasSubstr("rank 3 on node2 runs another build"), HasSubstr("node1:")));
    reports[3].version = "2";
    EXPECT_THAT(launch_problem(reports, ""), HasSubstr("(2, not 1)"));
}

TEST(LaunchGuards, refuse_other_command_lines) {
    auto reports = good_reports();
    reports[2].arguments = reports[3].arguments = "run b.toml";
    EXPECT_THAT(launch_problem(reports, ""), HasSubstr("ranks 2-3 on node2 have another command line (`run b.toml`)"));
}

TEST(LaunchGuards, refuse_fewer_cores_than_ranks_on_a_node) {
    auto reports = good_reports();
    reports[3].cores = {0};
    EXPECT_THAT(launch_problem(reports, ""),
                AllOf(HasSubstr("ranks 2-3 on node2 share cores: 2 ranks may use 1 core between them (0)"),
                      HasSubstr("--bind-to none"), HasSubstr("--cpu-bind=cores")));
}

TEST(LaunchGuards, accept_shared_cores_that_are_asked_for_or_not_told) {
    auto reports = good_reports();
    reports[2].cores.clear();
    reports[3].cores.clear();
    EXPECT_THAT(launch_problem(reports, ""), IsEmpty());
    reports[1].cores = {0};
    for (RankReport& report : reports) report.core_sharing = CoreSharing::asked_for;
    EXPECT_THAT(launch_problem(reports, ""), IsEmpty());
}

TEST(LaunchGuards, know_how_launchers_are_told_to_share_cores) {
    const auto sharing = [](const std::string& variable, const char* value) {
        return core_sharing([&](const char* name) { return variable == name ? value : nullptr; });
    };
    EXPECT_EQ(sharing("OMPI_MCA_rmaps_base_oversubscribe", "1"), CoreSharing::asked_for);
    EXPECT_EQ(sharing("OMPI_MCA_rmaps_base_oversubscribe", "true"), CoreSharing::asked_for);
    EXPECT_EQ(sharing("OMPI_MCA_rmaps_base_mapping_policy", "core:OVERSUBSCRIBE"), CoreSharing::asked_for);
    EXPECT_EQ(sharing("PRTE_MCA_rmaps_default_mapping_policy", ":oversubscribe"), CoreSharing::asked_for);
    EXPECT_EQ(sharing("SLURM_OVERCOMMIT", "1"), CoreSharing::asked_for);

    EXPECT_EQ(sharing("OMPI_MCA_rmaps_base_oversubscribe", "false"), CoreSharing::unasked);
    EXPECT_EQ(sharing("PRTE_MCA_rmaps_default_mapping_policy", ":NOOVERSUBSCRIBE"), CoreSharing::unasked);
    EXPECT_EQ(sharing("NOTHING", "1"), CoreSharing::unasked);
}

TEST(LaunchGuards, refuse_hosts_without_the_output) {
    auto reports = good_reports();
    reports[2].output_error = "there is no folder /here";
    EXPECT_THAT(launch_problem(reports, "out.h5"),
                AllOf(HasSubstr("--output out.h5: rank 2 on node2"), HasSubstr("there is no folder /here")));
}

TEST(LaunchGuards, refuse_other_data_and_writes_that_are_not_seen) {
    const std::vector<std::string> hosts{"node1", "node2"};
    EXPECT_THAT(data_problem(std::vector<std::string>{"a", "a"}, hosts, "d.h5"), IsEmpty());
    EXPECT_THAT(data_problem(std::vector<std::string>{"a", "b"}, hosts, "d.h5"), HasSubstr("d.h5: rank 1 on node2"));
    EXPECT_THAT(exchange_problem(std::vector<std::string>{"", ""}, hosts, "out.h5"), IsEmpty());
    EXPECT_THAT(exchange_problem(std::vector<std::string>{"", "lost"}, hosts, "out.h5"),
                AllOf(HasSubstr("--output out.h5"), HasSubstr("rank 1 on node2: lost")));
}

}  // namespace
}  // namespace curldescent::cli
