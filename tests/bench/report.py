"""The table and the numbers of a comparison."""

import re
from dataclasses import dataclass

import numpy as np

from shapes import Shape, count_flops

NOTES = """\
us: microseconds of user time per update of one run, one thread; the median over {repeats} repeats in turn.
stacked: the best of NumPy's matmul and einsum over {stacks} replicates; torch: the best of bmm over as many.
curldescent: from whole processes of two lengths, (T3 - T1) / (updates3 - updates1), so that start-up cancels.
target: for a core with an FMA peak of {target_peak:g} GFLOP/s; target here: scaled to this core's peak, and met where
        curldescent takes no longer.
FMA peak %: flops of the plain algorithm per second over the core's {peak:.1f} GFLOP/s; above 100 where exact shortcuts
            avoid arithmetic.
MiB: peak memory of the curldescent process."""

SLOW_BLAS = """\
This is the reference BLAS, several times slower than an optimized one: the ratios flatter curldescent. On Debian,
libopenblas0-pthread replaces it."""


@dataclass(frozen=True)
class Row:
    """The figures of one shape, in microseconds per update and run unless named otherwise; None: not measured."""

    shape: Shape
    loop: float
    stacked: float
    curldescent: float
    by_file: float
    mebibytes: float
    torch: float | None = None
    target: float | None = None
    scaled_target: float | None = None  # to the peak of this core
    before: float | None = None
    peak: float | None = None  # GFLOP/s

    @property
    def is_met(self) -> bool | None:
        """Whether an update takes no longer than the scaled target."""
        return None if self.scaled_target is None else self.curldescent <= self.scaled_target

    @property
    def peak_share(self) -> float | None:
        """Flops of the plain algorithm per second, over the peak."""
        return self.peak and count_flops(self.shape) * 1e-3 / self.curldescent / self.peak


def format_number(value: float | None) -> str:
    """Three digits, and all digits before the point; "-" for what was not measured."""
    if value is None:
        return "-"
    return f"{value:.{max(0, 2 - int(np.floor(np.log10(value))))}f}" if value > 0.0 else f"{value:.2f}"


def name_columns(with_before: bool) -> list[str]:
    columns = ["shape", "NumPy loop us", "stacked us", "torch us", "curldescent us", "target us",
               "target here us", "met", "loop/curldescent", "stacked/curldescent", "FMA peak %", "MiB"]
    return columns + ["before us", "before/after"] if with_before else columns


def list_cells(row: Row, with_before: bool) -> list[str]:
    """The cells of a row, in the order of the columns."""
    ours = row.curldescent
    share = row.peak_share and 100.0 * row.peak_share
    times = [row.loop, row.stacked, row.torch, ours, row.target, row.scaled_target]
    ratios = [row.loop / ours, row.stacked / ours, share, row.mebibytes]
    if with_before:
        ratios += [row.before, row.before and row.before / ours]
    met = {None: "-", True: "yes", False: "no"}[row.is_met]
    return [row.shape.name, *map(format_number, times), met, *map(format_number, ratios)]


def format_table(rows: list[Row]) -> str:
    """Aligned columns; "before" only where a second program was timed."""
    with_before = any(row.before is not None for row in rows)
    grid = [name_columns(with_before), *(list_cells(row, with_before) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*grid)]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(line, widths)) for line in grid)


def find_blas() -> str:
    """The BLAS library that NumPy has loaded, as folder/file; "unknown" where the system does not tell."""
    try:
        with open("/proc/self/maps") as maps:
            paths = re.findall(r"(\S*(?:blas|blis|mkl|Accelerate)\S*)$", maps.read(), re.MULTILINE)
    except OSError:
        paths = []
    names = {"/".join(path.split("/")[-2:]) for path in paths}
    return min(names, key=len) if names else "unknown"


def is_reference_blas(blas: str) -> bool:
    return blas.startswith("blas/libblas")
