#include "curldescent/analysis/last_weights.hpp"

namespace curldescent {

void LastWeights::finish(const Core& core, const TrainingOutcome& outcome) {
    if (!outcome.diverged) weights_ = core.weights();
}

}  // namespace curldescent
