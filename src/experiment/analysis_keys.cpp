#include "analysis_keys.hpp"

namespace curldescent {
namespace {

constexpr double most_epochs = 1e12;

void add_lyapunov_keys(KeyTable& table) {
    const auto integer = [&](std::string_view name, Range range, std::string_view meaning, auto access) {
        table.integer(name, range, meaning, access).sweepable = false;
    };
    integer(
        "lyapunov_exponents", {0, 1000}, "k, how many of the leading Lyapunov exponents are measured; 0: none",
        [](auto& s) -> auto& { return s.run.analysis.lyapunov.exponents; });
    integer(
        "lyapunov_start", {0, most_epochs}, "epoch at which the tangents (and the twin's measurement) start",
        [](auto& s) -> auto& { return s.run.analysis.lyapunov.start; });
    integer(
        "lyapunov_transient", {0, most_epochs}, "epochs from there on in which the tangents align, not measured",
        [](auto& s) -> auto& { return s.run.analysis.lyapunov.transient; });
    integer(
        "lyapunov_epochs", {0, most_epochs}, "epochs measured after that; 0: to the end",
        [](auto& s) -> auto& { return s.run.analysis.lyapunov.length; });
    integer(
        "lyapunov_windows", {0, 1e6}, "windows of the measurement in which the leading exponent is given beside",
        [](auto& s) -> auto& { return s.run.analysis.lyapunov.windows; });
    table
        .real(
            "lyapunov_precision", {0, 1e100},
            "per epoch: the measurement ends when the leading exponent is known to +- this, after 5.5 / this epochs at "
            "the earliest; 0: it does not",
            [](auto& s) -> auto& { return s.run.analysis.lyapunov.precision; })
        .sweepable = false;
    table
        .add(
            "twin", KeyKind::boolean,
            "a second run, started 1e-8 away and brought back there every epoch, checks the leading exponent",
            [](auto& s) -> auto& { return s.run.analysis.twin; })
        .sweepable = false;
}

void add_regime_keys(KeyTable& table) {
    const auto threshold = [&](std::string_view name, std::string_view meaning, auto access) {
        table.real(name, {0, 1, true}, meaning, access).sweepable = false;
    };
    table
        .integer(
            "order_parameter_epochs", {0, 1e6},
            "K: the order parameter q is taken over the weights at the last K recorded epochs, 2 or more; 0: no q",
            [](auto& s) -> auto& { return s.run.analysis.order_parameter_epochs; })
        .sweepable = false;
    table
        .integer(
            "loss_epochs", {0, 1e7},
            "of so many last epochs the training loss goes through the 0-1 test and a spectrum; 0: of none",
            [](auto& s) -> auto& { return s.run.analysis.loss_epochs; })
        .sweepable = false;
    table
        .add(
            "regime", KeyKind::boolean,
            "tell converged, fixed point, drift, oscillation, chaos and diverged apart; needs order_parameter_epochs, "
            "loss_epochs of 100 or more, and for chaos lyapunov_exponents",
            [](auto& s) -> auto& { return s.run.analysis.regime.classify; })
        .sweepable = false;
    threshold(
        "regime_converged_loss", "a run has converged below this loss, as a share of that of zero outputs",
        [](auto& s) -> auto& { return s.run.analysis.regime.converged_loss; });
    threshold(
        "regime_constant_loss", "a loss is constant when its standard deviation is below this share of its mean",
        [](auto& s) -> auto& { return s.run.analysis.regime.constant_loss; });
    threshold(
        "regime_moving_weights", "where the loss is constant, the weights move when q is above this",
        [](auto& s) -> auto& { return s.run.analysis.regime.moving_weights; });
}

/// Speed, ascent, gradient and plateau.
void add_course_keys(KeyTable& table) {
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
            "plateau_gradient", {0, 1},
            "a plateau's gradient norm is at most this share of the largest one at a loss not above that at the start",
            [](auto& s) -> auto& { return s.run.analysis.plateau.gradient; })
        .sweepable = false;
    table
        .real(
            "plateau_loss", {0, 1}, "a plateau's training loss is at least this share of that at the start",
            [](auto& s) -> auto& { return s.run.analysis.plateau.loss; })
        .sweepable = false;
}

}  // namespace

void add_chaos_keys(KeyTable& table) {
    table.section("analysis");
    add_lyapunov_keys(table);
    add_regime_keys(table);
}

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
    add_course_keys(table);
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
            "random vectors it is estimated with; networks of up to 1200 trained weights are computed exactly",
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
