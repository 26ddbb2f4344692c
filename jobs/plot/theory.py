"""Where theory says that the solution manifold loses stability along a sweep."""

import numpy as np
from ask_theory import ask_theory
from results import Results

CRITICAL = {"hidden_flip_fraction": "theory_critical_hidden_flip_fraction",
            "readout_flip_fraction": "theory_critical_readout_flip_fraction"}
SYMBOLS = {"ratio": "c", "hidden_flip_fraction": r"\alpha_h", "readout_flip_fraction": r"\alpha_r"}
RULE = "curl-descent"  # theory is silent about random feedback


def whole_ratios(results: Results) -> np.ndarray:
    """M/N of every point's networks: whole neurons do not quite have the ratio that was asked for."""
    return results.of_points("inputs") / results.of_points("hidden")


def critical_value(results: Results, along: int, panel: int) -> float | None:
    """Where theory's lower edge falls through zero along an axis, in one panel (see families.py).

    A fraction is that of the file, at the networks' own ratio; a ratio is that of large networks with the fractions
    asked for. None where theory is silent, infinite where the manifold is stable at every value, 0 where it is at none.
    """
    name = results.axes[along].name
    if RULE not in results.rules or "theory_lower_edge" not in results.data or name not in SYMBOLS:
        return None
    values = curve(results, results.of_points(CRITICAL.get(name, "theory_lower_edge")), along, panel)
    if np.isnan(values).any():
        return None
    return max(values[0], 0.0) if name in CRITICAL else critical_ratio(results, along, panel)


def curve(results: Results, values: np.ndarray, along: int, panel: int) -> np.ndarray:
    """What a variable of the points is along an axis, in one panel."""
    return np.moveaxis(values, along, -1).reshape(-1, len(results.axes[along]))[panel]


def critical_ratio(results: Results, along: int, panel: int) -> float:
    """Exact where the fractions of flips are the same at every ratio, else between the networks' own edges."""
    ratios = curve(results, whole_ratios(results), along, panel)
    hidden, readout = (curve(results, results.of_points(name), along, panel) for name in CRITICAL)
    if np.ptp(hidden) > 0 or np.ptp(readout) > 0:
        return fall(ratios, curve(results, results.of_points("theory_lower_edge"), along, panel))
    asked = {"--layer": "hidden", "--fractions": hidden[0], "--readout-flip-fraction": readout[0]}
    critical = ask_theory("critical-ratio", asked)["critical_ratio"][0]
    return np.inf if critical > ratios.max() else 0.0 if critical < ratios.min() else critical


def fall(x: np.ndarray, edge: np.ndarray) -> float:
    """Where a curve first falls to zero: infinite if never, 0 if it begins there."""
    at = np.flatnonzero(edge <= 0)
    if len(at) == 0:
        return np.inf
    k = at[0]
    return x[k - 1] + (x[k] - x[k - 1]) * edge[k - 1] / (edge[k - 1] - edge[k]) if k else 0.0
