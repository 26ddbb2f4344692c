"""Exact tests on counts, and what several intervals say together."""

from math import comb, sqrt

import numpy as np
from finding import share_interval


def sign_test(wins: int, losses: int) -> float:
    """Two-sided probability of wins as uneven as these where both sides are as likely."""
    of = wins + losses
    tail = sum(comb(of, k) for k in range(min(wins, losses) + 1))
    return min(1.0, 2 * tail / 2**of)


def fisher(count: int, of: int, other_count: int, other_of: int) -> float:
    """One-sided probability of a share as far above the other's, where both are drawn from one urn (exact)."""
    marked, whole = count + other_count, of + other_of
    ways = sum(comb(of, k) * comb(other_of, marked - k) for k in range(count, min(of, marked) + 1))
    return ways / comb(whole, marked)


def share_difference(count: int, of: int, other_count: int, other_of: int) -> tuple[float, float, float]:
    """One share less the other, with Newcombe's 95 % interval."""
    share, other = count / of, other_count / other_of
    (low, high), (other_low, other_high) = share_interval(count, of), share_interval(other_count, other_of)
    return (share - other, share - other - sqrt((share - low) ** 2 + (other_high - other) ** 2),
            share - other + sqrt((high - share) ** 2 + (other - other_low) ** 2))


def median_interval(values: np.ndarray) -> tuple[float, float, float]:
    """Median of positive numbers and its 95 % interval, which holds what the sign test does not reject."""
    values, of = np.sort(values), len(values)
    if of == 0:
        return np.nan, np.nan, np.nan
    tails = np.cumsum([comb(of, k) / 2**of for k in range(of // 2)])
    outside = int((tails <= 0.025).sum())  # values cut at either end
    with np.errstate(invalid="ignore"):
        middle = float(np.sqrt(values[(of - 1) // 2] * values[of // 2]))
    return middle, *((values[outside - 1], values[of - outside]) if outside else (0.0, np.inf))


def p_text(p: float) -> str:
    return f"p = {p:.2g}" if p >= 1e-4 else "p < 0.0001"


def pooled(estimates: list[tuple[float, float, float]]) -> tuple[float, float, float] | None:
    """One value, low, high of several with 95 % intervals, weighted by their precision; None of none."""
    if not estimates:
        return None
    weights = [1 / max(high - low, 1e-12) ** 2 for _, low, high in estimates]
    value = sum(weight * one for weight, (one, _, _) in zip(weights, estimates)) / sum(weights)
    half = 0.5 / sum(weights) ** 0.5
    return value, value - half, value + half
