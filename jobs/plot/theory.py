"""Where theory says that the solution manifold loses stability, from the results file itself."""

from dataclasses import dataclass

import numpy as np

from results import Results

LABEL = "theory's boundary of stability (linear networks)"
CRITICAL = {"hidden_flip_fraction": "theory_critical_hidden_flip_fraction",
            "readout_flip_fraction": "theory_critical_readout_flip_fraction"}
RULE = "curl-descent"  # theory is silent about random feedback


@dataclass(frozen=True)
class Boundary:
    ratios: np.ndarray  # along the axis
    fractions: np.ndarray  # above which the manifold is unstable; NaN where it is stable at every fraction

    def sentence(self, name: str) -> str:
        known = ", ".join(f"{fraction:.3f} at {ratio:.3g}" for ratio, fraction in zip(self.ratios, self.fractions)
                          if np.isfinite(fraction))
        return f"theory: unstable above {name} = {known or 'none'} (ratio)"


SYMBOLS = {"ratio": "c", "hidden_flip_fraction": r"\alpha_h", "readout_flip_fraction": r"\alpha_r"}


def critical_value(results: Results, along: int, panel: int) -> float | None:
    """Where theory's lower edge falls through zero along an axis, in one panel (see families.py).

    A fraction is that of the file; between two ratios the edge is taken to be straight. None where theory is silent,
    infinite where the manifold is stable at every value, 0 where it is at none.
    """
    name = results.axes[along].name
    if RULE not in results.rules or "theory_lower_edge" not in results.data or name not in SYMBOLS:
        return None
    variable = CRITICAL.get(name, "theory_lower_edge")
    values = np.moveaxis(results.of_points(variable), along, -1).reshape(-1, len(results.axes[along]))[panel]
    if np.isnan(values).any():
        return None
    return max(values[0], 0.0) if name in CRITICAL else fall(results.axes[along].values, values)


def fall(x: np.ndarray, edge: np.ndarray) -> float:
    """Where a curve first falls to zero: infinite if never, 0 if it begins there."""
    at = np.flatnonzero(edge <= 0)
    if len(at) == 0:
        return np.inf
    k = at[0]
    return x[k - 1] + (x[k] - x[k - 1]) * edge[k - 1] / (edge[k - 1] - edge[k]) if k else 0.0


def boundary(results: Results, rule: str) -> Boundary | None:
    """The critical fraction at each ratio, for a picture of one fraction over the ratio under the rule theory knows."""
    if rule != RULE or len(results.axes) != 2 or results.axes[0].name != "ratio":
        return None
    critical = CRITICAL.get(results.axes[1].name)
    if critical not in results.data:
        return None
    fractions = results.of_points(critical)[:, 0]
    return None if np.isnan(fractions).all() else Boundary(results.axes[0].values,
                                                           np.where(fractions > 1, np.nan, np.maximum(fractions, 0)))
