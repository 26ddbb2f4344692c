#include "curldescent/storage/label_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "curldescent/storage/hdf5.hpp"
#include "curldescent/storage/results_file.hpp"
#include "storage/small_experiment.hpp"
#include "support/temporary_folder.hpp"

namespace curldescent {
namespace {

using testing::IsEmpty;

class CheckLabelsTest : public testing::Test {
  protected:
    void SetUp() override {
        hdf5::initialise();
        create_results_file(path_, layout_, extents_of(small_experiment()));
    }

    /// What is wrong after one number of a variable was replaced.
    LabelReport report_with(const std::string& variable, const hdf5::Block& place, double value, Agreement agreement) {
        {
            const hdf5::Handle file = hdf5::own(H5Fopen(path_.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose, path_);
            const hdf5::Handle dataset =
                hdf5::own(H5Dopen2(file.id(), variable.c_str(), H5P_DEFAULT), H5Dclose, variable);
            hdf5::write_block(dataset, H5T_NATIVE_DOUBLE, place, std::as_bytes(std::span(&value, 1)), variable);
        }
        return check_labels(path_, layout_, agreement);
    }

    /// Puts a dataset of these extents in the place of a variable; of its values, none but a scalar is written.
    void replace(const std::string& variable, const std::vector<hsize_t>& extents) {
        const hdf5::Handle file = hdf5::own(H5Fopen(path_.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose, path_);
        hdf5::check(H5Ldelete(file.id(), variable.c_str(), H5P_DEFAULT), variable);
        const hdf5::Handle space =
            hdf5::own(extents.empty() ? H5Screate(H5S_SCALAR)
                                      : H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr),
                      H5Sclose, variable);
        const hdf5::Handle dataset = hdf5::own(H5Dcreate2(file.id(), variable.c_str(), H5T_NATIVE_DOUBLE, space.id(),
                                                          H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                                               H5Dclose, variable);
        if (!extents.empty()) return;
        const double value = 0.5;
        hdf5::check(H5Dwrite(dataset.id(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, &value), variable);
    }

    TemporaryFolder folder_;
    std::string path_ = folder_.file("results.h5");
    std::vector<Variable> layout_ = scientific_layout(small_experiment());
};

TEST_F(CheckLabelsTest, FindsNothingInAFileAsItWasMade) {
    const LabelReport report = check_labels(path_, layout_, Agreement::exact);
    EXPECT_THAT(report.spoilt, IsEmpty());
    EXPECT_THAT(report.missing, IsEmpty());
}

TEST_F(CheckLabelsTest, NamesPlaceAndValueOfAParameter) {
    const auto [spoilt, missing] =
        report_with("hidden_flip_fraction", {.first = {4}, .extent = {1}}, 0.25, Agreement::exact);
    ASSERT_EQ(spoilt.size(), 1U);
    EXPECT_EQ(spoilt[0].name, "hidden_flip_fraction");
    EXPECT_EQ(spoilt[0].problem, "1 of 6 values differ, the first at point 4: 0.25 in place of 0.5");
}

TEST_F(CheckLabelsTest, NamesThePointOfARecordedEpoch) {
    const auto [spoilt, missing] = report_with("epoch", {.first = {5, 2}, .extent = {1, 1}}, 11.0, Agreement::exact);
    ASSERT_EQ(spoilt.size(), 1U);
    EXPECT_EQ(spoilt[0].problem, "1 of 24 values differ, the first at point 5: 11 in place of 10");
}

TEST_F(CheckLabelsTest, LooksAtScalesThatAreMereLengths) {
    const auto [spoilt, missing] = report_with("character", {.first = {7}, .extent = {1}}, 1.0, Agreement::exact);
    ASSERT_EQ(spoilt.size(), 1U);
    EXPECT_EQ(spoilt[0].problem, "1 of 160 values differ, the first at character 7: 1 in place of 0");
}

TEST_F(CheckLabelsTest, AllowsTheRoundingOfAnotherBuild) {
    const double rounded = std::nextafter(0.5, 1.0);
    const hdf5::Block place{.first = {4}, .extent = {1}};
    EXPECT_EQ(report_with("hidden_flip_fraction", place, rounded, Agreement::exact).spoilt.size(), 1U);
    EXPECT_EQ(report_with("hidden_flip_fraction", place, rounded, Agreement::rounding).spoilt.size(), 0U);
}

TEST_F(CheckLabelsTest, RefusesAnExtentThatTheFileHasNoValuesFor) {
    replace("hidden_flip_fraction", {hsize_t{1} << 40U});
    const LabelReport report = check_labels(path_, layout_, Agreement::exact);
    ASSERT_EQ(report.spoilt.size(), 1U);
    EXPECT_EQ(report.spoilt[0].name, "hidden_flip_fraction");
    EXPECT_THAT(report.spoilt[0].problem, testing::HasSubstr("is not stored as results are"));
}

TEST_F(CheckLabelsTest, TellsOtherNumbersOfDimensionsApart) {
    replace("hidden_flip_fraction", {});
    const LabelReport report = check_labels(path_, layout_, Agreement::exact);
    ASSERT_EQ(report.spoilt.size(), 1U);
    EXPECT_EQ(report.spoilt[0].problem, "0 dimensions in place of 1");
}

TEST_F(CheckLabelsTest, TellsWhatAnOlderFileLacks) {
    layout_.push_back({.name = "new_label",
                       .dimensions = {Dimension::point},
                       .units = "1",
                       .description = "of a later build",
                       .content = std::vector<double>(6, 1.0)});
    const LabelReport report = check_labels(path_, layout_, Agreement::exact);
    EXPECT_THAT(report.spoilt, IsEmpty());
    EXPECT_THAT(report.missing, testing::ElementsAre("new_label"));
}

}  // namespace
}  // namespace curldescent
