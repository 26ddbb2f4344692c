"""Do measured boundaries lie where they were predicted: the verdict over the curves of a sweep."""

from dataclasses import dataclass

import numpy as np
from crossing import Crossing
from finding import AGREE, DISAGREE, NOTHING, PARTLY, graded
from significance import p_text, pooled, sign_test

LOWER = {AGREE: PARTLY, PARTLY: DISAGREE, DISAGREE: DISAGREE, NOTHING: NOTHING}


@dataclass(frozen=True)
class Curve:
    """What was predicted and measured along one curve; inside: the second point of its sweep, and the last but one."""

    predicted: float
    measured: Crossing
    inside: tuple[float, float]

    def tells(self) -> bool:
        """A boundary predicted at an end of the sweep is met by whatever always fails, or never does."""
        return self.inside[0] <= self.predicted <= self.inside[1]

    def holds(self) -> bool:
        return self.measured.holds(self.predicted)

    def gap(self) -> float:
        """Measured less predicted: infinite where the measured boundary is nowhere."""
        return float(self.measured.value) - float(self.predicted)


@dataclass(frozen=True)
class Agreement:
    """Of the curves that tell: how many hold the prediction, and on which side of it they lie."""

    holding: int
    of: int
    above: int
    below: int
    gaps: tuple[float, ...]  # of measured boundaries that are somewhere
    mean: tuple[float, float, float] | None  # gap, weighted by precision, with its 95 % interval

    def shifted(self) -> list[str]:
        """By what the measured boundaries lie to one side by more than chance; empty where they do not."""
        tests = {"the sign test": sign_test(self.above, self.below) < 0.05,
                 "the weighted mean": self.mean is not None and not self.mean[1] <= 0 <= self.mean[2]}
        return [name for name, significant in tests.items() if significant]

    def verdict(self) -> str:
        """By the share of curves that hold; a shift to one side takes a grade off."""
        grade = graded(self.holding, self.of)
        return LOWER[grade] if self.shifted() else grade


def agreement(curves: list[Curve]) -> Agreement:
    telling = [curve for curve in curves if curve.tells()]
    somewhere = [curve for curve in telling if np.isfinite(curve.gap())]
    bounded = [curve for curve in somewhere if np.isfinite(curve.measured.high)]
    gaps = [(curve.gap(), curve.measured.low - curve.predicted, curve.measured.high - curve.predicted)
            for curve in bounded]
    return Agreement(holding=sum(curve.holds() for curve in telling), of=len(telling),
                     above=sum(curve.gap() > 0 for curve in telling), below=sum(curve.gap() < 0 for curve in telling),
                     gaps=tuple(curve.gap() for curve in somewhere), mean=pooled(gaps))


def agreement_text(found: Agreement, what: str) -> str:
    """what: the prediction, such as "theory"."""
    text = (f"{what} lies in the interval of the measured boundary on {found.holding} of the {found.of} curves that "
            f"tell ({what} a step or more inside the sweep)")
    if found.gaps:
        text += (f"; measured less {what}: median {np.median(found.gaps):+.3f}, from {min(found.gaps):+.3f} to "
                 f"{max(found.gaps):+.3f}")
    if found.mean:
        text += ", weighted mean {:+.3f} [{:+.3f}, {:+.3f}]".format(*found.mean)
    if found.of:
        p = p_text(sign_test(found.above, found.below))
        text += f"; measured above it on {found.above} and below it on {found.below} (sign test, {p})"
    if found.shifted():
        text += f"; shifted to one side by {' and '.join(found.shifted())}"
    return text


def apart_text(curves: list[Curve], what: str) -> str:
    """How the curves that tell little came out; empty where all tell."""
    kinds = {"beyond the sweep or in its last step": [curve for curve in curves if curve.predicted > curve.inside[1]],
             "before the sweep or in its first step": [curve for curve in curves if curve.predicted < curve.inside[0]]}
    parts = [f"on {len(chosen)} {what} lies {place}, and in the measured interval on "
             f"{sum(curve.holds() for curve in chosen)} of them" for place, chosen in kinds.items() if chosen]
    silent = sum(bool(np.isnan(curve.predicted)) for curve in curves)
    if silent:
        parts.append(f"on {silent} {what} is silent")
    return "not graded: " + "; ".join(parts) if parts else ""
