"""A results file on the grid of its sweep."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xarray as xr


class PlotError(Exception):
    """What cannot be drawn, and why, for the user."""


@dataclass(frozen=True)
class Axis:
    """One axis of the sweep; keys that were swept together are one axis, under the first one's name."""

    name: str  # bare key, such as "ratio"
    long_name: str
    values: np.ndarray  # along the axis
    index: np.ndarray  # of every point, into values

    def __len__(self) -> int:
        return len(self.values)


class Results:
    """An open results file; arrays are returned as [rule, axis, axis, ...]."""

    def __init__(self, path: Path, data: xr.Dataset):
        self.path = path
        self.data = data
        self.axes = sweep_axes(data)
        self.rules = [str(rule) for rule in data["rule"].values]
        self.replicates = data.sizes["replicate"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.data.close()

    def statistic(self, name: str) -> np.ndarray:
        """A statistic over replicates, such as "final_test_loss_median"; NaN where there is none."""
        return self.on_grid(self.data[name].transpose("rule", "point", ...).values)

    def diverged(self) -> np.ndarray:
        """Whether any replicate diverged."""
        status = self.data["status"]
        diverged = status.attrs["flag_meanings"].split().index("diverged")
        return self.on_grid((status == diverged).any("replicate").transpose("rule", "point").values)

    def of_points(self, name: str) -> np.ndarray:
        """A variable of the points, such as "theory_lower_edge", on the axes alone."""
        return self.on_grid(self.data[name].values[None])[0]

    def of_runs(self, name: str) -> np.ndarray:
        """A variable of the runs, as [rule, axis, axis, ..., replicate, ...]."""
        return self.on_grid(self.data[name].transpose("rule", "point", "replicate", ...).values)

    def finished(self) -> np.ndarray:
        """Whether each run is done or diverged, as [rule, axis, axis, ..., replicate]."""
        meanings = self.data["status"].attrs["flag_meanings"].split()
        return np.isin(self.of_runs("status"), [meanings.index("done"), meanings.index("diverged")])

    def settings(self) -> dict:
        """Every key of the experiment, by section."""
        with xr.open_dataset(self.path, engine="h5netcdf", group="provenance") as provenance:
            return tomllib.loads(provenance["settings"].item())

    def timing(self) -> xr.Dataset:
        """Predicted and actual seconds and updates of each run."""
        with xr.open_dataset(self.path, engine="h5netcdf", group="timing") as timing:
            return timing.load()

    def on_grid(self, values: np.ndarray) -> np.ndarray:
        grid = np.empty((len(values), *map(len, self.axes), *values.shape[2:]), dtype=values.dtype)
        grid[:, *(axis.index for axis in self.axes)] = values
        return grid


def sweep_axes(data: xr.Dataset) -> list[Axis]:
    """The axes with more than one value, from slowest to fastest, but the ratio first: it is the abscissa."""
    axes = []
    for variable in (name for name in data if name.startswith("axis_")):
        name = variable.removeprefix("axis_")
        index = data[variable].values
        if index.max() == 0 or any(np.array_equal(index, axis.index) for axis in axes):
            continue
        first = [np.flatnonzero(index == k)[0] for k in range(index.max() + 1)]
        axes.append(Axis(name, data[name].attrs.get("long_name", ""), data[name].values[first], index))
    return sorted(axes, key=lambda axis: axis.name != "ratio")


def open_results(path: Path) -> Results:
    """Opens a results file that has something to draw; raises PlotError."""
    if not path.is_file():
        raise PlotError(f"there is no file {path}")
    try:
        data = xr.open_dataset(path, engine="h5netcdf")
    except Exception as error:  # whatever a broken file makes the libraries raise
        raise PlotError(f"{path}: is not a results file, or is damaged ({error})") from error
    needed = {"rule", "status", "log10_final_test_loss_mean", "log10_final_test_loss_count"}
    if absent := sorted(needed - set(data.variables)):
        raise PlotError(f"{path}: is not a results file of curldescent; it has no {', '.join(absent)}")
    count = data["log10_final_test_loss_count"].values
    if np.isnan(count).all():
        raise PlotError(f"{path}: has no statistics yet. Finish it with `curldescent run ... --resume`, or write them "
                        f"for the runs that are done with `curldescent statistics {path}`")
    if not (count > 0).any():
        raise PlotError(f"{path}: has no final test loss: no run is done, or training.test_samples is 0")
    return Results(path, data)


def check_complete(results: Results) -> None:
    """Raises PlotError unless every run is done or has diverged."""
    missing = int((~results.finished()).sum())
    if missing:
        raise PlotError(f"{results.path}: {missing} of its runs are not finished, and a verdict would count them as if "
                        "they were; finish it with `curldescent run ... --resume`")
