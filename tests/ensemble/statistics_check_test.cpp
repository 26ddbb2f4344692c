#include "curldescent/ensemble/statistics_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/mpi/communicator.hpp>
#include <iterator>

#include "curldescent/ensemble/comparison.hpp"
#include "curldescent/ensemble/mpi_channel.hpp"
#include "curldescent/ensemble/statistics.hpp"
#include "curldescent/storage/provenance.hpp"
#include "support/temporary_folder.hpp"

// On several ranks, rank 0 alone does all this.
namespace curldescent {
namespace {

using testing::IsEmpty;

constexpr auto two_points = R"(
[experiment]
replicates = 3
rules = ["curl-descent", "gradient-descent"]
[training]
epochs = 5
records = 2
[analysis]
baseline = "gradient-descent"
[sweep]
"plasticity.hidden_flip_fraction" = [0.0, 0.5]
)";

class CheckStatisticsTest : public testing::Test {
  protected:
    void SetUp() override {
        if (world_.rank() != 0) GTEST_SKIP() << "rank 0 alone";
        const Experiment experiment = parse_experiment(two_points, "two.toml", {});
        std::vector<Variable> layout = scientific_layout(experiment);
        std::ranges::move(provenance_layout(make_provenance(experiment, "")), std::back_inserter(layout));
        create_results_file(path_, layout, extents_of(experiment));
        ResultsFile results(path_, MPI_COMM_SELF);
        for (std::int64_t k = 0; k < 12; ++k) {
            RunResult run;
            run.status = RunStatus::done;
            run.final_test_loss = static_cast<double>(1 + k * k);
            results.write_run({k / 6, k / 3 % 2, k % 3}, run);
        }
        results.close();
    }

    /// What is spoilt when statistics were written, and then a number was.
    std::vector<SpoiltStatistic> spoilt_by(const std::string& variable, std::int64_t point,
                                           const std::vector<bool>& checked) {
        ResultsFile results(path_, MPI_COMM_SELF);
        write_statistics(results, {0, 2});
        write_comparisons(results, {0, 2});
        write_corrected(results);
        if (!variable.empty()) results.write_statistic(variable, {point, point + 1}, std::array{7.5, 7.5});
        return check_statistics(results, checked, Agreement::exact);
    }

    boost::mpi::communicator world_;
    TemporaryFolder folder_;
    std::string path_ = folder_.file("results.h5");
};

TEST_F(CheckStatisticsTest, FindsNothingInStatisticsAsTheyWereWritten) {
    EXPECT_THAT(spoilt_by("", 0, {true, true}), IsEmpty());
}

TEST_F(CheckStatisticsTest, NamesVariableAndPoint) {
    for (const std::string variable : {"final_test_loss_mean", "log10_final_test_loss_q95",
                                       "final_test_loss_vs_baseline_ratio", "final_test_loss_vs_baseline_t_p_holm"}) {
        const auto spoilt = spoilt_by(variable, 1, {true, true});
        ASSERT_EQ(spoilt.size(), 1U) << variable;
        EXPECT_EQ(spoilt[0].variable, variable);
        EXPECT_EQ(spoilt[0].points, 1);
        EXPECT_EQ(spoilt[0].first_point, 1);
    }
}

TEST_F(CheckStatisticsTest, LooksOnlyWhereItIsAskedTo) {
    EXPECT_THAT(spoilt_by("final_test_loss_mean", 1, {true, false}), IsEmpty());
}

}  // namespace
}  // namespace curldescent
