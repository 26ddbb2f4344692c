#include "measured_variables.hpp"

namespace curldescent {
namespace {

using enum Dimension;

bool has_thresholds(const Analysis& analysis) {
    return analysis.loss_thresholds.count > 0;
}
bool has_ascent(const Analysis& analysis) {
    return analysis.ascent;
}
bool has_plateau(const Analysis& analysis) {
    return analysis.plateau.measured;
}
bool has_curl(const Analysis& analysis) {
    return analysis.curl.measured;
}
bool has_saddle(const Analysis& analysis) {
    return analysis.saddle_index;
}

/// The epochs to each threshold, and the best losses.
std::vector<RunVariable> threshold_variables() {
    return {
        {"epochs_to_train_loss",
         [](const RunResult& run) -> const std::vector<double>& { return run.speed.epochs_to_train_loss; },
         threshold,
         "1",
         "epochs until the training loss was at or below each threshold; missing where it never was, and statistics "
         "are those of the runs that got there",
         Statistics::plain,
         Group::root,
         has_thresholds,
         {},
         Comparable::duration},
        {"epochs_to_test_loss",
         [](const RunResult& run) -> const std::vector<double>& { return run.speed.epochs_to_test_loss; },
         threshold,
         "1",
         "epochs until the test loss was at or below each threshold; missing where it never was or is not there, and "
         "statistics are those of the runs that got there",
         Statistics::plain,
         Group::root,
         has_thresholds,
         {},
         Comparable::duration},
        {"best_train_loss",
         [](const RunResult& run) { return run.speed.best_train_loss; },
         {},
         "1",
         "lowest training loss of all epochs",
         Statistics::with_log10,
         Group::root,
         has_thresholds},
        {"best_test_loss",
         [](const RunResult& run) { return run.speed.best_test_loss; },
         {},
         "1",
         "lowest test loss of all epochs",
         Statistics::with_log10,
         Group::root,
         has_thresholds},
    };
}

/// The rises of the training loss.
std::vector<RunVariable> ascent_variables() {
    return {
        {"ascent_total",
         [](const RunResult& run) { return run.speed.ascent.total; },
         {},
         "1",
         "sum of all rises of the training loss from an epoch to the next, those by rounding apart; infinite for a "
         "diverged run",
         Statistics::plain,
         Group::root,
         has_ascent},
        {"ascent_largest_rise",
         [](const RunResult& run) { return run.speed.ascent.largest_rise; },
         {},
         "1",
         "height of the highest training loss above the lowest one before it; infinite for a diverged run",
         Statistics::plain,
         Group::root,
         has_ascent},
        {"ascent_largest_rise_epoch",
         [](const RunResult& run) { return run.speed.ascent.largest_rise_epoch; },
         {},
         "1",
         "epoch of the largest rise; missing where the loss never rose",
         Statistics::plain,
         Group::root,
         has_ascent},
        {"ascent_rising_share",
         [](const RunResult& run) { return run.speed.ascent.rising_share; },
         {},
         "1",
         "share of epochs that raised the training loss",
         Statistics::plain,
         Group::root,
         has_ascent},
    };
}

/// The gradient along the run, and its plateau.
std::vector<RunVariable> gradient_variables() {
    return {
        {"gradient_norm", [](const RunResult& run) -> const std::vector<double>& { return run.curl.gradient_norm; },
         record, "1", "Frobenius norm of the training loss's gradient, tangential under the norm constraint",
         Statistics::none, Group::root, [](const Analysis& analysis) { return analysis.alignment; }},
        {"alignment", [](const RunResult& run) -> const std::vector<double>& { return run.curl.alignment; }, record,
         "1", "cosine between the full-batch update and the negative gradient", Statistics::none, Group::root,
         [](const Analysis& analysis) { return analysis.alignment; }},
        {"plateau_epoch",
         [](const RunResult& run) { return run.curl.plateau.epoch; },
         {},
         "1",
         "epoch at which the plateau is flattest; missing where there is none",
         Statistics::plain,
         Group::root,
         has_plateau},
        {"plateau_length",
         [](const RunResult& run) { return run.curl.plateau.length; },
         {},
         "1",
         "epochs on the plateau, 0 where there is none",
         Statistics::plain,
         Group::root,
         has_plateau},
        {"plateau_escape_epoch",
         [](const RunResult& run) { return run.curl.plateau.escape; },
         {},
         "1",
         "first recorded epoch behind the plateau, or that of the divergence; missing where it was never left",
         Statistics::plain,
         Group::root,
         has_plateau},
    };
}

/// The curl of the update field, and the Hessian.
std::vector<RunVariable> jacobian_variables() {
    return {
        {"curl_strength", [](const RunResult& run) -> const std::vector<double>& { return run.curl.curl_strength; },
         stage, "1", "||(J - J^T) / 2|| / ||J|| of the update field's Jacobian", Statistics::plain, Group::root,
         has_curl},
        {"curl_strength_error",
         [](const RunResult& run) -> const std::vector<double>& { return run.curl.curl_strength_error; }, stage, "1",
         "standard error of curl_strength; 0 where it is exact, missing where the estimate fell below 0",
         Statistics::none, Group::root, has_curl},
        {"saddle_index",
         [](const RunResult& run) { return run.curl.saddle.count; },
         {},
         "1",
         "negative eigenvalues of the loss's Hessian on the plateau, at full width; of networks with more than 1200 "
         "weights after width reduction at most 512 are counted",
         Statistics::plain,
         Group::root,
         has_saddle},
        {"lowest_hessian_eigenvalue",
         [](const RunResult& run) { return run.curl.saddle.lowest; },
         {},
         "1",
         "lowest eigenvalue of the loss's Hessian on the plateau",
         Statistics::plain,
         Group::root,
         has_saddle},
    };
}

}  // namespace

std::vector<RunVariable> curl_variables() {
    std::vector<RunVariable> all;
    for (const auto& part : {threshold_variables(), ascent_variables(), gradient_variables(), jacobian_variables()}) {
        all.insert(all.end(), part.begin(), part.end());
    }
    return all;
}

}  // namespace curldescent
