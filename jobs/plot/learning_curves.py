"""Test loss over epochs: median and 5-95 % band over replicates, a line for each rule, a panel for each point."""

import numpy as np
from families import SHORT
from labels import rule_label, value_label
from matplotlib.figure import Figure
from results import PlotError, Results
from rules import RULE_COLOURS
from table import Table

SUMMARY = "test loss over epochs, with bands, at up to six points"
MOST_PANELS = 6
ROWS = 12  # of a table


def fits(results: Results) -> bool:
    return "test_loss" in results.data and results.data.sizes["record"] > 1


def chosen_points(results: Results) -> np.ndarray:
    """All, or as many as there are panels, spread evenly over the sweep."""
    points = results.data.sizes["point"]
    return np.unique(np.linspace(0, points - 1, min(points, MOST_PANELS)).round().astype(int))


def quantiles(results: Results, point: int) -> tuple[np.ndarray, np.ndarray]:
    """Epochs after the start [record], and test losses [rule, quantile, record] of the runs that have one."""
    epochs = results.data["epoch"].isel(point=point).values
    loss = results.data["test_loss"].isel(point=point).transpose("rule", "replicate", "record").values
    kept = epochs > 0  # no logarithm of the start
    with np.errstate(all="ignore"):
        values = np.nanquantile(np.where(np.isfinite(loss), loss, np.nan), [0.05, 0.5, 0.95], axis=1)
    return epochs[kept], values.swapaxes(0, 1)[..., kept]


def title(results: Results, point: int) -> str:
    return ", ".join(SHORT.get(axis.name, axis.name.replace("_", " ") + " {}").format(
        value_label(axis.values[axis.index[point]])) for axis in results.axes)


def draw(results: Results) -> Figure:
    points = chosen_points(results)
    columns = min(len(points), 3)
    rows = -(-len(points) // columns)
    figure = Figure(figsize=(max(6.8, 1 + 4 * columns), max(4.7, 3.6 * rows)), layout="constrained")
    panels = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel()
    for unused in panels[len(points):]:
        unused.remove()
    for panel, point in zip(panels, points):
        draw_point(panel, results, point)
        panel.label_outer()
    panels[0].legend(title=f"median and 5-95 % of {results.replicates} replicates", frameon=False)
    return figure


def draw_point(panel, results: Results, point: int) -> None:
    epochs, values = quantiles(results, point)
    if len(epochs) == 0:
        raise PlotError(f"{results.path}: has no loss recorded after the start")
    for rule, (low, median, high) in zip(results.rules, values):
        style = {"color": RULE_COLOURS[rule]}
        panel.plot(epochs, median, "--" if rule.startswith("curl") else "-", label=rule_label(rule), linewidth=2, **style)
        panel.fill_between(epochs, low, high, alpha=0.2, linewidth=0, **style)
    panel.set(xscale="log", yscale="log")
    panel.set_xlabel("epochs", fontsize=14)
    panel.set_ylabel("test loss", fontsize=14)
    panel.set_title(title(results, point), fontsize=12)
    panel.tick_params(labelsize=12)
    panel.spines[["top", "right"]].set_visible(False)


def tables(results: Results) -> list[Table]:
    """At up to twelve records of each point that is drawn."""
    tables = []
    for point in chosen_points(results):
        epochs, values = quantiles(results, point)
        shown = np.unique(np.linspace(0, len(epochs) - 1, min(len(epochs), ROWS)).round().astype(int))
        for rule, of_rule in zip(results.rules, values):
            tables.append(Table(
                title=", ".join(filter(None, [f"{rule_label(rule)}: test loss", title(results, point)])),
                corner="epochs", columns=["5 %", "median", "95 %"], rows=[f"{epochs[k]:g}" for k in shown],
                cells=[["--" if np.isnan(value) else f"{value:.2e}" for value in of_rule[:, k]] for k in shown]))
    return tables
