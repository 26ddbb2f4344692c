"""Is there chaos, and where: regimes and exponents on either side of theory's boundary."""

from pathlib import Path

import numpy as np
from finding import AGREE, DISAGREE, EQUAL, NOTHING, PARTLY, Finding, markdown_table, share_text
from results import Results
from significance import fisher, p_text, share_difference

WORDS = {1.0: "stable by theory", 0.0: "unstable by theory"}


def fits(results: Results) -> bool:
    return "regime" in results.data and "theory_stable" in results.data and "curl-descent" in results.rules


def find(results: Results, name: str, folder: Path) -> list[Finding]:
    data = results.data.sel(rule="curl-descent")
    names = data["regime"].attrs["flag_meanings"].split()
    sides = {side: regimes_of(data, names, side) for side in WORDS}
    chaos = {side: (counts["chaos"], sum(counts.values())) for side, counts in sides.items()}
    rows = [[word, str(chaos[side][1]), *map(str, sides[side].values())] for side, word in WORDS.items()]
    table = markdown_table(["", "runs", *(one.replace("_", " ") for one in names[1:])], rows)
    lines = [table, *exponent_lines(data), q_line(data, names), *period_lines(data, names)]
    return [Finding("Is it chaos?", verdict(*chaos[0.0], *chaos[1.0]), summary(*chaos[0.0], *chaos[1.0]), lines)]


def regimes_of(data, names: list[str], side: float) -> dict[str, int]:
    """How many runs on one side of theory's boundary are in each regime; a run without one is left out."""
    chosen = data["regime"].transpose("point", "replicate").values[data["theory_stable"].values == side]
    return {one: int((chosen == names.index(one)).sum()) for one in names[1:]}


def verdict(chaotic: int, of: int, before: int, of_before: int) -> str:
    """Chaos beyond theory's boundary against chaos before it, where the manifold is stable.

    Too few runs to tell all from none give no verdict; a share beyond that is no larger than before disagrees.
    """
    if not of or not of_before or fisher(of, of, 0, of_before) >= 0.05:
        return NOTHING
    if fisher(chaotic, of, before, of_before) < 0.05:
        return AGREE if chaotic > of / 2 else PARTLY
    return DISAGREE if chaotic * of_before <= before * of else EQUAL


def summary(chaotic: int, of: int, before: int, of_before: int) -> str:
    text = (f"chaos in {share_text(before, of_before)} of the runs where the manifold is {WORDS[1.0]}; chaos in "
            f"{share_text(chaotic, of)} of the runs where the manifold is {WORDS[0.0]}")
    if not of or not of_before:
        return text + "; one side has no runs to compare with"
    both = (chaotic, of, before, of_before)
    difference = "{:+.0f} [{:+.0f}, {:+.0f}]".format(*(100 * share for share in share_difference(*both)))
    p = p_text(fisher(*both))
    return text + f"; difference {difference} points of a hundred (more beyond: Fisher, one-sided, {p})"


def exponent_lines(data) -> list[str]:
    """How large the positive exponents are, with the lower ends of their intervals."""
    if "lyapunov_exponents" not in data:
        return []
    positive = data["lyapunov_verdict"].attrs["flag_meanings"].split().index("positive")
    chosen = data["lyapunov_verdict"].values == positive
    if not chosen.any():
        return ["No run has a positive exponent."]
    value, low = (data[name].isel(exponent=0).values[chosen] for name in ("lyapunov_exponents", "lyapunov_low"))
    runs = "1 run has" if chosen.sum() == 1 else f"{chosen.sum()} runs have"
    return [f"{runs} a leading exponent that is positive by its own interval: from {value.min():.1e} to "
            f"{value.max():.1e} per epoch, median {np.median(value):.1e}; the lowest end of an interval is "
            f"{low.min():.1e}."]


def q_line(data, names: list[str]) -> str:
    """What q > 0 stands for."""
    moving = data["order_parameter"].values > 1e-9
    regime = data["regime"].values[moving]
    counts = ", ".join(f"{(regime == k).sum()} {name}" for k, name in enumerate(names) if (regime == k).any())
    return f"q is above 1e-9 in {moving.sum()} runs: {counts or 'none'}."


def period_lines(data, names: list[str]) -> list[str]:
    """How many oscillations are of period two: weights that jump to and fro are steps too large, not a curl."""
    if "loss_period" not in data:
        return []
    oscillation = data["regime"].values == names.index("oscillation")
    two = oscillation & (np.abs(data["loss_period"].values - 2) < 0.01)
    if not two.any():
        return []
    loss, others = data["final_test_loss"].values[two], data["final_test_loss"].values[oscillation & ~two]
    text = (f"{share_text(two.sum(), oscillation.sum())} of the oscillations have a period of two epochs, at a test "
            f"loss of {np.median(loss):.2g} (median): the steps overshoot to and fro, which is not chaos")
    return [text + (f"; the median of the others is {np.median(others):.2g}." if len(others) else ".")]
