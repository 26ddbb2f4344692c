#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "curldescent/model/network.hpp"

namespace curldescent {

/// Data and weights that the user gives in a file instead of the random ones. All parts are optional. Here every
/// sample is a column, as everywhere in the program; in the file it is a row.
struct SuppliedData {
    std::string source;                     ///< the file's path, for messages; empty: nothing supplied
    std::optional<Matrix> inputs;           ///< [M x at least P]
    std::optional<Matrix> targets;          ///< [O x at least P]
    std::optional<Matrix> test_inputs;      ///< [M x at least P_test]
    std::optional<Matrix> test_targets;     ///< [O x at least P_test]
    std::optional<Matrix> student_hidden;   ///< W1 of the student's start [N x M]
    std::optional<Matrix> student_readout;  ///< W2 of the student's start [O x N]
    std::optional<Matrix> teacher_hidden;   ///< W1 of the teacher [N_T x M]
    std::optional<Matrix> teacher_readout;  ///< W2 of the teacher [O x N_T]
    std::optional<Matrix> feedback;         ///< [N x O]
};

/// The sizes that supplied data must fit.
struct DataSizes {
    Index inputs = 0;          ///< M
    Index hidden = 0;          ///< N
    Index teacher_hidden = 0;  ///< N_T
    Index outputs = 0;         ///< O
    Index samples = 0;         ///< P
    Index test_samples = 0;    ///< P_test
};

/// One array of a supplied file: its name, where it goes, and its shape in the file, where samples are rows.
struct SuppliedArray {
    enum class Rows { samples, units };  ///< samples: transposed on reading, and there may be more than needed

    std::string_view name;
    std::optional<Matrix> SuppliedData::*member;
    Rows kind;
    Index DataSizes::*rows;
    Index DataSizes::*columns;
};

/// Every array that a supplied file may hold.
inline constexpr std::array<SuppliedArray, 9> supplied_arrays{{
    {"inputs", &SuppliedData::inputs, SuppliedArray::Rows::samples, &DataSizes::samples, &DataSizes::inputs},
    {"targets", &SuppliedData::targets, SuppliedArray::Rows::samples, &DataSizes::samples, &DataSizes::outputs},
    {"test_inputs", &SuppliedData::test_inputs, SuppliedArray::Rows::samples, &DataSizes::test_samples,
     &DataSizes::inputs},
    {"test_targets", &SuppliedData::test_targets, SuppliedArray::Rows::samples, &DataSizes::test_samples,
     &DataSizes::outputs},
    {"student_hidden", &SuppliedData::student_hidden, SuppliedArray::Rows::units, &DataSizes::hidden,
     &DataSizes::inputs},
    {"student_readout", &SuppliedData::student_readout, SuppliedArray::Rows::units, &DataSizes::outputs,
     &DataSizes::hidden},
    {"teacher_hidden", &SuppliedData::teacher_hidden, SuppliedArray::Rows::units, &DataSizes::teacher_hidden,
     &DataSizes::inputs},
    {"teacher_readout", &SuppliedData::teacher_readout, SuppliedArray::Rows::units, &DataSizes::outputs,
     &DataSizes::teacher_hidden},
    {"feedback", &SuppliedData::feedback, SuppliedArray::Rows::units, &DataSizes::hidden, &DataSizes::outputs},
}};

}  // namespace curldescent
