"""What two curves of measures share: every run as a dot, the mean as a line, theory's critical value."""

import numpy as np
from families import families, label_y, mark_theory, panels_of
from labels import rule_label, value_label
from matplotlib.figure import Figure
from results import Results
from rules import RULE_COLOURS, rule_style
from scale import positions
from table import Table


def draw_measure(results: Results, values: np.ndarray, label: str) -> tuple[Figure, list]:
    """values: [rule, axis, ..., replicate]; missing ones are left out."""
    layout = families(results)
    figure, panels = panels_of(layout)
    x = positions(layout.axis)
    for panel, by_rule in zip(panels, layout.split(values)):
        for rule, of_rule in zip(results.rules, by_rule):
            panel.plot(np.repeat(x, of_rule.shape[-1]), of_rule.ravel(), ".", color=RULE_COLOURS[rule], alpha=0.35,
                       markersize=6, linewidth=0)
            panel.plot(x, mean(of_rule), rule_style(rule), color=RULE_COLOURS[rule], markersize=4,
                       label=f"{rule_label(rule)}, mean")
    mark_theory(results, layout, panels)
    label_y(panels, label)
    return figure, panels


def mean(values: np.ndarray) -> np.ndarray:
    """Over the last axis, of those that are there; NaN where none is."""
    return np.ma.masked_invalid(values).mean(-1).filled(np.nan)


def measure_tables(results: Results, values: np.ndarray, name: str) -> list[Table]:
    """Mean, median, lowest and highest over replicates; a table for each rule and panel."""
    layout = families(results)
    tables = []
    for title, by_rule in zip(layout.titles, layout.split(values)):
        for rule, of_rule in zip(results.rules, by_rule):
            kept = np.ma.masked_invalid(of_rule)
            measures = [kept.mean(-1), np.ma.median(kept, -1), kept.min(-1), kept.max(-1)]
            columns = np.ma.stack(measures, -1).filled(np.nan)
            tables.append(Table(
                title=", ".join(filter(None, [f"{rule_label(rule)}: {name}", title])), corner=layout.axis.name,
                columns=["mean", "median", "lowest", "highest", "runs"],
                rows=[value_label(value) for value in layout.axis.values],
                cells=[[*("--" if np.isnan(cell) else f"{cell:.2e}" for cell in row), str(runs)]
                       for row, runs in zip(columns, kept.count(-1))]))
    return tables
