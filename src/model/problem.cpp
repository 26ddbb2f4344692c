#include "curldescent/model/problem.hpp"

#include <numbers>

namespace curldescent {
namespace {

/// Sample by sample, so that the first samples stay the same when more are asked for.
Matrix random_inputs(Index inputs, Index samples, RandomStream stream) {
    Matrix X(inputs, samples);
    for (double& x : X.reshaped()) x = stream.next_normal() / std::numbers::sqrt2;
    return X;
}

}  // namespace

Problem make_problem(const Network& network, const Weights& teacher, Index samples, Index test_samples,
                     const SuppliedData& supplied, const StreamKey& key) {
    Problem problem;
    problem.X = supplied.inputs ? Matrix(supplied.inputs->leftCols(samples))
                                : random_inputs(network.inputs, samples, {key, Stream::train_inputs});
    problem.X_test = supplied.test_inputs ? Matrix(supplied.test_inputs->leftCols(test_samples))
                                          : random_inputs(network.inputs, test_samples, {key, Stream::test_inputs});
    problem.Y = supplied.targets ? Matrix(supplied.targets->leftCols(samples)) : forward(network, teacher, problem.X);
    problem.Y_test = supplied.test_targets ? Matrix(supplied.test_targets->leftCols(test_samples))
                                           : forward(network, teacher, problem.X_test);
    const bool linear = network.activation == Activation::linear && network.output_activation == Activation::linear;
    if (linear && !supplied.targets) problem.teacher_map = teacher.W2 * teacher.W1;
    return problem;
}

}  // namespace curldescent
