#pragma once

#include <cstdint>
#include <span>

#include "curldescent/analysis/residual_map.hpp"
#include "curldescent/dynamics/trainer.hpp"

namespace curldescent {

/// One update of a residual [d] from the samples of a batch; `eta_b` is the rate of one update.
void update_residual(Vector& residual, const ResidualMap& map, std::span<const Index> batch, double eta_b);

/// The growth of a small residual at a solution under sampling noise.
struct TransverseExponent {
    double value;  ///< mean of ln |r after| / |r before|, per epoch; negative: the solution is stable
    double error;  ///< its standard error, from the means of ten blocks of epochs; NaN for fewer than 20 epochs
};

/// The transverse Lyapunov exponent of a solution (MODEL.md section 4): a random residual is taken through the batches
/// of `epochs` epochs in the order of `key`, the one in which a run is trained, and rescaled after each. The first
/// tenth of the epochs, in which it turns to the direction that grows fastest, is left out. `epochs` is at least 1. The
/// map is one of reachable directions: a neutral one would outlast every stable one. 0 for a map of none.
TransverseExponent transverse_exponent(const ResidualMap& map, const StepSize& step, bool shuffle, const StreamKey& key,
                                       std::int64_t epochs);

}  // namespace curldescent
