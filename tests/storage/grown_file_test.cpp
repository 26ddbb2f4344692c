#include "curldescent/storage/grown_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/mpi/communicator.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "curldescent/ensemble/mpi_channel.hpp"
#include "curldescent/storage/provenance.hpp"
#include "storage/small_experiment.hpp"
#include "support/temporary_folder.hpp"

// On several ranks, rank 0 alone does all this: a file grows before the others open it.
namespace curldescent {
namespace {

using testing::HasSubstr;

/// The small experiment with so many replicates.
Experiment experiment_with(std::int64_t replicates) {
    Experiment experiment = small_experiment();
    experiment.settings.replicates = replicates;
    return experiment;
}

std::vector<Variable> layout_of(const Experiment& experiment) {
    std::vector<Variable> layout = scientific_layout(experiment);
    std::ranges::move(provenance_layout(make_provenance(experiment, "")), std::back_inserter(layout));
    return layout;
}

RunResult some_result(double value) {
    RunResult result;
    result.status = value < 500.0 ? RunStatus::done : RunStatus::failed;
    result.final_test_loss = value;
    result.test_loss = {1.0, value};
    result.message = "some message";
    result.wall_seconds = value / 10.0;
    return result;
}

std::string bytes_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

class GrownFileTest : public testing::Test {
  protected:
    void SetUp() override {
        if (world_.rank() != 0) GTEST_SKIP() << "rank 0 alone";
        create_results_file(path_, layout_of(experiment_with(4)), extents_of(experiment_with(4)));
        ResultsFile results(path_, MPI_COMM_SELF);
        for (std::int64_t point = 0; point < 6; ++point) {
            for (std::int64_t rule = 0; rule < 2; ++rule) {
                for (std::int64_t replicate = 0; replicate < 3; ++replicate) {  // the last one is pending
                    results.write_run({point, rule, replicate},
                                      some_result(static_cast<double>(100 * point + 10 * rule + replicate)));
                }
            }
        }
        results.close();
    }

    void grow(std::int64_t replicates) {
        const Experiment experiment = experiment_with(replicates);
        create_grown_file(ResultsFile(path_), grown_, layout_of(experiment), extents_of(experiment));
    }

    boost::mpi::communicator world_;
    TemporaryFolder folder_;
    std::string path_ = folder_.file("results.h5");
    std::string grown_ = folder_.file("grown.h5");
};

TEST_F(GrownFileTest, HasEveryOldRowAtItsPlaceAndNewOnesPending) {
    grow(7);

    ResultsFile results(grown_);
    EXPECT_EQ(results.extents().replicates, 7);
    const auto status = results.read_status(2);
    const auto intact = results.read_intact(2);
    const auto losses = results.read_at("final_test_loss", {2, 3});
    ASSERT_EQ(losses.size(), 14U);
    for (std::size_t rule = 0; rule < 2; ++rule) {
        for (std::size_t replicate = 0; replicate < 7; ++replicate) {
            const std::size_t k = rule * 7 + replicate;
            EXPECT_EQ(status[k], replicate < 3 ? RunStatus::done : RunStatus::pending);
            EXPECT_EQ(intact[k], replicate < 3);
            EXPECT_EQ(std::isnan(losses[k]), replicate >= 3);
            EXPECT_EQ(losses[k] == static_cast<double>(200 + 10 * rule + replicate), replicate < 3);
        }
    }
    EXPECT_EQ(results.read_message({2, 1, 0}), "some message");
}

TEST_F(GrownFileTest, KeepsStatusAndTimes) {
    grow(5);

    ResultsFile results(grown_);
    EXPECT_EQ(results.read_status(5).at(0), RunStatus::failed);
    EXPECT_EQ(results.read_at("timing/wall_seconds", {3, 4}).at(6), 31.1);
    EXPECT_EQ(results.read_times_integrity({3, 4}).at(6), Integrity::intact);
}

TEST_F(GrownFileTest, CopiesADamagedRowAsItIs) {
    {
        const hdf5::Handle file = hdf5::own(H5Fopen(path_.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose, path_);
        const hdf5::Handle losses = hdf5::own(H5Dopen2(file.id(), "final_test_loss", H5P_DEFAULT), H5Dclose, path_);
        const double altered = 1.5;
        hdf5::write_block(losses, H5T_NATIVE_DOUBLE, {.first = {2, 1, 0}, .extent = {1, 1, 1}},
                          std::as_bytes(std::span(&altered, 1)), path_);
    }

    grow(5);

    ResultsFile results(grown_);
    EXPECT_EQ(results.read_at("final_test_loss", {2, 3}).at(5), 1.5);
    EXPECT_FALSE(results.read_intact(2).at(5));
    EXPECT_TRUE(results.read_intact(2).at(6));
}

TEST_F(GrownFileTest, LeavesTheOlderFileAlone) {
    const std::string before = bytes_of(path_);
    grow(7);
    EXPECT_EQ(bytes_of(path_), before);
}

TEST_F(GrownFileTest, IsNotMadeOfAFileWithOtherDimensions) {
    const Experiment other = parse_experiment("", "other.toml", {});
    const std::string before = bytes_of(path_);
    EXPECT_THROW(create_grown_file(ResultsFile(path_), grown_, layout_of(other), extents_of(other)), StorageError);
    EXPECT_THROW(grow(3), StorageError);
    EXPECT_FALSE(std::filesystem::exists(grown_));
    EXPECT_EQ(bytes_of(path_), before);
}

}  // namespace
}  // namespace curldescent
