"""Phase diagram over two swept axes: the final test loss in colour, a panel for each rule."""

import math

import matplotlib
import numpy as np
from floored_loss import FLOOR, is_learnt_everywhere, log_loss, over_replicates
from labels import rule_label, value_label
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.patheffects import Normal, Stroke
from results import Axis, Results
from scale import cell_edges, positions, set_scale
from sentence import sentence_figure
from table import Table
from theory_line import LABEL, Boundary, boundary, theory_line

SUMMARY = "final test loss over two swept axes, with theory's boundary of stability"
DIVERGED_COLOUR = "0.15"
COLOURS = matplotlib.colormaps["viridis"].with_extremes(over=DIVERGED_COLOUR)
MISSING = {"facecolor": "0.93", "edgecolor": "0.65", "hatch": "///"}


def fits(results: Results) -> bool:
    return len(results.axes) == 2


def draw(results: Results) -> Figure:
    if is_learnt_everywhere(results):
        return sentence_figure(f"{', '.join(map(rule_label, results.rules))}: all {results.data['status'].size} runs "
                               f"end at a test loss of {FLOOR:g} or less")
    loss, diverged = log_loss(results), results.diverged()
    figure = Figure(figsize=(2.6 + 4.2 * len(results.rules), 5.0), layout="constrained")
    panels = figure.subplots(1, len(results.rules), sharex=True, sharey=True, squeeze=False)[0]
    colours = ScalarMappable(colour_range(loss), COLOURS)
    for panel, rule, values, marks in zip(panels, results.rules, loss, diverged):
        set_scale(panel, "x", results.axes[0])
        set_scale(panel, "y", results.axes[1])
        panel.label_outer()
        panel.set_title(rule_label(rule), fontsize=16, pad=10)
        draw_cells(panel, results.axes, values, colours)
        mark_diverged(panel, results.axes, marks)
        if line := theory_line(results, rule):
            mark_boundary(panel, line)
    add_colour_bar(figure, panels, colours, over_replicates(results))
    lines = [line for panel in panels for line in panel.lines if line.get_label() == LABEL]
    add_legend(figure, lines[:1], missing=bool(np.isnan(loss).any()), diverged=bool(diverged.any()))
    return figure


def colour_range(loss: np.ndarray) -> Normalize:
    finite = loss[np.isfinite(loss)]
    low = math.floor(finite.min(initial=0))
    return Normalize(low, max(math.ceil(finite.max(initial=low)), low + 1))


def draw_cells(panel, axes: list[Axis], loss: np.ndarray, colours: ScalarMappable) -> None:
    """Cells at the true values of both axes; where one is missing the hatched background shows."""
    panel.patch.set(**MISSING)
    # Infinite ones become finite, or they would be left out.
    cells = np.clip(loss.T, colours.norm.vmin - 1, colours.norm.vmax + 1)
    panel.pcolormesh(*map(cell_edges, axes), cells, cmap=colours.cmap, norm=colours.norm)


def mark_diverged(panel, axes: list[Axis], marks: np.ndarray) -> None:
    x, y = np.nonzero(marks)
    panel.plot(positions(axes[0])[x], positions(axes[1])[y], "x", color="white", markersize=7, markeredgewidth=1.5)


def mark_boundary(panel, line: Boundary) -> None:
    outline = [Stroke(linewidth=5, foreground="black"), Normal()]
    panel.plot(line.ratios, line.fractions, color="white", linewidth=2.5, path_effects=outline, label=LABEL)


def add_colour_bar(figure: Figure, panels, colours: ScalarMappable, mean: str) -> None:
    bar = figure.colorbar(colours, ax=list(panels), pad=0.02, aspect=22)
    bar.ax.yaxis.set_major_formatter(lambda exponent, _: f"$10^{{{exponent:g}}}$")
    bar.ax.yaxis.get_major_locator().set_params(integer=True)
    bar.ax.tick_params(labelsize=12)
    bar.set_label(f"final test loss\n({mean})", fontsize=11)


def add_legend(figure: Figure, lines: list, missing: bool, diverged: bool) -> None:
    """Below the panels; only for what occurs."""
    handles = lines + [Patch(**MISSING, label="not computed")] * missing
    handles += [Patch(facecolor=DIVERGED_COLOUR, label="a replicate diverged")] * diverged
    if handles:
        figure.legend(handles=handles, loc="lower left", ncols=3, frameon=False, fontsize=12)
        figure.get_layout_engine().set(rect=(0, 0.07, 1, 0.93))


def tables(results: Results) -> list[Table]:
    """As in the picture: columns along x, rows along y from the top down."""
    x, y = results.axes
    tables = []
    for rule, values in zip(results.rules, log_loss(results)):
        line = boundary(results, rule)
        tables.append(Table(
            title=f"{rule_label(rule)}: log10 of the final test loss, {over_replicates(results)}",
            corner=f"{y.name} \\ {x.name}",
            columns=[value_label(value) for value in x.values],
            rows=[value_label(value) for value in y.values[::-1]],
            cells=[[cell_text(value) for value in row] for row in values.T[::-1]],
            note=line.sentence(y.name) if line else ""))
    return tables


def cell_text(value: float) -> str:
    if np.isnan(value):
        return "--"
    return "diverged" if value == np.inf else f"{value:.1f}"
