"""Epochs to a test loss over a sweep: mean and standard error of each rule, with marks where they differ."""

from dataclasses import dataclass

import numpy as np
from families import families, is_family, label_y, panels_of
from labels import rule_label, value_label
from matplotlib.figure import Figure
from results import PlotError, Results
from rules import RULE_COLOURS, rule_style
from scale import positions
from table import Table

SUMMARY = "epochs to a test loss, mean and standard error, with significance marks"
NAME = "epochs_to_test_loss"
LEVELS = ((0.001, "***"), (0.01, "**"), (0.05, "*"))


@dataclass(frozen=True)
class Epochs:
    """At the last threshold, each as [rule, axis, ...]; runs that never get there count at the last epoch."""

    threshold: float
    mean: np.ndarray
    error: np.ndarray  # standard error of the mean; NaN with fewer than two runs
    missed: np.ndarray  # runs that never got there
    p: np.ndarray | None  # Wilcoxon against the baseline, Holm over points; None without a baseline
    ahead: np.ndarray | None  # pairs in which the rule is faster than the baseline, less those in which it is slower


def fits(results: Results) -> bool:
    return NAME in results.data and is_family(results)


def epochs_to_threshold(results: Results) -> Epochs:
    if NAME not in results.data:
        raise PlotError(f"{results.path}: has no {NAME}; ask for analysis.loss_thresholds")
    reached = results.of_runs(NAME)[..., -1]
    missed = results.finished() & np.isnan(reached)
    last = results.settings()["training"]["epochs"]
    counted = np.ma.masked_invalid(np.where(missed, last, reached))
    runs = counted.count(-1)
    error = counted.std(-1, ddof=1) / np.sqrt(np.maximum(runs, 1))
    p = ahead = None
    if f"{NAME}_vs_baseline_wilcoxon_p_holm" in results.data:
        p, wins, losses = (results.statistic(f"{NAME}_vs_baseline_{name}")[..., -1]
                           for name in ("wilcoxon_p_holm", "wins", "losses"))
        ahead = wins - losses
    return Epochs(float(results.data["threshold"].values[-1]), counted.mean(-1).filled(np.nan),
                  np.ma.masked_array(error, runs < 2).filled(np.nan), missed.sum(-1), p, ahead)


def draw(results: Results) -> Figure:
    layout, epochs = families(results), epochs_to_threshold(results)
    figure, panels = panels_of(layout, height=5.4)
    mean, error, missed = map(layout.split, (epochs.mean, epochs.error, epochs.missed))
    for k, panel in enumerate(panels):
        panel.set_yscale("log")
        for rule, values, errors in zip(results.rules, mean[k], error[k]):
            low = np.minimum(np.nan_to_num(errors), 0.9 * values)  # stays on a logarithmic axis
            panel.errorbar(positions(layout.axis), values, (low, np.nan_to_num(errors)), fmt=rule_style(rule),
                           capsize=3, color=RULE_COLOURS[rule], label=rule_label(rule))
        write_missed(panel, layout, results.rules, missed[k])
        if epochs.p is not None:
            write_marks(panel, results, layout.split(epochs.p)[k], layout.split(epochs.ahead)[k])
    label_y(panels, f"epochs to a test loss of {epochs.threshold:g}")
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, title=legend_title(results, epochs), loc="lower center", ncols=2, frameon=False,
                  fontsize=11)
    below = 1.1 / figure.get_figheight()
    figure.get_layout_engine().set(rect=(0, below, 1, 1 - below))
    return figure


def legend_title(results: Results, epochs: Epochs) -> str:
    lines = [f"mean and standard error of {results.replicates} replicates"]
    if epochs.missed.any():
        lines.append("numbers above: runs that never got there (counted at the last epoch)")
    if epochs.p is not None:
        lines.append("* ** ***: p < 0.05, 0.01, 0.001 (Wilcoxon, Holm), in the colour of the faster rule")
    return "\n".join(lines)


def write_missed(panel, layout, rules: list[str], missed: np.ndarray) -> None:
    """The number of runs that never got there, a row for each rule above the panel; nothing where there are none."""
    for row, (rule, counts) in enumerate(zip(reversed(rules), missed[::-1])):
        for x, count in zip(positions(layout.axis), counts):
            if count:
                panel.text(x, 1.01 + 0.05 * row, str(count), color=RULE_COLOURS[rule], fontsize=7, ha="center",
                           va="bottom", rotation=90, transform=panel.get_xaxis_transform())
    if missed.any():
        panel.set_title(panel.get_title(), fontsize=14, pad=14 + 15 * len(rules))


def write_marks(panel, results: Results, p: np.ndarray, ahead: np.ndarray) -> None:
    """Marks along the lower edge, where a rule differs most surely from the baseline: [rule, value]"""
    baseline = results.settings()["analysis"]["baseline"]
    for x, of_rules, lead in zip(positions(families(results).axis), np.nan_to_num(p, nan=1.0).T, ahead.T):
        surest = of_rules.argmin()
        faster = results.rules[surest] if lead[surest] > 0 else baseline
        panel.text(x, 0.02, mark(of_rules[surest]), color=RULE_COLOURS[faster], fontsize=12, ha="center", va="bottom",
                   rotation=90, transform=panel.get_xaxis_transform())


def mark(p: float) -> str:
    return next((text for level, text in LEVELS if p < level), "")


def tables(results: Results) -> list[Table]:
    layout, epochs = families(results), epochs_to_threshold(results)
    mean, error, missed = map(layout.split, (epochs.mean, epochs.error, epochs.missed))
    p = None if epochs.p is None else layout.split(epochs.p)
    tables = []
    for k, title in enumerate(layout.titles):
        for r, rule in enumerate(results.rules):
            columns = [mean[k, r], error[k, r], missed[k, r], *([] if p is None else [p[k, r]])]
            tables.append(Table(
                title=", ".join(filter(None, [f"{rule_label(rule)}: epochs to {epochs.threshold:g}", title])),
                corner=layout.axis.name, columns=["mean", "error", "missed", "p (Holm)"][:len(columns)],
                rows=[value_label(value) for value in layout.axis.values],
                cells=[["--" if np.isnan(cell) else f"{cell:.4g}" for cell in row] for row in zip(*columns)]))
    return tables
