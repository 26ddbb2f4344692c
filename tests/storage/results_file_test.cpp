#include "curldescent/storage/results_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/mpi/communicator.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>

#include "curldescent/ensemble/mpi_channel.hpp"
#include "curldescent/storage/digest.hpp"
#include "curldescent/storage/partial_file.hpp"
#include "curldescent/storage/provenance.hpp"
#include "storage/small_experiment.hpp"
#include "support/temporary_folder.hpp"

// These tests run on one rank and on several: rank 0 makes the file and looks at it, all ranks write to it.
namespace curldescent {
namespace {

using testing::Each;

RunResult some_result(double value) {
    RunResult result;
    result.status = RunStatus::done;
    result.final_train_loss = value;
    result.final_test_loss = 2 * value;
    result.train_loss = {1.0, value};  // two of four records: the rest is missing
    result.test_loss = {1.0, value, value, value};
    result.epochs_completed = 100.0;
    result.rank = 3;
    return result;
}

bool intact(ResultsFile& results, const RunIndex& run) {
    const std::vector<bool> runs = results.read_intact(run.point);
    EXPECT_EQ(runs.size(), 8U);
    return runs.at(static_cast<std::size_t>(run.rule * 4 + run.replicate));
}

std::vector<double> replicates_of(ResultsFile& results, const std::string& variable, const RunIndex& run) {
    const std::vector<double> values = results.read_at(variable, {run.point, run.point + 1});
    EXPECT_EQ(values.size(), 8U);
    const auto first = values.begin() + run.rule * 4;
    return {first, first + 4};
}

class ResultsFileTest : public testing::Test {
  protected:
    void SetUp() override {
        path_ = broadcast(world_, folder_.file("results.h5"));
        if (world_.rank() == 0) {
            std::vector<Variable> layout = scientific_layout(experiment_);
            std::ranges::move(provenance_layout(make_provenance(experiment_, "")), std::back_inserter(layout));
            const std::string partial = partial_path(path_);
            create_results_file(partial, layout, extents_of(experiment_));
            publish_results_file(partial, path_, Replace::never);
        }
        barrier(world_);
    }

    /// Lets every rank write the runs of every `size`-th point.
    void write_all_runs() {
        ResultsFile results(path_, world_);
        for (std::int64_t point = world_.rank(); point < 6; point += world_.size()) {
            for (std::int64_t rule = 0; rule < 2; ++rule) {
                for (std::int64_t replicate = 0; replicate < 4; ++replicate) {
                    const auto value = static_cast<double>(100 * point + 10 * rule + replicate);
                    results.write_run({point, rule, replicate}, some_result(value));
                }
            }
        }
        results.close();
        barrier(world_);
    }

    [[nodiscard]] bool leads() const { return world_.rank() == 0; }

