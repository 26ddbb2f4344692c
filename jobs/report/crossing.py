"""Where the majority of runs fails along a sweep: the crossing of one half, with an interval."""

from dataclasses import dataclass

import numpy as np

RESAMPLINGS = 1000


@dataclass(frozen=True)
class Crossing:
    """Infinite: the majority fails nowhere along the sweep. The lowest value of the sweep: it fails from the start."""

    value: float
    low: float  # 95 %, and never narrower than the two points of the sweep between which it lies
    high: float

    def holds(self, other: float) -> bool:
        """Whether another value lies in the interval; "nowhere" holds nowhere."""
        return bool(self.low <= other <= self.high)

    def __str__(self) -> str:
        return "nowhere" if np.isinf(self.value) else f"{self.value:.3f} [{text(self.low)}, {text(self.high)}]"


def text(value: float) -> str:
    return "-" if np.isnan(value) else "nowhere" if np.isinf(value) else f"{value:.3f}"


def rising(shares: np.ndarray) -> np.ndarray:
    """The closest curve, in least squares, that never falls (pool adjacent violators)."""
    blocks = []
    for share in shares:
        blocks.append([share, 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (first, m), (second, n) = blocks[-2:]
            blocks[-2:] = [[(first * m + second * n) / (m + n), m + n]]
    return np.concatenate([np.full(count, share) for share, count in blocks])


def half(x: np.ndarray, shares: np.ndarray) -> float:
    """Where the rising curve through the shares passes one half, straight between points."""
    curve = rising(shares)
    above = np.flatnonzero(curve > 0.5)
    if len(above) == 0:
        return np.inf
    k = above[0]
    if k == 0:
        return x[0]
    return x[k - 1] + (x[k] - x[k - 1]) * (0.5 - curve[k - 1]) / (curve[k] - curve[k - 1])


def crossing(x: np.ndarray, failed: np.ndarray, seed: int = 1) -> Crossing:
    """failed: [value, run], rows of one length. The interval is that of shares drawn by what the runs tell of them.

    Runs that all agree are no proof of a share of 0 or 1: of k failures in n runs the share is drawn from
    Beta(k + 1/2, n - k + 1/2), and the interval takes in both neighbours of the crossing.
    """
    runs = failed.shape[1]
    if runs == 0:
        return Crossing(np.nan, np.nan, np.nan)
    value, count = half(x, failed.mean(1)), failed.sum(1)
    shares = np.random.default_rng(seed).beta(count + 0.5, runs - count + 0.5, size=(RESAMPLINGS, len(x)))
    values = np.sort([half(x, drawn) for drawn in shares])
    low, high = values[int(0.025 * RESAMPLINGS)], values[int(0.975 * RESAMPLINGS) - 1]
    below, above = neighbours(x, value)
    return Crossing(value, min(low, below), max(high, above))


def neighbours(x: np.ndarray, value: float) -> tuple[float, float]:
    """The points of the sweep on either side; beyond its end it could be anywhere, before its start as low as 0."""
    if np.isinf(value):
        return x[-1], np.inf
    k = int(np.searchsorted(x, value))
    return (x[k - 1] if k else 0.0), x[k]
