#include "curldescent/storage/data_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <sstream>

#include "curldescent/model/error.hpp"
#include "curldescent/storage/hdf5.hpp"
#include "support/temporary_folder.hpp"

namespace curldescent {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;

class DataFileTest : public testing::Test {
  protected:
    DataFileTest() : file_(H5Fcreate(path_.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose) {
        hdf5::initialise();
    }

    void add(const std::string& name, std::vector<hsize_t> shape, const std::vector<double>& values,
             H5D_layout_t layout = H5D_CONTIGUOUS) {
        const hdf5::Handle creation = hdf5::own(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, name);
        H5Pset_layout(creation.id(), layout);
        const auto rank = static_cast<int>(shape.size());
        const hdf5::Handle space = hdf5::own(H5Screate_simple(rank, shape.data(), nullptr), H5Sclose, name);
        const hdf5::Handle dataset = hdf5::own(
            H5Dcreate2(file_.id(), name.c_str(), H5T_IEEE_F64LE, space.id(), H5P_DEFAULT, creation.id(), H5P_DEFAULT),
            H5Dclose, name);
        H5Dwrite(dataset.id(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
    }

    /// Inputs of this shape in pieces of [2 x 2], of which the first [3 x 2] are written: ones.
    void add_in_pieces(std::vector<hsize_t> shape) {
        const std::array<hsize_t, 2> chunk{2, 2};
        const std::vector<double> ones(6, 1.0);
        const hdf5::Handle space = hdf5::own(H5Screate_simple(2, shape.data(), nullptr), H5Sclose, "inputs");
        const hdf5::Handle creation = hdf5::own(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "inputs");
        H5Pset_chunk(creation.id(), 2, chunk.data());
        const hdf5::Handle dataset = hdf5::own(
            H5Dcreate2(file_.id(), "inputs", H5T_IEEE_F64LE, space.id(), H5P_DEFAULT, creation.id(), H5P_DEFAULT),
            H5Dclose, "inputs");
        hdf5::write_block(dataset, H5T_NATIVE_DOUBLE, {.first = {0, 0}, .extent = {3, 2}},
                          std::as_bytes(std::span(ones)), "inputs");
    }

    SuppliedData read() {
        file_.close("data file");
        return read_supplied_data(path_);
    }

    /// Replaces a length in the bytes of the file, past HDF5.
    void replace_length(hsize_t length, hsize_t other) {
        file_.close("data file");
        std::ostringstream content;
        content << std::ifstream(path_, std::ios::binary).rdbuf();
        std::string bytes = content.str();
        const auto text_of = [](const hsize_t& value) {
            return std::string_view(reinterpret_cast<const char*>(&value), sizeof(value));
        };
        const std::size_t place = bytes.find(text_of(length));
        ASSERT_NE(place, std::string::npos);
        bytes.replace(place, sizeof(length), text_of(other));
        std::ofstream(path_, std::ios::binary) << bytes;
    }

    TemporaryFolder folder_;
    std::string path_ = folder_.file("data.h5");
    hdf5::Handle file_;
};

TEST_F(DataFileTest, TurnsRowsOfSamplesIntoColumns) {
    add("inputs", {3, 2}, {1, 2, 3, 4, 5, 6});
    const SuppliedData supplied = read();
    ASSERT_TRUE(supplied.inputs.has_value());
    EXPECT_EQ(*supplied.inputs, (Matrix(2, 3) << 1, 3, 5, 2, 4, 6).finished());
}

TEST_F(DataFileTest, KeepsWeightsAsTheyAre) {
    add("student_hidden", {2, 3}, {1, 2, 3, 4, 5, 6});
    EXPECT_EQ(*read().student_hidden, (Matrix(2, 3) << 1, 2, 3, 4, 5, 6).finished());
}

TEST_F(DataFileTest, TakesAListOfTargetsForOneOutput) {
    add("targets", {3}, {1, 2, 3});
    EXPECT_EQ(*read().targets, (Matrix(1, 3) << 1, 2, 3).finished());
}

TEST_F(DataFileTest, SuppliesNothingThatIsNotThere) {
    add("inputs", {1, 1}, {0.5});
    const SuppliedData supplied = read();
    EXPECT_FALSE(supplied.targets.has_value());
    EXPECT_FALSE(supplied.feedback.has_value());
}

TEST_F(DataFileTest, RefusesAMisspeltArray) {
    add("input", {1, 1}, {0.5});
    EXPECT_THAT([&] { read(); },
                ThrowsMessage<InputError>(AllOf(HasSubstr("\"input\""), HasSubstr("teacher_readout"))));
}

TEST_F(DataFileTest, RefusesAnotherNumberOfDimensions) {
    add("inputs", {1, 1, 1}, {0.5});
    EXPECT_THAT([&] { read(); }, ThrowsMessage<InputError>(HasSubstr("inputs has 3 dimensions")));
}

TEST_F(DataFileTest, RefusesTexts) {
    const hdf5::Handle space = hdf5::own(H5Screate(H5S_SCALAR), H5Sclose, "inputs");
    hdf5::own(H5Dcreate2(file_.id(), "inputs", H5T_C_S1, space.id(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Dclose,
              "inputs");
    EXPECT_THAT([&] { read(); }, ThrowsMessage<InputError>(HasSubstr("does not hold numbers")));
}

TEST_F(DataFileTest, TakesValuesInPiecesWhenAllAreWritten) {
    add_in_pieces({3, 2});
    EXPECT_EQ(*read().inputs, Matrix::Ones(2, 3));
}

TEST_F(DataFileTest, RefusesValuesThatWereNeverWritten) {
    add_in_pieces({1'000'000'000'000, 1'000'000});
    EXPECT_THAT([&] { read(); }, ThrowsMessage<InputError>(HasSubstr("inputs has values that are not in this file")));
}

class AlteredDataFileTest : public DataFileTest, public testing::WithParamInterface<H5D_layout_t> {};

TEST_P(AlteredDataFileTest, IsRefusedWhenItHasFewerValuesThanItSays) {
    add("inputs", {3571, 2}, std::vector<double>(7142, 1.0), GetParam());
    replace_length(3571, 3572);
    EXPECT_THAT([&] { read_supplied_data(path_); },
                ThrowsMessage<InputError>(HasSubstr("inputs has values that are not in this file")));
}

INSTANTIATE_TEST_SUITE_P(Layouts, AlteredDataFileTest, testing::Values(H5D_CONTIGUOUS, H5D_COMPACT));

TEST_F(DataFileTest, RefusesLengthsThatNoMatrixHas) {
    add("inputs", {hsize_t{1} << 41U, 0}, {});
    EXPECT_THAT([&] { read(); }, ThrowsMessage<InputError>(HasSubstr("more than fits in memory")));
}

TEST_F(DataFileTest, NamesAFileThatIsMissingOrNoHdf5) {
    const std::string missing = folder_.file("missing.h5");
    EXPECT_THAT([&] { read_supplied_data(missing); }, ThrowsMessage<InputError>(HasSubstr(missing)));
    const std::string text = folder_.file("text.h5");
    std::ofstream(text) << "no HDF5";
    EXPECT_THAT([&] { read_supplied_data(text); },
                ThrowsMessage<InputError>(HasSubstr("cannot be opened as an HDF5 file")));
}

TEST_F(DataFileTest, HasAChecksumThatFollowsItsValues) {
    SuppliedData supplied;
    EXPECT_EQ(checksum(supplied), "");
    supplied.source = "data.h5";
    supplied.inputs = Matrix::Ones(2, 3);
    const std::string first = checksum(supplied);
    EXPECT_EQ(checksum(supplied), first);
    supplied.inputs->coeffRef(1, 2) = 1.0 + 1e-15;
    EXPECT_NE(checksum(supplied), first);
    supplied.inputs = Matrix::Ones(3, 2);
    EXPECT_NE(checksum(supplied), first);
}

}  // namespace
}  // namespace curldescent
