"""Which of two rules is faster: all pairs of a figure together, and the verdict over its points."""

from dataclasses import dataclass

import numpy as np
from finding import AGREE, DISAGREE, EQUAL, NOTHING, PARTLY
from significance import median_interval, p_text, sign_test


@dataclass(frozen=True)
class Pairs:
    """Pairs of runs of one point and replicate; those of which neither got there are left out."""

    wins: int
    losses: int
    ties: int
    ratio: float  # median over pairs of the rule's epochs over the baseline's; 95 % interval
    low: float
    high: float
    missed: int  # pairs in which the rule never got there
    baseline_missed: int

    def p(self) -> float:
        return sign_test(self.wins, self.losses)


def pairs_of(epochs: np.ndarray, baseline: np.ndarray) -> Pairs:
    """epochs: to a threshold, a number a run; NaN where the run never got there, which took longer than any."""
    some = np.isfinite(epochs) | np.isfinite(baseline)
    epochs, baseline = (np.where(np.isnan(one), np.inf, one)[some] for one in (epochs, baseline))
    with np.errstate(all="ignore"):
        ratios = np.where(epochs == baseline, 1.0, epochs / baseline)
    return Pairs(int((epochs < baseline).sum()), int((epochs > baseline).sum()), int((epochs == baseline).sum()),
                 *median_interval(ratios), int(np.isinf(epochs).sum()), int(np.isinf(baseline).sum()))


@dataclass(frozen=True)
class Points:
    """Points where any run got there, and those where one rule is faster by a test of its own."""

    reached: int
    unreached: int
    faster: int
    slower: int


def verdict(pairs: Pairs, points: Points) -> str:
    """The test over all pairs agrees or disagrees; a point that differs alone makes it in part."""
    if points.reached == 0:
        return NOTHING
    overall = pairs.p() < 0.05
    gain = bool(points.faster) or (overall and pairs.wins > pairs.losses)
    loss = bool(points.slower) or (overall and pairs.wins < pairs.losses)
    if gain:
        return AGREE if overall and not loss else PARTLY
    return DISAGREE if loss else EQUAL


def detectable(pairs: int) -> float:
    """The share of pairs that a rule must truly win for the sign test to find it in four samples of five."""
    wins = np.arange(pairs + 1)
    rejected = np.array([sign_test(int(won), pairs - int(won)) < 0.05 for won in wins])
    ways = np.cumsum(np.log(np.maximum(wins, 1)))
    for share in np.arange(0.51, 1, 0.01):
        log = ways[-1] - ways - ways[::-1] + wins * np.log(share) + wins[::-1] * np.log(1 - share)
        if np.exp(log)[rejected].sum() >= 0.8:
            return float(share)
    return 1.0


def ratio_text(pairs: Pairs) -> str:
    """Where it has no number, since one rule or the other never got there: how often."""
    if 0 < pairs.ratio < np.inf:
        return f"takes {pairs.ratio:.3g} [{pairs.low:.3g}, {pairs.high:.3g}] times as many epochs (median of pairs)"
    return (f"never gets there in {pairs.missed}, gradient descent in {pairs.baseline_missed} of these "
            f"{pairs.wins + pairs.losses + pairs.ties}")


def speed_text(pairs: Pairs, points: Points, verdict: str) -> str:
    whole = (f"over all pairs curl descent wins {pairs.wins} and loses {pairs.losses} (sign test, {p_text(pairs.p())}) "
             f"and {ratio_text(pairs)}")
    alone = (f"at single points it is faster at {points.faster} and slower at {points.slower} of {points.reached} "
             "(Wilcoxon, Holm, p < 0.05)")
    parts = [whole, alone] if points.reached else []
    if points.unreached:
        parts.append(f"at {points.unreached} more no run of either rule gets there")
    if verdict == EQUAL:
        least = 100 * detectable(pairs.wins + pairs.losses)
        parts.append(f"so many pairs tell a rule that wins {least:.0f} % of them from one that wins half (power 0.8), "
                     "no smaller difference")
    return "; ".join(parts)
