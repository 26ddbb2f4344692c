"""Curves along the longest swept axis, a panel for each combination of the values of the others."""

from dataclasses import dataclass

import numpy as np
from labels import value_label
from matplotlib.figure import Figure
from results import Axis, PlotError, Results
from scale import cell_edges, set_scale
from theory import SYMBOLS, critical_value

MOST_PANELS = 8
SHORT = {"ratio": "$c$ = {}", "hidden_flip_fraction": r"$\alpha_h$ = {}", "readout_flip_fraction": r"$\alpha_r$ = {}"}


@dataclass(frozen=True)
class Families:
    """How the axes of a sweep are laid out."""

    axis: Axis  # along the curves
    along: int  # its place among the axes
    titles: list[str]  # of the panels
    axes: int  # how many there are

    def split(self, values: np.ndarray) -> np.ndarray:
        """[rule, axis, ..., rest] as [panel, rule, value along the curve, rest]."""
        moved = np.moveaxis(values, 1 + self.along, self.axes)
        shape = (len(values), len(self.titles), len(self.axis), *values.shape[1 + self.axes:])
        return moved.reshape(shape).swapaxes(0, 1)


def families(results: Results) -> Families:
    """Raises PlotError where nothing was swept, or too much for curves."""
    axes = results.axes
    if not axes:
        raise PlotError(f"{results.path}: sweeps nothing; this picture shows curves along a sweep")
    along = max(range(len(axes)), key=lambda k: len(axes[k]))
    others = [axis for k, axis in enumerate(axes) if k != along]
    titles = [""]
    for axis in others:
        form = SHORT.get(axis.name, axis.name.replace("_", " ") + " {}")
        titles = [", ".join(filter(None, [title, form.format(value_label(value))]))
                  for title in titles for value in axis.values]
    if len(titles) > MOST_PANELS:
        raise PlotError(f"{results.path}: {len(titles)} curves beside {axes[along].name}; at most {MOST_PANELS} panels "
                        "are drawn (a phase diagram shows two long axes)")
    return Families(axes[along], along, titles, len(axes))


def is_family(results: Results) -> bool:
    """Whether the sweep can be drawn as curves in a few panels."""
    try:
        return bool(families(results))
    except PlotError:
        return False


def panels_of(layout: Families, height: float = 4.4, most: int = 4) -> tuple[Figure, list]:
    """A figure with the panels of a family side by side, in rows of at most so many, titled and scaled along x."""
    columns = min(len(layout.titles), most)
    rows = -(-len(layout.titles) // columns)
    figure = Figure(figsize=(max(6.8, 1.0 + 4.0 * columns), height * rows), layout="constrained")
    panels = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel()
    for unused in panels[len(layout.titles):]:
        unused.remove()
    for panel, title in zip(panels, layout.titles):
        set_scale(panel, "x", layout.axis)
        panel.set_title(title, fontsize=14)
        panel.tick_params(labelsize=12)
        panel.spines[["top", "right"]].set_visible(False)
    return figure, list(panels[:len(layout.titles)])


def label_y(panels: list, label: str) -> None:
    """The label of the ordinate, once a row; the label of the abscissa under the lowest panels alone."""
    for panel in panels:
        panel.set_ylabel(label, fontsize=14)
        panel.label_outer()


def legend_below(figure: Figure, panel) -> None:
    """What a panel shows, under all panels, where it covers nothing."""
    handles, labels = panel.get_legend_handles_labels()
    figure.legend(handles, labels, loc="lower center", ncols=4, frameon=False, fontsize=11)
    below = 0.35 / figure.get_figheight()
    figure.get_layout_engine().set(rect=(0, below, 1, 1 - below))


def mark_theory(results: Results, layout: Families, panels: list) -> None:
    """Theory's critical value as a dashed line, and in the title, of every panel that has it within its axis."""
    edges = cell_edges(layout.axis)
    for k, panel in enumerate(panels):
        critical = critical_value(results, layout.along, k)
        if critical is not None and edges.min() < critical < edges.max():
            panel.axvline(critical, color="black", linestyle="--", linewidth=1.5)
            theory = f"theory (dashed): ${SYMBOLS[layout.axis.name]}$ = {critical:.3f}"
            panel.set_title("\n".join(filter(None, [panel.get_title(), theory])), fontsize=13)