    boost::mpi::communicator world_;
    TemporaryFolder folder_;
    Experiment experiment_ = small_experiment();
    std::string path_;
};

TEST_F(ResultsFileTest, StartsWithEveryRunPending) {
    if (leads()) {
        ResultsFile results(path_);
        const auto status = results.read_status(5);
        EXPECT_EQ(status.size(), 8U);
        EXPECT_THAT(status, Each(RunStatus::pending));
        EXPECT_TRUE(std::isnan(replicates_of(results, "final_test_loss", {0, 0, 0}).at(0)));
    }
    barrier(world_);
}

TEST_F(ResultsFileTest, ReadsSeveralPointsAsItReadsEach) {
    write_all_runs();
    if (leads()) {
        {
            ResultsFile damaged(path_, MPI_COMM_SELF);
            const std::vector<double> other(8, -1.0);
            damaged.write_statistic("final_train_loss", {2, 3}, other);  // all at that point
            damaged.close();
        }
        ResultsFile results(path_);
        const std::vector<bool> intact = results.read_intact({1, 4});
        const std::vector<Integrity> times = results.read_times_integrity({1, 4});
        EXPECT_EQ(results.read_status({1, 4}).size(), 24U);
        EXPECT_THAT(times, testing::AllOf(testing::SizeIs(24), Each(Integrity::intact)));
        for (std::size_t k = 0; k < 24; ++k) EXPECT_EQ(intact.at(k), k / 8 != 1) << k;
    }
    barrier(world_);
}

TEST_F(ResultsFileTest, TakesAllPointsInBlocksOfSomeMegabytes) {
    if (leads()) {
        ResultsFile results(path_);
        EXPECT_EQ(results.next_block({1, 6}).last, 6);  // few: all that are left
        EXPECT_EQ(results.next_block({6, 6}).last, 6);
        Experiment large = experiment_;
        large.settings.replicates = 15000;
        const std::string path = folder_.file("large.h5");
        create_results_file(path, scientific_layout(large), extents_of(large));
        ResultsFile many(path);
        std::vector<std::int64_t> ends{0};
        while (ends.back() < 6) ends.push_back(many.next_block({ends.back(), 6}).last);
        EXPECT_GT(ends.size(), 2U);
        EXPECT_TRUE(std::ranges::is_sorted(ends, std::less_equal<>()));
        EXPECT_EQ(ends.back(), 6);
        EXPECT_EQ(many.read_status({ends.at(1), ends.at(2)}).size(), (ends.at(2) - ends.at(1)) * 30000U);
    }
    barrier(world_);
}

TEST_F(ResultsFileTest, NoticesOnEveryRankThatItWasReplaced) {
    ResultsFile results(path_, world_);
    EXPECT_NO_THROW(results.check_still_there());
    barrier(world_);
    if (leads()) {
        std::ofstream(folder_.file("other.h5")) << "another";
        publish_results_file(folder_.file("other.h5"), path_, Replace::allowed);
    }
    barrier(world_);
    EXPECT_THROW(results.check_still_there(), StorageError);
    results.close();
    barrier(world_);
}

TEST_F(ResultsFileTest, HoldsWhatEachRankWrote) {
    write_all_runs();
    if (leads()) {
        ResultsFile results(path_);
        EXPECT_EQ(replicates_of(results, "final_test_loss", {5, 1, 0}), (std::vector<double>{1020, 1022, 1024, 1026}));
        EXPECT_EQ(replicates_of(results, "final_train_loss", {0, 0, 0}), (std::vector<double>{0, 1, 2, 3}));
        for (std::int64_t point = 0; point < 6; ++point) {
            EXPECT_THAT(results.read_status(point), Each(RunStatus::done));
            EXPECT_TRUE(intact(results, {point, 1, 2}));
        }
    }
    barrier(world_);
}

TEST_F(ResultsFileTest, KnowsItsRulesAndSettings) {
    if (leads()) {
        ResultsFile results(path_);
        EXPECT_EQ(results.read_rules(), (std::vector<std::string>{"curl-descent", "gradient-descent"}));
        EXPECT_EQ(results.read_provenance_text("settings"), resolved_text(experiment_));
        EXPECT_TRUE(std::isnan(results.read_provenance_number("end_time")));
    }
    barrier(world_);
}

TEST_F(ResultsFileTest, TellsAnAlteredRowFromAnIntactOne) {
    write_all_runs();
    if (leads()) {
        const hid_t file = H5Fopen(path_.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
        const hdf5::Handle owner(file, H5Fclose);
        const hdf5::Handle dataset = hdf5::own(H5Dopen2(file, "test_loss", H5P_DEFAULT), H5Dclose, "test_loss");
        const double altered = 1.5;
        const hdf5::Block block{.first = {2, 1, 3, 1}, .extent = {1, 1, 1, 1}};
        hdf5::write_block(dataset, H5T_NATIVE_DOUBLE, block, std::as_bytes(std::span(&altered, 1)), "test_loss");
    }
    barrier(world_);
    if (leads()) {
        ResultsFile results(path_);
        EXPECT_FALSE(intact(results, {2, 1, 3}));
        EXPECT_TRUE(intact(results, {2, 1, 2}));
        EXPECT_TRUE(intact(results, {2, 0, 3}));
    }
    barrier(world_);
}

TEST_F(ResultsFileTest, ReturnsTheMessageOfAFailedRun) {
    ResultsFile results(path_, world_);
    if (leads()) {
        RunResult failed;
        failed.status = RunStatus::failed;
        failed.message = "no memory left \xE2\x80\x94 choose a smaller network";
        results.write_run({1, 0, 0}, failed);
    }
    results.close();
    barrier(world_);
    if (leads()) {
        ResultsFile reader(path_);
        EXPECT_EQ(reader.read_message({1, 0, 0}), "no memory left \xE2\x80\x94 choose a smaller network");
        EXPECT_EQ(reader.read_message({1, 0, 1}), "");
        EXPECT_TRUE(intact(reader, {1, 0, 0}));
    }
    barrier(world_);
}

TEST_F(ResultsFileTest, CutsALongMessageAtAWholeCharacter) {
    ResultsFile results(path_, world_);
    if (leads()) {
        RunResult failed;
        failed.status = RunStatus::failed;
        failed.message = std::string(159, 'x') + "\xC3\xA9";  // the 160th byte begins a character of two
        results.write_run({0, 0, 0}, failed);
        EXPECT_EQ(results.read_message({0, 0, 0}), std::string(159, 'x'));
    }
    results.close();
    barrier(world_);
}

TEST_F(ResultsFileTest, GivesADigestThatDependsOnDataAlone) {
    const std::string empty = leads() ? digest(path_) : "";
    barrier(world_);
    write_all_runs();
    if (leads()) {
        const std::string full = digest(path_);
        EXPECT_EQ(full.size(), 32U);
        EXPECT_NE(full, empty);
        std::filesystem::copy_file(path_, folder_.file("copy.h5"));
        EXPECT_EQ(digest(folder_.file("copy.h5")), full);
    }
    barrier(world_);
}

TEST_F(ResultsFileTest, DigestLeavesTimingAndProvenanceOut) {
    write_all_runs();
    const std::string before = leads() ? digest(path_) : "";
    ResultsFile results(path_, world_);
    if (leads()) {
        RunResult slower = some_result(0.0);
        slower.wall_seconds = 1e6;
        results.write_run({0, 0, 0}, slower);
        results.write_provenance("end_time", 12345.0);
    }
    results.close();
    if (leads()) {
        EXPECT_EQ(digest(path_), before);
    }
    barrier(world_);
}

TEST_F(ResultsFileTest, RefusesToOpenWhatIsNoResultsFile) {
    if (leads()) {
        EXPECT_THROW(ResultsFile(folder_.file("nothing.h5")), StorageError);
        std::ofstream(folder_.file("text.h5")) << "no HDF5";
        EXPECT_THROW(ResultsFile(folder_.file("text.h5")), StorageError);
        const hid_t foreign = H5Fcreate(folder_.file("foreign.h5").c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
        H5Fclose(foreign);
        EXPECT_THROW(ResultsFile(folder_.file("foreign.h5")), StorageError);
    }
    barrier(world_);
}

/// Replaces a variable by one of other lengths.
void replace_variable(const std::string& path, const std::string& name, hid_t type, const std::vector<hsize_t>& shape) {
    const hdf5::Handle file = hdf5::own(H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose, path);
    hdf5::check(H5Ldelete(file.id(), name.c_str(), H5P_DEFAULT), name);
    const hdf5::Handle space =
        hdf5::own(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr), H5Sclose, name);
    const hdf5::Handle creation = hdf5::own(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, name);
    const bool huge = shape.front() > 1'000'000;
    H5Pset_alloc_time(creation.id(), huge ? H5D_ALLOC_TIME_LATE : H5D_ALLOC_TIME_EARLY);
    hdf5::own(H5Dcreate2(file.id(), name.c_str(), type, space.id(), H5P_DEFAULT, creation.id(), H5P_DEFAULT), H5Dclose,
              name);
}

TEST_F(ResultsFileTest, RefusesVariablesOfOtherShapes) {
    if (leads()) {
        for (const std::vector<hsize_t>& shape :
             {std::vector<hsize_t>{6, 2, 4, 1}, {6, 2}, {6, 2, 5}, {6, 2, 3}, {7, 2, 4}, {1'000'000'000'000, 2, 4}}) {
            for (const std::string name : {"status", "checksum", "final_test_loss", "timing/updates"}) {
                const std::string copy = folder_.file("copy.h5");
                std::filesystem::copy_file(path_, copy, std::filesystem::copy_options::overwrite_existing);
                replace_variable(copy, name, H5T_NATIVE_UINT8, shape);
                EXPECT_THROW(ResultsFile{copy}, StorageError) << name << " of " << shape.size() << " dimensions";
            }
        }
    }
    barrier(world_);
}

TEST_F(ResultsFileTest, RefusesDimensionsThatItsSettingsDoNotHave) {
    if (leads()) {
        EXPECT_EQ(resolved_text(ResultsFile(path_).read_experiment()), resolved_text(experiment_));
        std::vector<Variable> layout = scientific_layout(experiment_);
        const Experiment other = parse_experiment("[experiment]\nreplicates = 4", "other.toml", {});
        std::ranges::move(provenance_layout(make_provenance(other, "")), std::back_inserter(layout));
        create_results_file(folder_.file("other.h5"), layout, extents_of(experiment_));
        EXPECT_THROW(ResultsFile(folder_.file("other.h5")).read_experiment(), StorageError);
    }
    barrier(world_);
}

TEST_F(ResultsFileTest, DigestRefusesValuesThatReferToOthers) {
    if (leads()) {
        const hdf5::Handle lists = hdf5::own(H5Tvlen_create(H5T_NATIVE_DOUBLE), H5Tclose, "lists");
        replace_variable(path_, "ratio", lists.id(), {6});
        EXPECT_THROW(digest(path_), StorageError);
    }
    barrier(world_);
}

TEST_F(ResultsFileTest, DigestOfNothingTakesNoTimeHoweverLongItIsSaidToBe) {
    if (leads()) {
        replace_variable(path_, "epoch", H5T_NATIVE_DOUBLE, {hsize_t{1} << 60U, 0});
        EXPECT_EQ(digest(path_).size(), 32);
    }
    barrier(world_);
}

TEST_F(ResultsFileTest, LeavesNothingBehindWhenItCannotBeMade) {
    if (leads()) {
        const std::string path = folder_.file("no/such/folder/results.h5");
        EXPECT_THROW(create_results_file(path, scientific_layout(experiment_), extents_of(experiment_)), StorageError);
        EXPECT_FALSE(std::filesystem::exists(folder_.file("no")));
    }
    barrier(world_);
}

}  // namespace
}  // namespace curldescent
