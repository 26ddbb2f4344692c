"""Measured against theoretical boundaries of stability: along each curve of a sweep, where runs begin to fail."""

import csv
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
from crossing import Crossing, crossing
from families import SHORT, Families, families, is_family
from labels import value_label
from results import Results, open_results
from theory import CRITICAL, critical_value

LEVEL = 1e-10  # a run whose final test loss is above has failed to learn, or has left the manifold
OTHER_LEVELS = (1e-20, 1e-15, 1e-6, 1e-3)
Q_LEVEL = 1e-9


@dataclass(frozen=True)
class Row:
    """The boundary along one curve: at one ratio, or at one fraction."""

    curve: str
    theory: float
    exact: Crossing | None  # by the exact stability of these very networks
    measured: Crossing
    early: Crossing  # after a tenth of the epochs
    order_parameter: Crossing | None
    at_levels: tuple[Crossing, ...]
    reentrant: float  # largest fall of the share of failing runs along the curve: 0 where it only rises

    def agrees(self) -> bool:
        """Theory within the interval of the measured boundary; two that are nowhere agree."""
        return self.measured.holds(self.theory)


def layout_of(results: Results) -> Families:
    """Along the longest axis where few values stand beside it, else along the fraction at each ratio."""
    if is_family(results):
        return families(results)
    ratio, fraction = results.axes
    titles = [SHORT.get(ratio.name, ratio.name + " {}").format(value_label(value)) for value in ratio.values]
    return Families(fraction, 1, titles, 2)


def has_boundary(results: Results) -> bool:
    names = {axis.name for axis in results.axes}
    return len(names) == 2 and "ratio" in names and bool(names & set(CRITICAL)) and "curl-descent" in results.rules


def true_values(results: Results, layout: Families) -> np.ndarray:
    """[curve, value]: the axis as the whole numbers of neurons make it."""
    counts = {"ratio": ("inputs", "hidden"), "hidden_flip_fraction": ("hidden_flips", "inputs"),
              "readout_flip_fraction": ("readout_flips", "hidden")}
    upper, lower = (results.of_points(name) for name in counts[layout.axis.name])
    return layout.split((upper / lower)[None])[:, 0]


def curves(results: Results, layout: Families, values: np.ndarray) -> np.ndarray:
    """[rule, axis, axis, replicate] of curl descent as [curve, value, replicate]"""
    return layout.split(values)[:, results.rules.index("curl-descent")]


def early_loss(results: Results) -> np.ndarray:
    """The test loss at the last record within the first tenth of the epochs, as [rule, axis, axis, replicate]."""
    epochs = results.data["epoch"].isel(point=0).values
    record = np.flatnonzero(epochs <= epochs[-1] / 10)[-1]
    loss = results.data["test_loss"].isel(record=record).transpose("rule", "point", "replicate").values
    return results.on_grid(loss)


def exact_stability(path: Path) -> Path:
    """The file beside results that holds the stability of the same teachers."""
    return path.with_name(f"{path.stem}-stability.h5")


def unstable(results: Results) -> np.ndarray | None:
    """Whether the manifold is unstable at each run's teacher: [rule, axis, axis, replicate]; None where not measured."""
    path = exact_stability(results.path)
    if not path.exists():
        return None
    with open_results(path) as stability:
        return stability.of_runs("stability_rightmost") > 0


def boundary_rows(results: Results) -> list[Row]:
    layout = layout_of(results)
    loss = curves(results, layout, results.of_runs("final_test_loss"))
    early = curves(results, layout, early_loss(results))
    q, exact = None, unstable(results)
    if "order_parameter" in results.data:
        q = curves(results, layout, results.of_runs("order_parameter"))
    if exact is not None:
        exact = curves(results, layout, exact)
    rows = []
    for k, x in enumerate(true_values(results, layout)):
        x, places = np.unique(x, return_index=True)  # small numbers of neurons repeat
        failed = loss[k][places] > LEVEL
        rows.append(Row(
            curve=layout.titles[k].replace("$", "").replace("\\", ""),
            theory=critical_value(results, layout.along, k),
            exact=None if exact is None else crossing(x, exact[k][places]),
            measured=crossing(x, failed),
            early=crossing(x, early[k][places] > LEVEL),
            order_parameter=None if q is None else crossing(x, q[k][places] > Q_LEVEL),
            at_levels=tuple(crossing(x, loss[k][places] > level) for level in OTHER_LEVELS),
            reentrant=float(np.max(np.maximum.accumulate(failed.mean(1)) - failed.mean(1)))))
    return rows


def distances(rows: list[Row]) -> np.ndarray:
    """Measured less theoretical, where both are somewhere on the sweep."""
    both = [(row.measured.value, row.theory) for row in rows]
    return np.array([measured - theory for measured, theory in both if np.isfinite([measured, theory]).all()])


def write_csv(rows: list[Row], path: Path) -> None:
    """One line a curve; crossings as value, low, high."""
    levels = [f"level_{level:g}" for level in OTHER_LEVELS]
    names = ["exact", "measured", "early", "order_parameter", *levels]
    header = ["curve", "theory", *(f"{name}{end}" for name in names for end in ("", "_low", "_high")), "reentrant"]
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        for row in rows:
            crossings = [row.exact, row.measured, row.early, row.order_parameter, *row.at_levels]
            numbers = [number for one in crossings for number in (astuple(one) if one else ("", "", ""))]
            writer.writerow([row.curve, *(round(n, 6) if n != "" else n for n in (row.theory, *numbers, row.reentrant))])
