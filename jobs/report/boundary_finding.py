"""Does learning fail where theory says that the manifold loses stability?"""

from pathlib import Path

import numpy as np
from boundary import LEVEL, OTHER_LEVELS, Q_LEVEL, Row, boundary_rows, distances, has_boundary, unstable, write_csv
from crossing import text
from finding import AGREE, FINITE, NOTHING, Finding, graded, markdown_table, share_text
from results import Results


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
    agreeing, gaps = sum(row.agrees() for row in rows), distances(rows)
    summary = f"theory lies in the interval of the measured boundary on {agreeing} of {len(rows)} curves"
    if len(gaps):
        summary += f"; measured less theory: median {np.median(gaps):+.3f}, from {gaps.min():+.3f} to {gaps.max():+.3f}"
    if any(row.exact for row in rows):
        near = sum(row.measured.holds(row.exact.value) for row in rows)
        summary += f"; the exact boundary of these finite networks lies in it on {near} of {len(rows)}"
    definition = (
        f"A run fails when its final test loss is above {LEVEL:g}. The boundary is where the share of failing runs, made to "
        "rise only, passes one half; its 95 % interval is a bootstrap over runs, never narrower than the step of the "
        "sweep. Fractions and ratios are those of the whole numbers of neurons. \"Exact\" is the same for the exact "
        "stability of the manifold at the teachers of these very networks, which knows no large-network limit and no "
        "finite time; \"early\" for the loss after a tenth of the epochs, which tells how far time moves the boundary. "
        f"Other levels of loss ({', '.join(f'{level:g}' for level in OTHER_LEVELS)}) and all intervals are in "
        f"[{name}-boundary.csv]({name}-boundary.csv).")
    return Finding("Where learning fails", verdict(results, rows), summary, [definition, boundary_table(rows)])


def verdict(results: Results, rows: list[Row]) -> str:
    """Against theory of large networks, else against the exact boundary of these; none where learning may survive."""
    if is_readout(results):
        return NOTHING
    exact = [row.measured.holds(row.exact.value) for row in rows if row.exact]
    by_theory = graded(sum(row.agrees() for row in rows), len(rows))
    return FINITE if by_theory != AGREE and exact and graded(sum(exact), len(rows)) == AGREE else by_theory


def is_readout(results: Results) -> bool:
    return "readout_flip_fraction" in {axis.name for axis in results.axes}


def boundary_table(rows: list[Row]) -> str:
    columns = ["curve", "theory", "exact", "measured [95 %]", "measured - theory", "early", f"q > {Q_LEVEL:g}", "levels",
               "agree"]
    cells = []
    for row in rows:
        known = np.isfinite([row.measured.value, row.theory]).all()
        cells.append([row.curve, text(row.theory), str(row.exact or "-"), str(row.measured),
                      f"{row.measured.value - row.theory:+.3f}" if known else "-", text(row.early.value), str(row.order_parameter or "-"),
                      f"{text(min(c.value for c in row.at_levels))} to {text(max(c.value for c in row.at_levels))}",
                      "yes" if row.agrees() else "no"])
    return markdown_table(columns, cells)


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
    beyond = (results.of_points("theory_stable") == 0) & (fraction < 1)
    loss = results.of_runs("final_test_loss")[results.rules.index("curl-descent")]
    survived = loss[beyond] < 1e-3
    rows = []
    for value in results.axes[1].values if results.axes[1].name == "readout_flip_fraction" else []:
        chosen = loss[:, results.axes[1].values == value].ravel()
        low, middle, high = np.quantile(chosen, [0.05, 0.5, 0.95])
        rows.append([f"{value:.2f}", f"{low:.1e}", f"{middle:.1e}", f"{high:.1e}",
                     share_text((chosen < 1e-3).sum(), chosen.size)])
    table = markdown_table(["alpha_r", "5 %", "median", "95 %", "runs below 1e-3"], rows)
    summary = (f"beyond theory's boundary (alpha_r < 1) {share_text(survived.sum(), survived.size)} of the runs end below 1e-3, "
               f"{share_text((loss[beyond] < LEVEL).sum(), survived.size)} below {LEVEL:g}; with every readout neuron flipped "
               f"{share_text((loss[fraction == 1] < 1e-3).sum(), loss[fraction == 1].size)} below 1e-3")
    return Finding("Does learning survive flips in the readout?", graded(survived.sum(), survived.size), summary,
                   ["Final test loss over all ratios:", table])
