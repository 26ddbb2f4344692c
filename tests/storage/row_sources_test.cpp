#include "curldescent/storage/row_sources.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/part_files.hpp"

namespace curldescent {
namespace {

using testing::HasSubstr;

class RowSourcesTest : public PartFiles {};

TEST_F(RowSourcesTest, RefusesAPartOfOtherDimensions) {
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

TEST_F(RowSourcesTest, NamesTheFirstRunOfWhichTwoPartsHaveOtherResults) {
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

TEST_F(RowSourcesTest, TakesTimesAndFailuresThatDifferForNoContradiction) {
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
