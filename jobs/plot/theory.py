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


def critical_values(results: Results, along: int, panel: int) -> tuple[float, str] | None:
    """Where theory's lower edge falls through zero along an axis, in one panel (see families.py), and its symbol.

    Between the points of the sweep the edge is taken to be straight. None where theory is silent or nothing changes.
    """
    if RULE not in results.rules or "theory_lower_edge" not in results.data:
        return None
    symbol = {"ratio": "c", "hidden_flip_fraction": r"\alpha_h", "readout_flip_fraction": r"\alpha_r"}.get(
        results.axes[along].name)
    edge = np.moveaxis(results.of_points("theory_lower_edge"), along, -1)
    edge = edge.reshape(-1, len(results.axes[along]))[panel]
    falls = np.flatnonzero((edge[:-1] > 0) & (edge[1:] <= 0))
    if symbol is None or len(falls) == 0:
        return None
    k, values = falls[0], results.axes[along].values
    return values[k] + (values[k + 1] - values[k]) * edge[k] / (edge[k] - edge[k + 1]), symbol


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
