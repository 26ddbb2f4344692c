#pragma once

#include "curldescent/model/network.hpp"
#include "curldescent/model/random.hpp"
#include "curldescent/model/supplied_data.hpp"

namespace curldescent {

/// What a student has to learn: fixed inputs and targets, one sample a column.
struct Problem {
    Matrix X;       ///< training inputs [M x P]
    Matrix Y;       ///< training targets [O x P]
    Matrix X_test;  ///< test inputs [M x P_test]
    Matrix Y_test;  ///< test targets [O x P_test]

    /// w_T [O x M] where the teacher is linear and makes the targets: Y = w_T X. Empty otherwise.
    Matrix teacher_map = {};
};

/// Inputs x ~ Normal(0, 1/2) per entry, targets by the teacher, each computed once. Inputs and targets that the user
/// supplies take their place (their first `samples` and `test_samples` rows).
/// `network` gives M, O and the activations; the teacher may have a width of its own.
Problem make_problem(const Network& network, const Weights& teacher, Index samples, Index test_samples,
                     const SuppliedData& supplied, const StreamKey& key);

}  // namespace curldescent
