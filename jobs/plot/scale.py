"""Where the values of a sweep axis lie in a picture."""

import numpy as np
from labels import axis_label, value_label
from matplotlib.ticker import LogLocator, NullFormatter
from results import Axis


def is_numeric(values: np.ndarray) -> bool:
    """Numbers that rise or fall all the way; others are placed one after another."""
    if not np.issubdtype(values.dtype, np.number):
        return False
    steps = np.diff(values)
    return bool((steps > 0).all() or (steps < 0).all())


def is_logarithmic(values: np.ndarray) -> bool:
    """Whether the shorter steps, those of the first quartile, are a larger share of a logarithmic axis."""
    if not is_numeric(values) or len(values) < 3 or values.min() <= 0:
        return False

    def short_step(places: np.ndarray) -> float:
        return np.quantile(np.abs(np.diff(places)), 0.25) / np.ptp(places)

    return bool(short_step(np.log(values)) > short_step(values))


def positions(axis: Axis) -> np.ndarray:
    return axis.values.astype(float) if is_numeric(axis.values) else np.arange(len(axis), dtype=float)


def cell_edges(axis: Axis) -> np.ndarray:
    """Half-way between neighbours, the outer cells as wide on both sides; one more than there are values."""
    logarithmic = is_logarithmic(axis.values)
    centres = np.log(positions(axis)) if logarithmic else positions(axis)
    inner = (centres[1:] + centres[:-1]) / 2
    edges = np.concatenate([[2 * centres[0] - inner[0]], inner, [2 * centres[-1] - inner[-1]]])
    return np.exp(edges) if logarithmic else edges


def set_scale(panel, letter: str, axis: Axis) -> None:
    """Label, scale and ticks of the "x" or the "y" axis of a panel."""
    panel.set(**{f"{letter}label": axis_label(axis),
                 f"{letter}scale": "log" if is_logarithmic(axis.values) else "linear"})
    drawn = getattr(panel, f"{letter}axis")
    drawn.label.set_size(14)
    drawn.set_tick_params(labelsize=12)
    if not is_numeric(axis.values) or (np.issubdtype(axis.values.dtype, np.integer) and len(axis) <= 12):
        drawn.set_ticks(positions(axis), labels=[value_label(value) for value in axis.values])
    elif is_logarithmic(axis.values) and np.ptp(np.log10(axis.values)) < 2:  # too few powers of ten for ticks
        drawn.set_major_locator(LogLocator(subs=(1, 2, 5)))
        drawn.set_major_formatter("{x:g}")
        drawn.set_minor_formatter(NullFormatter())
