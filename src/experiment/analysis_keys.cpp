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
            "stability_spectrum", KeyKind::boolean,
            "with stability: store every eigenvalue; away from a solution the largest, as many as a residual has "
            "directions",
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

void add_curl_keys(KeyTable& table) {
    table.section("analysis");
    table
        .real_list(
            "loss_thresholds", LossThresholds{}.values.size(), {0, 1e100, true},
            "losses to reach: the epochs it takes the training and the test loss to fall to each, looking at every "
            "epoch, and the best losses",
            [](auto& s) -> auto& { return s.run.analysis.loss_thresholds; })
        .sweepable = false;
    table
        .add(
            "ascent", KeyKind::boolean, "how far and how often the training loss rises from epoch to epoch",
            [](auto& s) -> auto& { return s.run.analysis.ascent; })
        .sweepable = false;
    table
        .add(
            "alignment", KeyKind::boolean,
            "at each record the norm of the gradient, and the cosine between the update and the negative gradient",
            [](auto& s) -> auto& { return s.run.analysis.alignment; })
        .sweepable = false;
    table
        .add(
            "plateau", KeyKind::boolean,
            "where the gradient is small while the loss is not: when, how long, and when it was left, by the records",
            [](auto& s) -> auto& { return s.run.analysis.plateau.measured; })
        .sweepable = false;
    table
        .real(
            "plateau_gradient", {0, 1}, "a plateau's gradient norm is at most this share of the largest one of the run",
            [](auto& s) -> auto& { return s.run.analysis.plateau.gradient; })
        .sweepable = false;
    table
        .real(
            "plateau_loss", {0, 1}, "a plateau's training loss is at least this share of that at the start",
            [](auto& s) -> auto& { return s.run.analysis.plateau.loss; })
        .sweepable = false;
    table
        .add(
            "curl_strength", KeyKind::boolean,
            "||(J - J^T) / 2|| / ||J|| of the update field's Jacobian at the start, on the plateau and at the end: 0 "
            "for a gradient field, 1 for a pure rotation",
            [](auto& s) -> auto& { return s.run.analysis.curl.measured; })
        .sweepable = false;
    table
        .integer(
            "curl_probes", {2, 1e4},
            "random vectors it is estimated with; networks of up to twice as many weights are computed exactly",
            [](auto& s) -> auto& { return s.run.analysis.curl.probes; })
        .sweepable = false;
    table
        .add(
            "saddle_index", KeyKind::boolean,
            "the number of negative eigenvalues of the loss's Hessian on the plateau, and the lowest one",
            [](auto& s) -> auto& { return s.run.analysis.saddle_index; })
        .sweepable = false;
    Key& baseline = table.choice<Rule>(
        "baseline", "compare every other rule with this one, pair by pair of replicates, in the results file",
        [](auto& s) -> auto& { return s.run.analysis.baseline; });
    absent(baseline, "no comparison is stored", "\"gradient-descent\"");
    baseline.sweepable = false;
}

}  // namespace curldescent
