"""Does a rule without flips learn everywhere: the control beside curl descent."""

from pathlib import Path

import numpy as np
from boundary import LEVEL
from finding import Finding, graded, share_text
from results import Results



def fits(results: Results) -> bool:
    return results.rules == ["gradient-descent"]


def find(results: Results, name: str, folder: Path) -> list[Finding]:
    loss = results.of_runs("final_test_loss")
    learnt = loss < LEVEL
    summary = (f"{share_text(learnt.sum(), learnt.size)} of the runs of gradient descent end below a test loss of "
               f"{LEVEL:g}; median {np.median(loss):.1e}, highest {loss.max():.1e}")
    return [Finding("Does gradient descent learn at every point?", graded(learnt.sum(), learnt.size), summary)]
