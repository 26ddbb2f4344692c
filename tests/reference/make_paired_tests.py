"""Writes tests/fixtures/paired_tests.toml: SciPy's p-values for random pairs, which the C++ program must repeat.

    python3 make_paired_tests.py            write the file
    python3 make_paired_tests.py --check    compare the file with freshly computed p-values; exit 1 if one differs

Of the 50 data sets 17 are of levels; 38 have equal pairs or tied differences, 23 missing values, and 21 infinite ones.
"""

import argparse
import sys
import tomllib
import warnings
from pathlib import Path

import numpy as np
from scipy import stats

FIXTURES_FILE = Path(__file__).resolve().parent.parent / "fixtures" / "paired_tests.toml"
HEADER = "# Written by tests/reference/make_paired_tests.py by SciPy; do not edit by hand.\n"
DATA_SETS = 50
HUGE = 1e300  # stands for an infinite difference, which SciPy does not take
LONGEST_EXACT = 50
RELATIVE_TOLERANCE = 1e-12


def is_level(seed):
    """Whether a data set is of levels, whose logarithms are tested: some of those without ties, which rounding spoils."""
    return seed % 2 == 1 and seed % 3 != 0


def make_pairs(seed):
    """Random pairs, x a little lower than y."""
    random = np.random.default_rng(seed)
    size = int(random.integers(4, 70))
    common = random.normal(size=size)
    x, y = common + random.normal(size=size), common + random.normal(size=size) + random.uniform(0.0, 0.8)
    if seed % 3 == 0:
        x, y = np.round(2.0 * x), np.round(2.0 * y)
    if seed % 3 == 1 or seed % 5 == 0:
        x[random.random(size) < 0.1] = y[random.random(size) < 0.1] = np.nan
    if seed % 3 == 2 or seed % 7 == 0:
        x[random.random(size) < 0.1] = y[random.random(size) < 0.2] = np.inf
    if is_level(seed):
        x, y = 10.0**x, 10.0**y
        x[random.random(size) < 0.05] = 0.0
    return x, y


def wilcoxon_p(x, y):
    """Exact for up to 50 differences without zeros and ties, else by the normal approximation."""
    with np.errstate(invalid="ignore"):
        differences = np.clip(np.where(x == y, 0.0, x - y), -HUGE, HUGE)
    sizes = np.abs(differences)
    exact = np.all(sizes > 0) and len(np.unique(sizes)) == len(sizes) <= LONGEST_EXACT
    method = "exact" if exact else "approx"
    return stats.wilcoxon(differences, zero_method="wilcox", correction=False, method=method).pvalue


def make_case(seed):
    """The pairs and both p-values, of the pairs that are complete; Student's of those that are finite."""
    x, y = make_pairs(seed)
    with np.errstate(divide="ignore"):
        tested_x, tested_y = (np.log10(x), np.log10(y)) if is_level(seed) else (x, y)
    complete = ~(np.isnan(x) | np.isnan(y))
    finite = np.isfinite(tested_x) & np.isfinite(tested_y)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of small samples
        return {
            "level": is_level(seed),
            "x": x,
            "y": y,
            "t_p": float(stats.ttest_rel(tested_x[finite], tested_y[finite]).pvalue),
            "wilcoxon_p": float(wilcoxon_p(tested_x[complete], tested_y[complete])),
        }


def write_value(value):
    """A truth value, a number or an array as TOML."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(float(value)) if np.ndim(value) == 0 else f"[{', '.join(str(float(entry)) for entry in value)}]"


def check(cases):
    """The names of what differs between the file and these cases."""
    stored = tomllib.loads(FIXTURES_FILE.read_text())["case"]
    if len(stored) != len(cases):
        return ["the number of cases"]
    return [
        f"case {k}: {name}"
        for k, case in enumerate(cases)
        for name, value in case.items()
        if not np.allclose(stored[k][name], value, rtol=RELATIVE_TOLERANCE, atol=0.0, equal_nan=True)
    ]


def make_cases():
    """All data sets."""
    return [make_case(seed) for seed in range(DATA_SETS)]


def main():
    """Writes or checks the file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    arguments = parser.parse_args()
    cases = make_cases()
    if arguments.check:
        different = check(cases)
        print("\n".join(different) or f"{len(cases)} cases agree")
        return 1 if different else 0
    tables = ["[[case]]\n" + "".join(f"{k} = {write_value(v)}\n" for k, v in case.items()) for case in cases]
    FIXTURES_FILE.write_text(HEADER + "\n" + "\n".join(tables))
    return 0


if __name__ == "__main__":
    sys.exit(main())
