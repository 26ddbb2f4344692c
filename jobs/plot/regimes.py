"""The regimes of the runs: stacked shares along a sweep, or a map of the most frequent one over two long axes."""

from dataclasses import replace

import numpy as np
from families import families, is_family, label_y, mark_theory, panels_of
from labels import counted, rule_label, value_label
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from phase_diagram import mark_boundary
from results import Axis, Results
from scale import cell_edges, set_scale
from table import Table
from theory import RULE
from theory_line import LABEL, theory_line

SUMMARY = "share of the runs in each regime along the sweep, or a map of the most frequent one"
# Okabe and Ito's, from rest to motion; grey where nothing was decided.
COLOURS = {"converged": "#009E73", "fixed_point": "#F0E442", "drift": "#56B4E9", "oscillation": "#0072B2",
           "chaos": "#D55E00", "diverged": "#000000", "undetermined": "#BBBBBB"}


def fits(results: Results) -> bool:
    return "regime" in results.data and len(results.axes) > 0 and (is_family(results) or len(results.axes) == 2)


def shares(results: Results) -> np.ndarray:
    """[rule, axis, ..., regime]"""
    return np.stack([results.statistic(f"regime_share_{name}") for name in COLOURS], axis=-1)


def draw(results: Results) -> Figure:
    return draw_shares(results) if is_family(results) else draw_map(results)


def draw_shares(results: Results) -> Figure:
    """The panels of a family once for each rule."""
    layout, several = families(results), len(results.rules) > 1
    titles = [", ".join(filter(None, [rule_label(rule) * several, title]))
              for rule in results.rules for title in layout.titles]
    figure, panels = panels_of(replace(layout, titles=titles), most=min(len(layout.titles), 4))
    values = layout.split(shares(results))
    for r, rule in enumerate(results.rules):
        block = panels[r * len(layout.titles):(r + 1) * len(layout.titles)]
        for panel, of_panel in zip(block, values[:, r]):
            stack(panel, layout.axis, of_panel)
        if rule == RULE:
            mark_theory(results, layout, block)
    label_y(panels, f"share of {counted(results.replicates, 'run')}")
    add_legend(figure, np.nansum(values, axis=(0, 1, 2)) > 0)
    return figure


def stack(panel, axis: Axis, values: np.ndarray) -> None:
    """values: [value, regime]"""
    edges = cell_edges(axis)
    floor = np.zeros(len(axis))
    for colour, share in zip(COLOURS.values(), np.nan_to_num(values).T):
        panel.bar(edges[:-1], share, np.diff(edges), floor, align="edge", color=colour, edgecolor="white",
                  linewidth=0.4)
        floor = floor + share
    panel.set(ylim=(0, 1), xlim=(edges[0], edges[-1]))


def draw_map(results: Results) -> Figure:
    figure = Figure(figsize=(1.2 + 4.2 * len(results.rules) + 1.4, 5.4), layout="constrained")
    panels = figure.subplots(1, len(results.rules), sharex=True, sharey=True, squeeze=False)[0]
    values = shares(results)
    for panel, rule, of_rule in zip(panels, results.rules, values):
        set_scale(panel, "x", results.axes[0])
        set_scale(panel, "y", results.axes[1])
        panel.label_outer()
        panel.set_title(rule_label(rule), fontsize=16, pad=10)
        most = np.ma.masked_where(np.isnan(of_rule).all(-1), np.nan_to_num(of_rule).argmax(-1))
        panel.pcolormesh(*map(cell_edges, results.axes), most.T, cmap=ListedColormap(COLOURS.values()),
                         norm=BoundaryNorm(np.arange(len(COLOURS) + 1) - 0.5, len(COLOURS)))
        if line := theory_line(results, rule):
            mark_boundary(panel, line)
    lines = [line for panel in panels for line in panel.lines if line.get_label() == LABEL]
    add_legend(figure, np.nansum(values, axis=(0, 1, 2)) > 0, lines[:1])
    return figure


def add_legend(figure: Figure, occurs: np.ndarray, lines: list = ()) -> None:
    """Below the panels: the regimes that occur, and theory's boundary where there is one."""
    handles = [*lines] + [Patch(color=colour, label=name.replace("_", " "))
               for (name, colour), seen in zip(COLOURS.items(), occurs) if seen]
    columns = int(figure.get_figwidth() / 2.5)
    below = 0.07 * -(-len(handles) // columns)
    figure.legend(handles=handles, loc="lower center", ncols=columns, frameon=False, fontsize=11)
    figure.get_layout_engine().set(rect=(0, below, 1, 1 - below))


def tables(results: Results) -> list[Table]:
    """The shares at every point, in the order of the sweep."""
    axes = results.axes
    points = list(np.ndindex(*map(len, axes)))
    return [Table(title=f"{rule_label(rule)}: share of {counted(results.replicates, 'run')} in each regime",
                  corner=" ".join(axis.name for axis in axes), columns=list(COLOURS),
                  rows=[" ".join(value_label(axis.values[k]) for axis, k in zip(axes, point)) for point in points],
                  cells=[["--" if np.isnan(share) else f"{share:.2f}" for share in values[point]] for point in points])
            for rule, values in zip(results.rules, shares(results))]
