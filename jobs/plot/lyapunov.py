"""The leading Lyapunov exponent of every run, with its 95 % interval, along the sweep."""

import numpy as np
from families import families, is_family, label_y, mark_theory, panels_of
from labels import counted, rule_label
from matplotlib.figure import Figure
from measure_curve import measure_tables
from results import Results
from scale import positions
from table import Table

SUMMARY = "leading Lyapunov exponent of every run, with its interval"
# By the verdict of the file, which asks for more than an interval above zero.
CLASSES = (("not told from zero, or negative", "0.55", ("zero", "negative")), ("unsettled", "#E69F00", ("unsettled",)),
           ("positive", "#D55E00", ("positive",)))


def fits(results: Results) -> bool:
    return "lyapunov_exponents" in results.data and is_family(results)


def leading(results: Results, name: str) -> np.ndarray:
    """Of the first exponent: [rule, axis, ..., replicate]"""
    return results.of_runs(name)[..., 0]


def verdicts(results: Results) -> np.ndarray:
    """The words of the file: [rule, axis, ..., replicate]"""
    words = np.array(results.data["lyapunov_verdict"].attrs["flag_meanings"].split())
    return words[results.of_runs("lyapunov_verdict").astype(int)]


def draw(results: Results) -> Figure:
    layout = families(results)
    figure, panels = panels_of(layout)
    names = ("lyapunov_low", "lyapunov_exponents", "lyapunov_high")
    low, value, high = (layout.split(1e3 * leading(results, name)) for name in names)
    verdict = layout.split(verdicts(results))
    for k, panel in enumerate(panels):
        panel.axhline(0, color="black", linewidth=0.8)
        for r, rule in enumerate(results.rules):
            x = np.broadcast_to(positions(layout.axis)[:, None], value[k, r].shape)
            draw_runs(panel, x, (low[k, r], value[k, r], high[k, r]), verdict[k, r],
                      rule_label(rule) + ": " if len(results.rules) > 1 else "")
    panels[0].set_ylim(*limits(value))
    mark_theory(results, layout, panels)
    label_y(panels, r"leading exponent, $10^{-3}$ per epoch")
    for panel in panels:
        panel.legend(fontsize=10, loc="upper right")
    return figure


def limits(values: np.ndarray) -> tuple[float, float]:
    """From the lowest value to the highest, with room above for the legend; wide intervals are cut."""
    known = values[np.isfinite(values)]
    low, high = min(known.min(initial=0), 0), max(known.max(initial=0), 0)
    room = (high - low) or 1.0
    return low - 0.15 * room, high + 0.45 * room


def draw_runs(panel, x: np.ndarray, interval: tuple, verdict: np.ndarray, prefix: str) -> None:
    low, value, high = interval
    for label, colour, words in CLASSES:
        chosen = np.isin(verdict, words) & np.isfinite(value)
        if not chosen.any():
            continue
        ends = np.nan_to_num(np.abs([value - low, high - value])[:, chosen])
        panel.errorbar(x[chosen], value[chosen], ends, fmt="o", markersize=3, linewidth=0.8, color=colour,
                       alpha=0.7, label=f"{prefix}{label} ({counted(chosen.sum(), 'run')})")


def tables(results: Results) -> list[Table]:
    return measure_tables(results, leading(results, "lyapunov_exponents"), "leading Lyapunov exponent per epoch")
