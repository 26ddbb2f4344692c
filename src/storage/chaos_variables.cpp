#include "measured_variables.hpp"

namespace curldescent {
namespace {

using enum Dimension;

bool has_exponents(const Analysis& analysis) {
    return analysis.lyapunov.exponents > 0;
}

bool has_windows(const Analysis& analysis) {
    return has_exponents(analysis) && analysis.lyapunov.windows > 0;
}

bool has_twin(const Analysis& analysis) {
    return analysis.twin;
}

bool has_losses(const Analysis& analysis) {
    return analysis.loss_epochs > 0;
}

/// A number of each run.
RunVariable number(std::string_view name, double (*value)(const RunResult&), std::string_view units,
                   std::string_view description, bool (*wanted)(const Analysis&),
                   Statistics statistics = Statistics::plain) {
    return {name, value, {}, units, description, statistics, Group::root, wanted};
}

std::vector<RunVariable> exponent_variables() {
    using Values = const std::vector<double>&;
    const auto list = [](std::string_view name, Values (*value)(const RunResult&), Dimension dimension,
                         std::string_view units, std::string_view description) {
        return RunVariable{name,        value,
                           dimension,   units,
                           description, Statistics::none,
                           Group::root, dimension == window ? has_windows : has_exponents};
    };
    return {
        list(
            "lyapunov_exponents", [](const RunResult& run) -> Values { return run.chaos.exponents; }, exponent,
            "1/epoch", "leading Lyapunov exponents of the network as it is trained, natural logarithm"),
        list(
            "lyapunov_low", [](const RunResult& run) -> Values { return run.chaos.exponents_low; }, exponent, "1/epoch",
            "lower end of the exponents' 95 % interval"),
        list(
            "lyapunov_high", [](const RunResult& run) -> Values { return run.chaos.exponents_high; }, exponent,
            "1/epoch", "upper end of the exponents' 95 % interval"),
        list(
            "lyapunov_per_update", [](const RunResult& run) -> Values { return run.chaos.exponents_per_update; },
            exponent, "1", "leading Lyapunov exponents of one update"),
        list(
            "lyapunov_windows", [](const RunResult& run) -> Values { return run.chaos.windows; }, window, "1/epoch",
            "leading exponent in windows of equal length that follow each other"),
    };
}

std::vector<RunVariable> leading_variables() {
    return {
        number(
            "lyapunov_leading", [](const RunResult& run) { return run.chaos.lyapunov.leading.rate.mean; }, "1/epoch",
            "leading Lyapunov exponent", has_exponents),
        number(
            "lyapunov_half_difference", [](const RunResult& run) { return run.chaos.lyapunov.leading.half_difference; },
            "1/epoch", "leading exponent of the second half of the measurement less that of the first", has_exponents,
            Statistics::none),
        number(
            "lyapunov_start_difference",
            [](const RunResult& run) { return run.chaos.lyapunov.leading.start_difference; }, "1/epoch",
            "difference of the leading exponent between two random starts of the tangents", has_exponents,
            Statistics::none),
        number(
            "lyapunov_epochs", [](const RunResult& run) { return static_cast<double>(run.chaos.lyapunov.steps); }, "1",
            "epochs that the exponents were measured over", has_exponents, Statistics::none),
        number(
            "kaplan_yorke_dimension", [](const RunResult& run) { return run.chaos.lyapunov.kaplan_yorke_dimension; },
            "1",
            "Kaplan-Yorke dimension of the network as it is trained (a linear one at its reduced width); missing where "
            "more exponents are needed, and without a positive one",
            has_exponents),
        {"lyapunov_verdict",
         [](const RunResult& run) { return static_cast<std::uint8_t>(run.chaos.lyapunov.verdict); },
         {},
         "1",
         "what the leading exponent is by its own interval; zero: not to be told from zero",
         Statistics::shares,
         Group::root,
         has_exponents,
         enumeration_names<LyapunovVerdict>},
        number(
            "twin_exponent", [](const RunResult& run) { return run.chaos.twin.mean; }, "1/epoch",
            "leading Lyapunov exponent from twin trajectories 1e-8 apart, a check", has_twin),
        number(
            "twin_low", [](const RunResult& run) { return run.chaos.twin.low(); }, "1/epoch",
            "lower end of the twin exponent's 95 % interval", has_twin, Statistics::none),
        number(
            "twin_high", [](const RunResult& run) { return run.chaos.twin.high(); }, "1/epoch",
            "upper end of the twin exponent's 95 % interval", has_twin, Statistics::none),
    };
}

std::vector<RunVariable> loss_variables() {
    return {
        number(
            "zero_one_test", [](const RunResult& run) { return run.chaos.zero_one; }, "1",
            "0-1 test of the training loss: near 1 chaotic, near 0 regular; missing for mini-batches and "
            "where the loss is constant or has converged",
            has_losses),
        number(
            "loss_period", [](const RunResult& run) { return run.chaos.peak.period; }, "epoch",
            "period of the highest peak in the spectrum of the training loss; missing as for zero_one_test and without "
            "a peak",
            has_losses),
        number(
            "loss_peak_share", [](const RunResult& run) { return run.chaos.peak.share; }, "1",
            "share of the power of the training loss, trends apart, that lies in this peak", has_losses),
        number(
            "loss_level", [](const RunResult& run) { return run.chaos.loss.level; }, "1",
            "mean training loss of the last tenth of the last epochs, over the loss of zero outputs; infinite for a "
            "diverged run, whose other indicators are missing",
            has_losses, Statistics::with_log10),
        number(
            "loss_variation", [](const RunResult& run) { return run.chaos.loss.variation; }, "1",
            "standard deviation of the training loss over the last epochs, over its mean", has_losses,
            Statistics::none),
        number(
            "loss_trend", [](const RunResult& run) { return run.chaos.loss.trend; }, "1",
            "change of the mean training loss from the first to the second half of the last epochs, over its mean",
            has_losses, Statistics::none),
        number(
            "loss_swing", [](const RunResult& run) { return run.chaos.loss.swing; }, "1",
            "standard deviation of the training loss about its straight line over the last epochs, over its mean",
            has_losses, Statistics::none),
        number(
            "loss_crossings", [](const RunResult& run) { return run.chaos.loss.crossings; }, "1",
            "how often the training loss passed this line: a loss that only falls does so twice", has_losses,
            Statistics::none),
    };
}

std::vector<RunVariable> regime_variables() {
    return {
        number(
            "order_parameter", [](const RunResult& run) { return run.chaos.order_parameter; }, "1",
            "q: mean over weights of the variance in time, over the variance over weights of the mean in time, at the "
            "last recorded epochs; above 0 where weights move, chaotic or not",
            [](const Analysis& analysis) { return analysis.order_parameter_epochs > 0; }, Statistics::with_log10),
        {"regime",
         [](const RunResult& run) { return static_cast<std::uint8_t>(run.chaos.regime); },
         {},
         "1",
         "where the training has come to",
         Statistics::shares,
         Group::root,
         [](const Analysis& analysis) { return analysis.regime.classify; },
         enumeration_names<Regime>},
    };
}

}  // namespace

std::vector<RunVariable> chaos_variables() {
    std::vector<RunVariable> all = exponent_variables();
    for (const auto& part : {leading_variables(), loss_variables(), regime_variables()}) {
        all.insert(all.end(), part.begin(), part.end());
    }
    return all;
}

}  // namespace curldescent
