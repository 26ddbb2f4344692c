#include "curldescent/model/supplied_data.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "curldescent/experiment/settings.hpp"
#include "experiment/parsing.hpp"

namespace curldescent {
namespace {

/// M = 2, N = 4, N_T = 5, O = 3, P = 7, P_test = 6.
RunSettings small_run() {
    Settings settings;
    settings.inputs = 2;
    settings.hidden = 4;
    settings.run.network.outputs = 3;
    settings.teacher_hidden = 5;
    settings.run.training.samples = 7;
    settings.run.training.test_samples = 6;
    settings.run.training.batch = 7;
    return resolve(settings);
}

/// The array with this many rows and columns more than needed, as the program holds it.
SuppliedData with_array(const SuppliedArray& array, Index more_rows, Index more_columns) {
    const DataSizes sizes = data_sizes(small_run());
    const Index rows = sizes.*array.rows + more_rows;
    const Index columns = sizes.*array.columns + more_columns;
    SuppliedData supplied;
    supplied.source = "mine.h5";
    supplied.*array.member =
        array.kind == SuppliedArray::Rows::samples ? Matrix::Zero(columns, rows) : Matrix::Zero(rows, columns);
    return supplied;
}

/// Every array, each of the shape needed.
SuppliedData whole_data() {
    SuppliedData supplied;
    supplied.source = "mine.h5";
    for (const SuppliedArray& array : supplied_arrays) supplied.*array.member = with_array(array, 0, 0).*array.member;
    return supplied;
}

std::string validate_error(const SuppliedData& supplied) {
    return input_error([&] { validate(supplied, small_run()); });
}

TEST(DataSizes, AreThoseOfTheRun) {
    const DataSizes sizes = data_sizes(small_run());

    EXPECT_EQ(sizes.inputs, 2);
    EXPECT_EQ(sizes.hidden, 4);
    EXPECT_EQ(sizes.teacher_hidden, 5);
    EXPECT_EQ(sizes.outputs, 3);
    EXPECT_EQ(sizes.samples, 7);
    EXPECT_EQ(sizes.test_samples, 6);
}

TEST(Validate, TakesNothingAndEverything) {
    EXPECT_EQ(validate_error(SuppliedData()), "");
    EXPECT_EQ(validate_error(whole_data()), "");
}

TEST(Validate, NamesFileArrayAndBothShapesAsStored) {
    SuppliedData few_inputs = whole_data();
    few_inputs.inputs = Matrix::Zero(2, 5);
    SuppliedData narrow_teacher = whole_data();
    narrow_teacher.teacher_hidden = Matrix::Zero(4, 2);

    EXPECT_THAT(validate_error(few_inputs), names("mine.h5: ", "inputs is [5 x 2]", "[at least 7 x 2]"));
    EXPECT_THAT(validate_error(narrow_teacher), names("mine.h5: ", "teacher_hidden is [4 x 2]", "needs [5 x 2]"));
}

TEST(Validate, RefusesEveryArrayWithTooFewRows) {
    for (const SuppliedArray& array : supplied_arrays) {
        EXPECT_THAT(validate_error(with_array(array, -1, 0)), names("mine.h5: ", std::string(array.name) + " is ["));
    }
}

TEST(Validate, RefusesEveryArrayWithOtherColumns) {
    for (const SuppliedArray& array : supplied_arrays) {
        const std::string named = std::string(array.name) + " is [";
        EXPECT_THAT(validate_error(with_array(array, 0, 1)), names("mine.h5: ", named));
        EXPECT_THAT(validate_error(with_array(array, 0, -1)), names("mine.h5: ", named));
    }
}

TEST(Validate, TakesMoreSamplesThanNeededButNotMoreUnits) {
    SuppliedData supplied = whole_data();
    supplied.inputs = Matrix::Zero(2, 100);
    supplied.test_targets = Matrix::Zero(3, 100);
    EXPECT_EQ(validate_error(supplied), "");

    supplied.feedback = Matrix::Zero(5, 3);
    EXPECT_THAT(validate_error(supplied), names("feedback is [5 x 3]", "needs [4 x 3]"));
}

TEST(Validate, RefusesValuesThatAreNotFinite) {
    for (const double value : {std::nan(""), std::numeric_limits<double>::infinity()}) {
        SuppliedData supplied = whole_data();
        supplied.test_targets->coeffRef(2, 5) = value;

        EXPECT_THAT(validate_error(supplied), names("mine.h5: ", "test_targets holds a value that is not finite"));
    }
}

TEST(Validate, RefusesTargetsWithoutTheirInputs) {
    SuppliedData supplied = whole_data();
    supplied.inputs.reset();
    EXPECT_THAT(validate_error(supplied), names("mine.h5: ", "targets is given without inputs"));

    supplied = whole_data();
    supplied.test_inputs.reset();
    EXPECT_THAT(validate_error(supplied), names("mine.h5: ", "test_targets is given without test_inputs"));
}

TEST(Validate, RefusesTargetsWithoutTestTargetsUnlessNothingIsTested) {
    SuppliedData supplied = whole_data();
    supplied.test_inputs.reset();
    supplied.test_targets.reset();
    RunSettings untested = small_run();
    untested.training.test_samples = 0;

    EXPECT_THAT(validate_error(supplied),
                names("mine.h5: ", "targets is given without test_targets", "training.test_samples = 0"));
    EXPECT_EQ(input_error([&] { validate(supplied, untested); }), "");
}

}  // namespace
}  // namespace curldescent
