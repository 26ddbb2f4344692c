"""Theory's spectra, as `curldescent theory` prints them, against those of random matrices of finite size.

    python tests/theory/random_matrices.py           4 + 3 cases at M = 400, in seconds
    python tests/theory/random_matrices.py --full    40 + 20 cases at M = 2000, in minutes

Prints every case and its deviation; exit code 1 when one is beyond its bound.
"""

import argparse
import csv
import io
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

REPOSITORY = Path(__file__).resolve().parents[2]
PROGRAM = Path(os.environ.get("CURLDESCENT", REPOSITORY / "build" / "release" / "curldescent"))

# The lowest eigenvalue lies at edge + scatter * t with -t of Tracy and Widom's law for real matrices (beta = 1).
TRACY_WIDOM_MEAN, TRACY_WIDOM_DEVIATION = 1.2065, 1.2680
LARGEST_DEVIATION = 4.5  # standard deviations; of 40 cases one in 10,000 sets has one beyond
# Eigenvalues repel each other: the empirical distribution is off by a few of them, not by their square root.
LARGEST_DISTANCE = 8.0  # eigenvalues


@dataclass(frozen=True)
class Case:
    """One random matrix: M inputs, N hidden units, and how many of each are flipped."""

    inputs: int
    hidden: int
    hidden_flips: int
    readout_flips: int

    def arguments(self):
        """The point as arguments of `curldescent theory`, with the fractions of these very numbers."""
        return [
            *("--ratio", repr(self.inputs / self.hidden)),
            *("--hidden-flip-fraction", repr(self.hidden_flips / self.inputs)),
            *("--readout-flip-fraction", repr(self.readout_flips / self.hidden)),
        ]


@dataclass(frozen=True)
class Deviation:
    """How far a random matrix is from theory: of an edge in standard deviations, of a distribution in eigenvalues."""

    case: Case
    value: float
    bound: float

    @property
    def is_small(self):
        return abs(self.value) <= self.bound


def ask_theory(command, *arguments):
    """The rows of `curldescent theory COMMAND ARGUMENTS` as an array of numbers."""
    call = subprocess.run([PROGRAM, "theory", command, *arguments], capture_output=True, text=True, check=True)
    return np.array([[float(cell) for cell in row] for row in list(csv.reader(io.StringIO(call.stdout)))[1:]])


def draw_eigenvalues(case, random):
    """The spectrum of D1 + W^T D2 W, entries of W of variance 1/M (w = sigma1^2 = 1), ascending."""
    matrix = np.diag(np.where(np.arange(case.inputs) < case.hidden_flips, -1.0, 1.0))
    for first in range(0, case.hidden, case.inputs):  # M rows of W at a time
        rows = np.arange(first, min(first + case.inputs, case.hidden))
        W = random.normal(0.0, case.inputs**-0.5, (rows.size, case.inputs))
        matrix += (W.T * np.where(rows < case.readout_flips, -1.0, 1.0)) @ W
    return np.linalg.eigvalsh(matrix)


def predict_lowest(case):
    """(edge, scatter): eigenvalue edge, and (M a)^(-2/3) where the density rises as a sqrt(x - edge) / pi.

    The scatter of an atom is zero.
    """
    edge = ask_theory("edge", *case.arguments())[0, 3]
    rows = ask_theory("density", *case.arguments(), "--points", "2001")[:, 3:]
    if rows[0, 2] > 0.0:
        return edge, 0.0
    x, density = rows[1, :2]
    return edge, (case.inputs * np.pi * density / np.sqrt(x - edge)) ** (-2 / 3)


def compare_lowest(case, random):
    """The lowest eigenvalue against theory's edge."""
    lowest = draw_eigenvalues(case, random)[0]
    edge, scatter = predict_lowest(case)
    if scatter == 0.0:
        return Deviation(case, (lowest - edge) / 1e-10, 1.0)
    return Deviation(case, ((lowest - edge) / scatter - TRACY_WIDOM_MEAN) / TRACY_WIDOM_DEVIATION, LARGEST_DEVIATION)


def cumulative_distribution(rows):
    """Theory's distribution function at the points of its density: atoms, and the trapezoid rule between points."""
    x, density, mass = rows.T
    steps = 0.5 * (density[1:] + density[:-1]) * np.diff(x)  # an atom or a gap between: 0, since all is 0 there
    return np.concatenate([[0.0], np.cumsum(steps)]) + np.cumsum(mass)


def compare_distribution(case, random):
    """Kolmogorov and Smirnov's distance between the spectrum and theory's, in eigenvalues."""
    eigenvalues = draw_eigenvalues(case, random)
    rows = ask_theory("density", *case.arguments(), "--points", "4001")[:, 3:]
    is_band = rows[:, 2] == 0.0  # rounding puts half of an atom's eigenvalues below it
    counts = np.searchsorted(eigenvalues, rows[is_band, 0])
    distance = np.abs(counts - case.inputs * cumulative_distribution(rows)[is_band]).max()
    return Deviation(case, distance, LARGEST_DISTANCE)


def draw_case(inputs, random, flipped):
    """c from 0.05 to 20, and fractions from 0.05 to 0.95 in the flipped layers."""
    hidden = round(inputs / 10 ** random.uniform(-1.3, 1.3))
    hidden_flips, readout_flips = (
        round(random.uniform(0.05, 0.95) * count) if layer in flipped else 0
        for layer, count in (("hidden", inputs), ("readout", hidden))
    )
    return Case(inputs, hidden, hidden_flips, readout_flips)


def draw_boundary_case(inputs, random, layer):
    """A case on theory's boundary, as near as numbers of neurons allow: its lower edge is zero."""
    hidden = round(inputs / random.uniform(0.26, 0.6))
    arguments = ["--layer", layer, "--ratio", repr(inputs / hidden)]
    critical = ask_theory("boundary", *arguments)[0, 2]
    if layer == "hidden":
        return Case(inputs, hidden, round(critical * inputs), 0)
    return Case(inputs, hidden, 0, round(critical * hidden))


def check_lowest(inputs, count, random):
    """`count` deviations of the lowest eigenvalue: half anywhere, half on the boundary; hidden and readout in turn."""
    cases = []
    for k in range(count):
        layer = ("hidden", "readout")[k % 2]
        anywhere = k < count // 2
        cases.append(draw_case(inputs, random, [layer]) if anywhere else draw_boundary_case(inputs, random, layer))
    return [compare_lowest(case, random) for case in cases]


def check_distributions(inputs, count, random):
    """`count` deviations of the distribution, both layers flipped."""
    return [compare_distribution(draw_case(inputs, random, ["hidden", "readout"]), random) for _ in range(count)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--full", action="store_true", help="40 + 20 cases at M = 2000")
    full = parser.parse_args().full
    inputs, edges, distributions = (2000, 40, 20) if full else (400, 4, 3)
    random = np.random.default_rng(1)

    all_small = True
    for title, deviations in (
        ("lowest eigenvalue, in standard deviations", check_lowest(inputs, edges, random)),
        ("distribution, in eigenvalues", check_distributions(inputs, distributions, random)),
    ):
        for deviation in deviations:
            print(f"{title}: {deviation.value:+.3f}  {deviation.case}")
        print(f"{title}: the largest of {len(deviations)} is {max(abs(d.value) for d in deviations):.3f}")
        all_small = all_small and all(deviation.is_small for deviation in deviations)
    return 0 if all_small else 1


if __name__ == "__main__":
    sys.exit(main())
