"""The final test loss as the paper's phase diagrams show it: each run's logarithm, with a floor, then the mean."""

import numpy as np
from results import Results

FLOOR = 1e-15


def has_floor(results: Results) -> bool:
    """Everywhere but for readout flips of linear networks, whose losses the paper shows as they are."""
    flips_readout = any(axis.name == "readout_flip_fraction" for axis in results.axes)
    return not flips_readout or results.settings()["network"]["activation"] != "linear"


def log_loss(results: Results) -> np.ndarray:
    """Mean of log10 over replicates, [rule, axis, ...]: infinite where one diverged, NaN where none is done."""
    loss = np.where(results.finished(), results.of_runs("final_test_loss"), np.nan)
    # Zero has no logarithm: without a floor it counts as the least loss that has one.
    floor = FLOOR if has_floor(results) else np.min(loss, where=loss > 0, initial=1.0)
    logarithms = np.log10(np.maximum(loss, floor))
    known = ~np.isnan(logarithms)
    total = np.sum(logarithms, axis=-1, where=known)
    mean = np.divide(total, known.sum(-1), out=np.full(total.shape, np.nan), where=known.any(-1))
    return np.where(results.diverged(), np.inf, mean)


def is_learnt_everywhere(results: Results) -> bool:
    """Whether every run is done, with a loss that the eye does not tell from zero."""
    return bool(np.all(results.finished() & (results.of_runs("final_test_loss") <= FLOOR)))


def over_replicates(results: Results) -> str:
    """How the mean is taken, in words."""
    runs = f"geometric mean of {results.replicates} replicates" if results.replicates > 1 else "one replicate"
    return f"{runs}, at least {FLOOR:g} each" if has_floor(results) else runs
