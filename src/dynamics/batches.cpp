#include "curldescent/dynamics/batches.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "curldescent/model/lanes.hpp"

namespace curldescent {
namespace {

constexpr Index cache_line = 8;  // doubles

}  // namespace

void shuffle_samples(std::vector<Index>& order, const StreamKey& key, std::uint64_t epoch) {
    // From the identity each time, so that an epoch's order does not depend on the epochs before it.
    std::iota(order.begin(), order.end(), Index{0});
    RandomStream stream(key, Stream::shuffle, epoch);
    for (std::size_t remaining = order.size(); remaining > 1; --remaining) {
        const std::uint32_t chosen = stream.next_below(static_cast<std::uint32_t>(remaining));
        std::swap(order[remaining - 1], order[chosen]);
    }
}

Batches::Batches(const Problem& problem, Index batch) : batch_(batch) {
    const Index inputs = padded(problem.X.rows());
    const Index rest = problem.X.cols() % batch;
    all_ = {.X = Matrix::Zero(inputs, problem.X.cols()), .Y = problem.Y};
    all_.X.topRows(problem.X.rows()) = problem.X;
    if (batch == problem.X.cols()) return;
    whole_ = {.X = Matrix(inputs, batch), .Y = Matrix(problem.Y.rows(), batch)};
    rest_ = {.X = Matrix(inputs, rest), .Y = Matrix(problem.Y.rows(), rest)};
}

Batch Batches::gather(const std::vector<Index>& order, std::int64_t index) {
    if (batch_ == all_.X.cols()) return {all_.X, all_.Y};
    const Index first = index * batch_;
    Samples& batch = first + batch_ <= all_.X.cols() ? whole_ : rest_;
    const Index lanes = batch.X.rows() / lane_count;
    for (Index k = 0; k < batch.X.cols(); ++k) {
        const Index sample = order[static_cast<std::size_t>(first + k)];
        const double* X = all_.X.col(sample).data();
        double* X_b = batch.X.col(k).data();
        for (Index lane = 0; lane < lanes; ++lane) store(load(X, lane), X_b, lane);
        for (Index output = 0; output < batch.Y.rows(); ++output) batch.Y(output, k) = all_.Y(output, sample);
    }
    // The next batch is on its way from memory while this one is used.
    const Index next_end = std::min(first + 2 * batch_, all_.X.cols());
    for (Index k = first + batch_; k < next_end; ++k) {
        const double* X = all_.X.col(order[static_cast<std::size_t>(k)]).data();
        for (Index line = 0; line < batch.X.rows(); line += cache_line) __builtin_prefetch(X + line, 0, 2);
    }
    return {batch.X, batch.Y};
}

}  // namespace curldescent
