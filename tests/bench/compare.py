"""Times curl descent in NumPy, stacked NumPy, PyTorch and curldescent, one thread each, in one run.

    python3 tests/bench/compare.py [--curldescent PROGRAM] [--before PROGRAM] [--only TEXT ...] [--json FILE]
"""

import one_thread  # first: before NumPy is loaded

import argparse
import json
import subprocess
import sys
import tempfile
from dataclasses import asdict
from functools import partial
from pathlib import Path
from statistics import median
from typing import Callable

import numpy as np

import numpy_loop
import stacked
from problem import Problem, draw_problem
from program import Program, ProgramError, ProgramTimer
from report import NOTES, SLOW_BLAS, Row, find_blas, format_table, is_reference_blas
from shapes import Shape, list_shapes
from targets import PUBLISHED, Targets, read_targets
from timing import UpdateTimer

BUILD = Path(__file__).resolve().parents[2] / "build" / "release"
STACKS = (10, 40)
NUMPY_SECONDS = 0.3
PROGRAM_SECONDS = 1.2


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="compare", description=__doc__.splitlines()[0])
    parser.add_argument("--curldescent", metavar="PROGRAM", type=Path, default=BUILD / "curldescent",
                        help="program to time (default: build/release/curldescent)")
    parser.add_argument("--before", metavar="PROGRAM", type=Path, help="second curldescent, to compare with the first")
    parser.add_argument("--fma-peak", metavar="PROGRAM", type=Path, default=BUILD / "fma_peak",
                        help="program that prints the core's GFLOP/s (default: build/release/fma_peak)")
    parser.add_argument("--targets", metavar="FILE", type=Path, default=PUBLISHED,
                        help="JSON file of microseconds by shape (default: targets.json beside this file)")
    parser.add_argument("--only", metavar="TEXT", nargs="+", default=[""], help="shapes whose name contains a text")
    parser.add_argument("--repeats", metavar="COUNT", type=int, default=5, help="measurements of each (default: 5)")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write all figures to a file, too")
    arguments = parser.parse_args()
    if arguments.repeats < 1:
        parser.error(f"--repeats is {arguments.repeats}, and must be at least 1")
    return arguments


def check_agreement(problem: Problem, libraries: list[stacked.Library], updates: int = 20) -> None:
    """Asserts that every library's stacked training and the loop reach the same weights."""
    replicates = len(problem.X)
    W1, W2 = map(np.array, zip(*(numpy_loop.train(problem, replicate, updates) for replicate in range(replicates))))
    for library in libraries:
        for stack, loop in zip(stacked.train(problem, updates, library), (W1, W2)):
            difference = np.abs(np.asarray(stack) - loop).max()
            assert difference < 1e-9, f"{library.name} and the loop differ by {difference} at {problem.shape.name}"


def measure_peak(program: Path) -> float:
    """GFLOP/s of fused multiply-adds."""
    return float(subprocess.run([program], check=True, capture_output=True, text=True).stdout)


def list_python_contestants(shape: Shape) -> dict[str, Callable[[], float]]:
    """name -> one measurement, of all that runs in this process; they are checked against each other first."""
    torch = stacked.find_torch()
    libraries = [stacked.MATMUL, stacked.EINSUM] + [torch] * (torch is not None)
    problem = draw_problem(shape, max(STACKS))
    check_agreement(problem.first(3), libraries)
    contestants = {"loop": UpdateTimer(partial(numpy_loop.train, problem, 0), 1, NUMPY_SECONDS).measure}
    for library in libraries:
        for replicates in STACKS:
            run = partial(stacked.train, problem.first(replicates), library=library)
            contestants[f"{library.name}, {replicates} stacked"] = UpdateTimer(run, replicates, NUMPY_SECONDS).measure
    return contestants


def measure_in_turn(contestants: dict[str, Callable[[], float]], repeats: int) -> dict[str, list[float]]:
    """All figures by contestant; each is measured once before any is measured again, so that noise hits all alike."""
    figures = {name: [] for name in contestants}
    for _ in range(repeats):
        for name, measure in contestants.items():
            figures[name].append(measure())
    return figures


def find_best(medians: dict[str, float], library: str) -> float | None:
    """The least median of a library's contestants; None where there are none."""
    return min((value for name, value in medians.items() if name.startswith(library)), default=None)


def compare(shape: Shape, programs: dict[str, Program], fma_peak: Path, repeats: int, targets: Targets):
    """(the row of a shape, all its figures)."""
    contestants = list_python_contestants(shape)
    timers = {name: ProgramTimer(program, shape, PROGRAM_SECONDS) for name, program in programs.items()}
    contestants |= {name: timer.measure for name, timer in timers.items()}
    if fma_peak.exists():
        contestants["peak"] = partial(measure_peak, fma_peak)
    figures = measure_in_turn(contestants, repeats)
    medians = {name: median(values) for name, values in figures.items()}
    ours = timers["curldescent"]
    row = Row(
        shape,
        loop=medians["loop"],
        stacked=find_best(medians, "NumPy"),
        curldescent=medians["curldescent"],
        by_file=ours.median_by_file(),
        mebibytes=ours.median_mebibytes(),
        torch=find_best(medians, "torch"),
        target=targets.microseconds.get(shape.name),
        scaled_target=targets.scaled(shape.name, medians.get("peak")),
        before=medians.get("before"),
        peak=medians.get("peak"),
    )
    return row, figures


def print_report(rows: list[Row], repeats: int, targets: Targets) -> None:
    peaks = [row.peak for row in rows if row.peak is not None]
    blas = find_blas()
    print(format_table(rows))
    print()
    print(NOTES.format(repeats=repeats, stacks=" or ".join(map(str, STACKS)), peak=median(peaks or [float("nan")]),
                       target_peak=targets.fma_peak_gflops))
    print(f"NumPy {np.__version__}, BLAS: {blas}")
    if is_reference_blas(blas):
        print(SLOW_BLAS)


def main() -> int:
    arguments = parse_arguments()
    shapes = [shape for shape in list_shapes() if any(text in shape.name for text in arguments.only)]
    if not shapes:
        names = " ".join(shape.name for shape in list_shapes())
        print(f"compare: no shape is called {' or '.join(arguments.only)}; there are {names}", file=sys.stderr)
        return 2
    targets = read_targets(arguments.targets)
    one_thread.stay_on_one_core()
    rows, all_figures = [], {}
    with tempfile.TemporaryDirectory(prefix="compare-") as folder:
        paths = {"curldescent": arguments.curldescent, "before": arguments.before}
        programs = {name: Program(path, Path(folder)) for name, path in paths.items() if path}
        for shape in shapes:
            print(f"compare: {shape.name}", file=sys.stderr)
            row, all_figures[shape.name] = compare(shape, programs, arguments.fma_peak, arguments.repeats, targets)
            rows.append(row)
    print_report(rows, arguments.repeats, targets)
    if arguments.json:
        content = {"blas": find_blas(), "rows": [asdict(row) for row in rows], "figures": all_figures}
        arguments.json.write_text(json.dumps(content, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ProgramError as error:
        sys.exit(f"compare: {error}")
