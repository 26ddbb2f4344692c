"""An experiment that takes long enough to be looked at, and killed, while it runs."""

import time
from contextlib import contextmanager

import h5py
import numpy as np
import pytest

LONGEST_WAIT = 30.0  # seconds
# 80 runs in 40 tasks of some 50 milliseconds.
LONG = """
[experiment]
seed = 11
replicates = 20
rules = ["gradient-descent", "curl-descent"]
[network]
inputs = 20
hidden = 60
activation = "tanh"
[training]
samples = 100
test_samples = 20
batch = 5
epochs = 1000
records = 10
[sweep]
"plasticity.hidden_flip_fraction" = [0.0, 0.5]
"""
RUNS = 80


def count_done(path):
    """The number of runs that a file, which may still be written, says are done; 0 when there is no file yet."""
    if not path.exists():
        return 0
    with h5py.File(path, "r", locking=False) as file:
        return int(np.count_nonzero(file["status"][...] == 1))


@contextmanager
def start_and_wait(folder, ranks):
    """The process of a run of the long experiment into out.h5, when an eighth of it is done; ended with the block."""
    folder.write("long.toml", LONG)
    process = folder.start("run", "long.toml", "-o", "out.h5", "--progress", "none", ranks=ranks)
    deadline = time.monotonic() + LONGEST_WAIT
    try:
        while count_done(folder.path / "out.h5") < RUNS // 8:
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail("the long run ended, or did not begin, before it could be looked at")
            time.sleep(0.005)
        yield process
    finally:
        process.kill()
