"""Exact tests on counts, and what several intervals say together."""

from math import comb


def sign_test(wins: int, losses: int) -> float:
    """Two-sided probability of wins as uneven as these where both sides are as likely."""
    of = wins + losses
    tail = sum(comb(of, k) for k in range(min(wins, losses) + 1))
    return min(1.0, 2 * tail / 2**of)


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
