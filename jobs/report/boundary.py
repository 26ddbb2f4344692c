"""Measured against theoretical boundaries of stability: along each curve of a sweep, where runs begin to fail."""

import csv
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
from agreement import Curve
from crossing import Crossing, crossing
from families import SHORT, Families, families, is_family
from labels import value_label
from results import PlotError, Results, check_complete, open_results
from theory import CRITICAL, critical_value

LEVEL = 1e-10  # a run whose final test loss is above has failed to learn, or has left the manifold
REACHED_LEVELS = (LEVEL, 1e-6, 1e-3)  # where even runs without a flip end above, a higher one counts
OTHER_LEVELS = (1e-20, 1e-15, 1e-6, 1e-3)
Q_LEVEL = 1e-9
SAME_NETWORKS = ("experiment", "network", "initialization", "plasticity", "data", "sweep")  # sections


@dataclass(frozen=True)
class Row:
    """The boundary along one curve: at one ratio, or at one fraction."""

    curve: str
    theory: float  # NaN where theory is silent
    exact: Crossing | None  # by the exact stability of these very networks
    measured: Crossing
    early: Crossing  # after a tenth of the epochs
    order_parameter: Crossing | None
    at_levels: tuple[Crossing, ...]
    level: float  # of the final test loss, above which a run has failed; NaN where runs without a flip reach none
    reentrant: float  # largest fall of the share of failing runs along the curve: 0 where it only rises
    inside: tuple[float, float]  # the second point of the sweep, and the last but one

    def learns(self) -> bool:
        """Whether runs without a flip do, so that flips can be what runs fail for."""
        return not np.isnan(self.level)

    def by_theory(self) -> Curve:
        return Curve(self.theory, self.measured, self.inside)

    def by_exact(self) -> Curve | None:
        return Curve(self.exact.value, self.measured, self.inside) if self.exact else None


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


def unstable(results: Results) -> np.ndarray | None:
    """Whether the manifold is unstable where each run starts, at its teacher: [rule, axis, axis, replicate].

    As the results measured it, or FILE-stability.h5 beside them. None if neither did, or runs start elsewhere.
    """
    settings = results.settings()
    beside = results.path.with_name(f"{results.path.stem}-stability.h5")
    if settings["initialization"]["start"] != "teacher":
        return None
    if settings["analysis"]["stability"] == "teacher":
        return results.of_runs("stability_rightmost") > 0
    return unstable_by(beside, results, settings) if beside.exists() else None


def unstable_by(path: Path, results: Results, settings: dict) -> np.ndarray:
    """The same by a file of the same networks; raises PlotError where it has others, or lacks some."""
    with open_results(path) as stability:
        theirs = stability.settings()
        apart = [name for name in SAME_NETWORKS if theirs[name] != settings[name]]
        if apart or theirs["analysis"]["stability"] != "teacher":
            raise PlotError(f"{path}: is not about the networks of {results.path}: {apart[0] if apart else 'analysis'} "
                            "has other settings; make it of the same experiment, with analysis.stability=teacher")
        check_complete(stability)
        return stability.of_runs("stability_rightmost") > 0


@dataclass(frozen=True)
class Measured:
    """What is told of each run, as [curve, value, replicate]; None where it was not measured."""

    loss: np.ndarray
    early: np.ndarray
    order_parameter: np.ndarray | None
    unstable: np.ndarray | None


def measured_along(results: Results, layout: Families) -> Measured:
    q = results.of_runs("order_parameter") if "order_parameter" in results.data else None
    every = (results.of_runs("final_test_loss"), early_loss(results), q, unstable(results))
    return Measured(*(None if one is None else curves(results, layout, one) for one in every))


def boundary_rows(results: Results) -> list[Row]:
    layout = layout_of(results)
    measured = measured_along(results, layout)
    rows = []
    for k, x in enumerate(true_values(results, layout)):
        title = layout.titles[k].replace("$", "").replace("\\", "")
        theory = critical_value(results, layout.along, k)
        rows.append(boundary_row(title, np.nan if theory is None else theory, x, measured, k))
    return rows


def reached_level(x: np.ndarray, loss: np.ndarray) -> float:
    """The lowest level that the majority of the runs without a flip reaches; NaN if none. loss: [value, run]"""
    if x[0] != 0.0:  # along the ratio, or flips in every run
        return LEVEL
    return next((level for level in REACHED_LEVELS if (loss[0] > level).mean() <= 0.5), np.nan)


def boundary_row(title: str, theory: float, x: np.ndarray, measured: Measured, k: int) -> Row:
    """x: the values along curve k; small numbers of neurons repeat, and count once."""
    x, places = np.unique(x, return_index=True)
    loss, early, q, exact = (None if one is None else one[k][places] for one in vars(measured).values())
    reached = reached_level(x, loss)
    level = max(REACHED_LEVELS) if np.isnan(reached) else reached
    share = (loss > level).mean(1)
    return Row(curve=title, theory=theory, inside=(x[min(1, len(x) - 1)], x[max(-2, -len(x))]),
               exact=None if exact is None else crossing(x, exact),
               measured=crossing(x, loss > level), early=crossing(x, early > level), level=reached,
               order_parameter=None if q is None else crossing(x, q > Q_LEVEL),
               at_levels=tuple(crossing(x, loss > level) for level in OTHER_LEVELS),
               reentrant=float(np.max(np.maximum.accumulate(share) - share)))


def write_csv(rows: list[Row], path: Path) -> None:
    """One line a curve; crossings as value, low, high."""
    levels = [f"level_{level:g}" for level in OTHER_LEVELS]
    names = ["exact", "measured", "early", "order_parameter", *levels]
    header = ["curve", "theory", "level", *(f"{name}{end}" for name in names for end in ("", "_low", "_high")),
              "reentrant", "inside_low", "inside_high"]
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        for row in rows:
            crossings = [row.exact, row.measured, row.early, row.order_parameter, *row.at_levels]
            numbers = [number for one in crossings for number in (astuple(one) if one else ("", "", ""))]
            every = (*numbers, row.reentrant, *row.inside)
            writer.writerow([row.curve, round(float(row.theory), 6), row.level,
                             *(round(float(number), 6) if number != "" else "" for number in every)])
