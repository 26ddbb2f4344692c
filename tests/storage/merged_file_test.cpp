#include "curldescent/storage/merged_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/mpi/communicator.hpp>
#include <filesystem>
#include <iterator>

#include "curldescent/ensemble/mpi_channel.hpp"
#include "curldescent/storage/provenance.hpp"
#include "storage/small_experiment.hpp"
#include "support/temporary_folder.hpp"

// On several ranks, rank 0 alone does all this.
namespace curldescent {
namespace {

using testing::HasSubstr;

std::vector<Variable> layout_of(const Experiment& experiment) {
    std::vector<Variable> layout = scientific_layout(experiment);
    std::ranges::move(provenance_layout(make_provenance(experiment, "")), std::back_inserter(layout));
    return layout;
}

RunResult some_result(RunStatus status, double value) {
    RunResult result;
    result.status = status;
    result.final_test_loss = value;
    result.test_loss = {1.0, value};
    result.message = status == RunStatus::failed ? "why it failed" : "";
    result.wall_seconds = value / 10.0;
    return result;
}

class MergedFileTest : public testing::Test {
  protected:
    void SetUp() override {
        if (world_.rank() != 0) GTEST_SKIP() << "rank 0 alone";
    }

    /// The path of a file in which these replicates of point 2, rule 1 are written.
    std::string part(const std::string& name, const std::vector<std::pair<std::int64_t, RunResult>>& runs) {
        const std::string path = (folder_.path() / name).string();
        create_results_file(path, layout_of(experiment_), extents_of(experiment_));
        ResultsFile results(path, MPI_COMM_SELF);
        for (const auto& [replicate, result] : runs) results.write_run({2, 1, replicate}, result);
        results.close();
        return path;
    }

    MergedRuns merge(const std::vector<std::string>& parts) {
        RowSources sources(extents_of(experiment_));
        for (const std::string& path : parts) {
            ResultsFile part(path);
            EXPECT_EQ(sources.add(part).runs, 0) << path;
        }
        create_merged_file(parts, sources, merged_, layout_of(experiment_));
        return sources.count();
    }

    double loss_of(std::int64_t replicate) {
        const auto values = ResultsFile(merged_).read_at("final_test_loss", {2, 3});
        return values.at(static_cast<std::size_t>(extents_of(experiment_).replicates + replicate));
    }

    boost::mpi::communicator world_;
    TemporaryFolder folder_;
    Experiment experiment_ = small_experiment();
    std::string merged_ = (folder_.path() / "merged.h5").string();
};

TEST_F(MergedFileTest, HasTheRunsOfAllParts) {
    std::vector<std::string> parts;
    parts.push_back(part("a.h5", {{0, some_result(RunStatus::done, 3.0)}}));
    parts.push_back(part("b.h5", {{1, some_result(RunStatus::diverged, 5.0)}}));

    const MergedRuns runs = merge(parts);

    EXPECT_EQ(runs.finished, 2);
    EXPECT_EQ(runs.failed, 0);
    const Extents extents = extents_of(experiment_);
    EXPECT_EQ(runs.missing, extents.points * extents.rules * extents.replicates - 2);
    EXPECT_EQ(loss_of(0), 3.0);
    EXPECT_EQ(loss_of(1), 5.0);
    ResultsFile merged(merged_);
    EXPECT_TRUE(merged.read_intact(2).at(static_cast<std::size_t>(extents.replicates)));
    EXPECT_EQ(merged.read_at("timing/wall_seconds", {2, 3}).at(static_cast<std::size_t>(extents.replicates)), 0.3);
}

TEST_F(MergedFileTest, PrefersARunThatIsFinishedToOneThatFailed) {
    std::vector<std::string> parts;
    parts.push_back(part("a.h5", {{0, some_result(RunStatus::failed, 1.0)}, {1, some_result(RunStatus::done, 2.0)}}));
    parts.push_back(part("b.h5", {{0, some_result(RunStatus::done, 3.0)}, {1, some_result(RunStatus::failed, 4.0)}}));

    const MergedRuns runs = merge(parts);

    EXPECT_EQ(runs.finished, 2);
    EXPECT_EQ(loss_of(0), 3.0);
    EXPECT_EQ(loss_of(1), 2.0);
}

TEST_F(MergedFileTest, KeepsTheMessageOfARunThatFailed) {
    std::vector<std::string> parts;
    parts.push_back(part("a.h5", {}));
    parts.push_back(part("b.h5", {{0, some_result(RunStatus::failed, 1.0)}}));

    EXPECT_EQ(merge(parts).failed, 1);

    EXPECT_EQ(ResultsFile(merged_).read_message({2, 1, 0}), "why it failed");
}

TEST_F(MergedFileTest, RefusesAPartOfOtherDimensions) {
    Extents larger = extents_of(experiment_);
    larger.replicates += 1;
    ResultsFile results(part("a.h5", {}));

    try {
        RowSources(larger).add(results);
        FAIL() << "it was taken";
    } catch (const StorageError& error) {
        EXPECT_THAT(error.what(), HasSubstr("a.h5: its dimensions are not those"));
    }
}

TEST_F(MergedFileTest, NamesTheFirstRunOfWhichTwoPartsHaveOtherResults) {
    ResultsFile first(part("a.h5", {{0, some_result(RunStatus::done, 1.0)}}));
    ResultsFile second(part("b.h5", {{1, some_result(RunStatus::done, 2.0)}, {3, some_result(RunStatus::done, 3.0)}}));
    ResultsFile third(part("c.h5", {{0, some_result(RunStatus::done, 1.0)},
                                    {1, some_result(RunStatus::diverged, 2.0)},
                                    {3, some_result(RunStatus::done, 4.0)}}));
    RowSources sources(extents_of(experiment_));

    EXPECT_EQ(sources.add(first).runs, 0);
    EXPECT_EQ(sources.add(second).runs, 0);
    const Contradictions found = sources.add(third);

    EXPECT_EQ(found.runs, 2);
    EXPECT_EQ(found.first.point, 2);
    EXPECT_EQ(found.first.rule, 1);
    EXPECT_EQ(found.first.replicate, 1);
    EXPECT_EQ(found.file, 1);
}

TEST_F(MergedFileTest, TakesTimesAndFailuresThatDifferForNoContradiction) {
    RunResult slower = some_result(RunStatus::done, 1.0);
    slower.wall_seconds *= 2.0;
    ResultsFile first(part("a.h5", {{0, some_result(RunStatus::done, 1.0)}, {1, some_result(RunStatus::failed, 2.0)}}));
    ResultsFile second(part("b.h5", {{0, slower}, {1, some_result(RunStatus::failed, 3.0)}}));
    RowSources sources(extents_of(experiment_));

    sources.add(first);

    EXPECT_EQ(sources.add(second).runs, 0);
}

}  // namespace
}  // namespace curldescent
