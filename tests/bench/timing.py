"""How long the Python contestants take, in user time of this process."""

import resource
from typing import Callable


def user_seconds() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime


def time_call(run: Callable[[int], object], updates: int) -> float:
    """User seconds of run(updates)."""
    start = user_seconds()
    run(updates)
    return user_seconds() - start


def choose_updates(run: Callable[[int], object], seconds: float) -> int:
    """How many updates take about the seconds given; tried with a tenth of them."""
    updates = 1
    run(updates)  # what only the first call has to do
    while (elapsed := time_call(run, updates)) < 0.1 * seconds:
        updates *= 2
    return max(1, round(updates * seconds / elapsed))


class UpdateTimer:
    """Times run(updates), which makes so many updates of a number of replicates."""

    def __init__(self, run: Callable[[int], object], replicates: int, seconds: float):
        self.run, self.replicates = run, replicates
        self.updates = choose_updates(run, seconds)

    def measure(self) -> float:
        """Microseconds per update and run."""
        return 1e6 * time_call(self.run, self.updates) / (self.updates * self.replicates)
