#include "analysis_keys.hpp"

namespace curldescent {

void add_stability_keys(KeyTable& table) {
    table.section("analysis");
    table
        .choice<StabilityPlace>(
            "stability",
            "measure the stability of the solution manifold at the teacher's own weights, or at the last weights of "
            "each run (where they are no solution: that of the learning map)",
            [](auto& s) -> auto& { return s.run.analysis.stability.place; })
        .sweepable = false;
    table
        .add(
            "stability_spectrum", KeyKind::boolean, "with stability: store every eigenvalue",
            [](auto& s) -> auto& { return s.run.analysis.stability.spectrum; })
        .sweepable = false;
    table
        .integer(
            "transverse_epochs", {0, 1e9},
            "with stability: epochs over which the growth of a small residual under the run's own batches is measured; "
            "0 for none",
            [](auto& s) -> auto& { return s.run.analysis.stability.transverse_epochs; })
        .sweepable = false;
}

}  // namespace curldescent
