#include "curldescent/storage/merged_file.hpp"

#include <gtest/gtest.h>

#include "storage/part_files.hpp"

namespace curldescent {
namespace {

class MergedFileTest : public PartFiles {
  protected:
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

}  // namespace
}  // namespace curldescent
