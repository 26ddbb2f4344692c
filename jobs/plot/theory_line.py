"""Theory's boundary of stability over ratio and fraction."""

from dataclasses import dataclass

import numpy as np
from ask_theory import ask_theory
from results import Results
from theory import CRITICAL, RULE, whole_ratios

LABEL = "theory's boundary of stability (linear networks)"
OTHER = {"hidden_flip_fraction": "readout_flip_fraction", "readout_flip_fraction": "hidden_flip_fraction"}
POINTS = 400


@dataclass(frozen=True)
class Boundary:
    ratios: np.ndarray
    fractions: np.ndarray  # above which the manifold is unstable; NaN where it is stable at every fraction

    @classmethod
    def of(cls, ratios: np.ndarray, critical: np.ndarray) -> "Boundary":
        """Of critical fractions that are infinite where there is none."""
        return cls(ratios, np.where(critical > 1, np.nan, np.maximum(critical, 0)))

    def sentence(self, name: str) -> str:
        known = ", ".join(f"{fraction:.3f} at {ratio:.3g}" for ratio, fraction in zip(self.ratios, self.fractions)
                          if np.isfinite(fraction))
        return f"theory: unstable above {name} = {known or 'none'} (ratio of whole neurons)"


def boundary(results: Results, rule: str) -> Boundary | None:
    """At the networks' own ratios, for a picture of one fraction over the ratio under the rule theory knows."""
    if rule != RULE or len(results.axes) != 2 or results.axes[0].name != "ratio":
        return None
    critical = CRITICAL.get(results.axes[1].name)
    if critical not in results.data:
        return None
    fractions = results.of_points(critical)[:, 0]
    return None if np.isnan(fractions).all() else Boundary.of(whole_ratios(results)[:, 0], fractions)


def theory_line(results: Results, rule: str) -> Boundary | None:
    """The same as a smooth line across the picture, where the flips of the other layer do not vary along it."""
    coarse = boundary(results, rule)
    if coarse is None:
        return None
    fraction = results.axes[1].name
    other = results.of_points(OTHER[fraction])
    if np.ptp(other) > 0:
        return coarse
    ratios = results.axes[0].values
    return line_between(ratios.min(), ratios.max(), fraction, other.flat[0])


def line_between(low: float, high: float, fraction: str, other: float) -> Boundary:
    """With a point where the line meets a fraction of 1."""
    asked = {"--layer": fraction.removesuffix("_flip_fraction"), "--" + OTHER[fraction].replace("_", "-"): other}
    meeting = ask_theory("critical-ratio", asked | {"--fractions": 1})
    corners = np.concatenate([meeting["critical_ratio"], meeting["upper_critical_ratio"]])
    corners = corners[(corners > low) & (corners < high)]
    ratios = np.union1d(np.geomspace(low, high, POINTS), corners)
    critical = ask_theory("boundary", asked | {"--ratios": ratios})[f"critical_{fraction}"]
    return Boundary.of(ratios, np.where(np.isin(ratios, corners), 1.0, critical))
