"""Predicted against actual time of every task, from the group `timing`."""

import numpy as np
from matplotlib.figure import Figure
from results import PlotError, Results
from table import Table

SUMMARY = "predicted against actual seconds of every task"
COLOUR = "#0072B2"


def fits(results: Results) -> bool:
    return True  # every file times its tasks


def seconds(results: Results) -> tuple[np.ndarray, np.ndarray]:
    """Predicted and actual, of the tasks that took any; raises PlotError where none did."""
    timing = results.timing()
    predicted, actual = (timing[name].values.ravel() for name in ("predicted_seconds", "wall_seconds"))
    known = np.isfinite(predicted) & np.isfinite(actual) & (predicted > 0) & (actual > 0)
    if not known.any():
        raise PlotError(f"{results.path}: has no times: nothing is done yet")
    return predicted[known], actual[known]


def core_hours(results: Results) -> tuple[float, float]:
    """Predicted and actual, of the tasks that were run."""
    predicted, actual = seconds(results)
    return predicted.sum() / 3600, actual.sum() / 3600


def draw(results: Results) -> Figure:
    predicted, actual = seconds(results)
    figure = Figure(figsize=(5.6, 5.2), layout="constrained")
    panel = figure.subplots()
    low, high = min(predicted.min(), actual.min()) / 1.3, max(predicted.max(), actual.max()) * 1.3
    panel.plot([low, high], [low, high], color="black", linewidth=1, label="as predicted")
    hours = core_hours(results)
    panel.plot(predicted, actual, ".", color=COLOUR, alpha=min(1, max(0.15, 100 / len(actual))),
               label=f"{len(actual)} tasks: {hours[0]:.3g} core-hours predicted, {hours[1]:.3g} taken")
    panel.set(xscale="log", yscale="log", xlim=(low, high), ylim=(low, high), aspect="equal")
    panel.set_xlabel("predicted seconds", fontsize=14)
    panel.set_ylabel("actual seconds", fontsize=14)
    panel.tick_params(labelsize=12)
    handles, labels = panel.get_legend_handles_labels()
    figure.legend(handles, labels, loc="upper center", frameon=False, fontsize=11)
    figure.get_layout_engine().set(rect=(0, 0, 1, 0.88))
    return figure


def tables(results: Results) -> list[Table]:
    predicted, actual = seconds(results)
    hours = core_hours(results)
    quartiles = np.quantile(actual / predicted, [0.25, 0.5, 0.75])
    return [Table(title=f"{len(actual)} tasks", corner="", columns=["predicted", "actual"],
                  rows=["core-hours", "longest task, s"],
                  cells=[[f"{hour:.4g}" for hour in hours], [f"{predicted.max():.4g}", f"{actual.max():.4g}"]],
                  note="actual over predicted, quartiles: " + ", ".join(f"{value:.3g}" for value in quartiles))]
