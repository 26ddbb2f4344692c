"""Is there chaos, and where: regimes and exponents on either side of theory's boundary."""

from pathlib import Path

import numpy as np
from finding import AGREE, DISAGREE, NOTHING, PARTLY, Finding, markdown_table, share_text
from results import Results

WORDS = {1.0: "stable by theory", 0.0: "unstable by theory"}


def fits(results: Results) -> bool:
    return "regime" in results.data and "theory_stable" in results.data and "curl-descent" in results.rules


def find(results: Results, name: str, folder: Path) -> list[Finding]:
    data = results.data.sel(rule="curl-descent")
    names = data["regime"].attrs["flag_meanings"].split()
    regime = data["regime"].transpose("point", "replicate").values
    stable = data["theory_stable"].values
    rows, chaos = [], {}
    for side, word in WORDS.items():
        chosen = regime[stable == side]
        counts = {one: int((chosen == names.index(one)).sum()) for one in names[1:]}
        chaos[side] = (counts["chaos"], chosen.size)
        rows.append([word, str(chosen.size), *(str(count) for count in counts.values())])
    lines = [markdown_table(["", "runs", *(one.replace("_", " ") for one in names[1:])], rows), *exponent_lines(data)]
    summary = "; ".join(f"chaos in {share_text(*chaos[side])} of the runs where the manifold is {word}"
                        for side, word in WORDS.items())
    lines += [q_line(data, names), *period_lines(data, names)]
    return [Finding("Is it chaos?", verdict(*chaos[0.0]), summary, lines)]


def verdict(chaotic: int, of: int) -> str:
    """Beyond theory's boundary: chaos in most runs agrees, in some agrees in part."""
    if of == 0:
        return NOTHING
    return AGREE if chaotic > of / 2 else PARTLY if chaotic else DISAGREE


def exponent_lines(data) -> list[str]:
    """How large the positive exponents are, with the lower ends of their intervals."""
    if "lyapunov_exponents" not in data:
        return []
    positive = data["lyapunov_verdict"].attrs["flag_meanings"].split().index("positive")
    chosen = data["lyapunov_verdict"].values == positive
    if not chosen.any():
        return ["No run has a positive exponent."]
    value, low = (data[name].isel(exponent=0).values[chosen] for name in ("lyapunov_exponents", "lyapunov_low"))
    return [f"{chosen.sum()} runs have a leading exponent that is positive by its own interval: from {value.min():.1e} to "
            f"{value.max():.1e} per epoch, median {np.median(value):.1e}; the lowest end of an interval is {low.min():.1e}."]


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
    text = (f"{share_text(two.sum(), oscillation.sum())} of the oscillations have a period of two epochs, at a test loss of "
            f"{np.median(loss):.2g} (median): the steps overshoot to and fro, which is not chaos")
    return [text + (f"; the median of the others is {np.median(others):.2g}." if len(others) else ".")]
