"""One thread on one core. Import this before NumPy, whose libraries read the environment when they are loaded."""

import os

THREADS = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
os.environ.update(THREADS)


def stay_on_one_core() -> int:
    """Pins this process, and all that it starts from now on, to one of the cores it may use; returns which."""
    core = max(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    return core
