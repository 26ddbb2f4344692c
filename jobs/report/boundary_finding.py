"""Does learning fail where theory says that the manifold loses stability?"""

from pathlib import Path

import numpy as np
from agreement import agreement, agreement_text, apart_text
from boundary import LEVEL, OTHER_LEVELS, Q_LEVEL, REACHED_LEVELS, Row, boundary_rows, has_boundary, unstable, write_csv
from crossing import text
from finding import AGREE, FINITE, NOTHING, Finding, graded, markdown_table, share_text
from results import Results

SMALL = 1e-3  # a test loss at which learning has survived
DEFINITION = (
    "Of boundaries: a run fails when its final test loss is above a level: the lowest of "
    f"{', '.join(f'{level:g}' for level in REACHED_LEVELS)} that most runs without a flip reach, along the fraction "
    f"({LEVEL:g} along the ratio); where they reach none, a curve tells nothing of flips. The boundary is where the "
    "share of failing runs, made to rise only, passes one half. Its 95 % interval is that of shares drawn from "
    "Beta(k + 1/2, n - k + 1/2), of k failures in n runs at each point, and never narrower than the step of the sweep. "
    "A curve is graded where what was predicted lies a step or more inside its sweep; the answers of the others are in "
    "brackets. Fractions and ratios are those of the whole numbers of neurons. \"Exact\" is the same for the exact "
    "stability of the manifold at the teachers of these very networks, which knows no large-network limit and no "
    "finite time; \"early\" for the loss after a tenth of the epochs, which tells how far time moves the boundary; "
    f"\"levels\" for losses above {', '.join(f'{level:g}' for level in OTHER_LEVELS)}.")


def fits(results: Results) -> bool:
    return has_boundary(results)


def find(results: Results, name: str, folder: Path) -> list[Finding]:
    rows = boundary_rows(results)
    write_csv(rows, folder / f"{name}-boundary.csv")
    findings = [boundary_finding(results, rows, name)]
    exact = unstable(results)
    if exact is not None:
        findings.append(exact_finding(results, exact))
    if is_readout(results):
        findings.append(survival_finding(results))
    return findings


def boundary_finding(results: Results, rows: list[Row], name: str) -> Finding:
    others = f"Other levels of loss and all intervals are in [{name}-boundary.csv]({name}-boundary.csv)."
    readout = is_readout(results)
    return Finding("Where learning fails", verdict(rows, readout), summary(rows),
                   [others, boundary_table(rows, readout)], DEFINITION)


def verdict(rows: list[Row], readout: bool) -> str:
    """Against theory of large networks, else against the exact boundary of these; none where learning may survive."""
    if readout:
        return NOTHING
    rows = [row for row in rows if row.learns()]
    by_theory = agreement([row.by_theory() for row in rows]).verdict()
    by_exact = agreement([row.by_exact() for row in rows if row.exact]).verdict()
    return FINITE if by_theory != AGREE and by_exact == AGREE else by_theory


def summary(rows: list[Row]) -> str:
    counted = [row for row in rows if row.learns()]
    by_theory = [row.by_theory() for row in counted]
    by_exact = [row.by_exact() for row in counted if row.exact]
    parts = [agreement_text(agreement(by_theory), "theory"), apart_text(by_theory, "theory")]
    if by_exact:
        what = "the exact boundary"
        parts += [agreement_text(agreement(by_exact), what), apart_text(by_exact, what)]
    if len(counted) < len(rows):
        parts.append(f"not counted: {len(rows) - len(counted)} curves where runs without a flip do not learn in these "
                     "epochs")
    return ". ".join(part[0].upper() + part[1:] if k else part for k, part in enumerate(filter(None, parts)))


def is_readout(results: Results) -> bool:
    return "readout_flip_fraction" in {axis.name for axis in results.axes}


def boundary_table(rows: list[Row], readout: bool) -> str:
    """Of flips in the readout, that learning survives, no boundary is expected to agree: that column is left out."""
    columns = ["curve", "level", "theory", "exact", "measured [95 %]", "measured - theory", "early", f"q > {Q_LEVEL:g}",
               "levels", "agree"]
    shown = len(columns) - readout
    return markdown_table(columns[:shown], [boundary_cells(row)[:shown] for row in rows])


def boundary_cells(row: Row) -> list[str]:
    gap = row.by_theory().gap() if row.learns() else np.nan
    levels = [one.value for one in row.at_levels]
    return [row.curve, f"{row.level:g}" if row.learns() else "-", text(row.theory), str(row.exact or "-"),
            str(row.measured), f"{gap:+.3f}" if np.isfinite(gap) else "-", text(row.early.value),
            str(row.order_parameter or "-"),
            f"{text(min(levels))} to {text(max(levels))}", agree_text(row)]


def agree_text(row: Row) -> str:
    """In brackets where the curve is not graded; nothing where runs do not learn even without a flip."""
    if not row.learns():
        return "-"
    curve = row.by_theory()
    word = "yes" if curve.holds() else "no"
    return word if curve.tells() else f"({word})"


def exact_finding(results: Results, exact: np.ndarray) -> Finding:
    """Run by run: is the manifold at a run's own teacher unstable, and did the run leave it?"""
    left = results.of_runs("final_test_loss") > LEVEL
    unstable_left, stable_left = (left & exact).sum(), (left & ~exact).sum()
    right = unstable_left + (~left & ~exact).sum()
    summary = (f"{share_text(unstable_left, exact.sum())} of the runs whose own manifold is exactly unstable end above "
               f"{LEVEL:g}, and {share_text(stable_left, (~exact).sum())} of those whose manifold is stable")
    return Finding("Run by run, against the exact stability of each network",
                   NOTHING if is_readout(results) else graded(right, exact.size), summary)


def survival_finding(results: Results) -> Finding:
    """Beyond theory's boundary, and short of flipping all of the readout: do runs stay at a small loss?"""
    fraction = results.of_points("readout_flips") / results.of_points("hidden")
    loss = results.of_runs("final_test_loss")[results.rules.index("curl-descent")]
    beyond = loss[(results.of_points("theory_stable") == 0) & (fraction < 1)]
    survived, whole = (beyond < SMALL).sum(), loss[fraction == 1]
    summary = (f"beyond theory's boundary (alpha_r < 1) {share_text(survived, beyond.size)} of the runs end below "
               f"{SMALL:g}, {share_text((beyond < LEVEL).sum(), beyond.size)} below {LEVEL:g}; with every readout "
               f"neuron flipped {share_text((whole < SMALL).sum(), whole.size)} below {SMALL:g}")
    return Finding("Does learning survive flips in the readout?", graded(survived, beyond.size), summary,
                   ["Final test loss over all ratios:", loss_table(results, loss)])


def loss_table(results: Results, loss: np.ndarray) -> str:
    """A row for each share of flips in the readout."""
    along = [axis.name for axis in results.axes].index("readout_flip_fraction")
    rows = []
    for value, of_value in zip(results.axes[along].values, np.moveaxis(loss, along, 0)):
        low, middle, high = np.quantile(of_value, [0.05, 0.5, 0.95])
        rows.append([f"{value:.2f}", f"{low:.1e}", f"{middle:.1e}", f"{high:.1e}",
                     share_text((of_value < SMALL).sum(), of_value.size)])
    return markdown_table(["alpha_r", "5 %", "median", "95 %", f"runs below {SMALL:g}"], rows)
