"""Curves over one swept axis: median and 5-95 % band of the final test loss, a line for each rule."""

import numpy as np
from labels import rule_label, value_label
from matplotlib.figure import Figure
from results import Axis, Results
from rules import RULE_COLOURS, rule_style
from scale import is_numeric, positions, set_scale
from table import Table

QUANTILES = ("q05", "median", "q95")
SUMMARY = "final test loss along one swept axis, median and 5-95 % band"


def fits(results: Results) -> bool:
    return len(results.axes) == 1


def draw(results: Results) -> Figure:
    figure = Figure(figsize=(6.8, 4.7), layout="constrained")
    panel = figure.subplots()
    set_scale(panel, "x", results.axes[0])
    panel.set_yscale("log")
    panel.set_ylabel("final test loss", fontsize=14)
    panel.tick_params(labelsize=12)
    panel.spines[["top", "right"]].set_visible(False)
    for k, (rule, quantiles) in enumerate(zip(results.rules, loss_quantiles(results))):
        draw_rule(panel, results.axes[0], rule, np.ma.masked_invalid(quantiles), shift=k - (len(results.rules) - 1) / 2)
    mark_diverged(panel, results)
    crosses = "\ncrosses above: a replicate diverged" if results.diverged().any() else ""
    panel.legend(title=f"median and 5-95 % of {results.replicates} replicates{crosses}", frameon=False)
    return figure


def loss_quantiles(results: Results) -> np.ndarray:
    """[rule, quantile, value]"""
    return np.stack([results.statistic(f"final_test_loss_{name}") for name in QUANTILES], axis=1)


def draw_rule(panel, axis: Axis, rule: str, quantiles: np.ndarray, shift: float) -> None:
    """Line and band along numbers; bars, side by side, at values that are no numbers."""
    low, median, high = quantiles
    style = {"color": RULE_COLOURS[rule], "label": rule_label(rule)}
    if is_numeric(axis.values):
        panel.plot(positions(axis), median, rule_style(rule), **style)
        panel.fill_between(positions(axis), low, high, color=style["color"], alpha=0.2, linewidth=0)
    else:
        panel.errorbar(positions(axis) + 0.08 * shift, median, (median - low, high - median), fmt="o", capsize=3,
                       **style)


def mark_diverged(panel, results: Results) -> None:
    """Crosses above the panel, a row for each rule, where a replicate diverged."""
    x = positions(results.axes[0])
    for k, (rule, diverged) in enumerate(zip(results.rules, results.diverged())):
        panel.plot(x[diverged], np.full(diverged.sum(), 1.02 + 0.03 * k), "x", color=RULE_COLOURS[rule],
                   transform=panel.get_xaxis_transform(), clip_on=False)


def tables(results: Results) -> list[Table]:
    axis = results.axes[0]
    return [Table(title=f"{rule_label(rule)}: final test loss over {results.replicates} replicates",
                  corner=axis.name,
                  columns=["5 %", "median", "95 %"],
                  rows=[value_label(value) for value in axis.values],
                  cells=[["--" if np.isnan(value) else f"{value:.2e}" for value in row] for row in quantiles.T])
            for rule, quantiles in zip(results.rules, loss_quantiles(results))]
