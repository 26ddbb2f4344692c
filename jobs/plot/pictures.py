"""Which picture a results file asks for. A kind of picture is a module with

    draw(results) -> matplotlib.figure.Figure
    tables(results) -> list of table.Table, the numbers in the picture
"""

import phase_diagram
import sweep_curve
from results import PlotError, Results


def picture_of(results: Results):
    """The module that draws these results, from the number of axes that were swept."""
    by_axes = {1: sweep_curve, 2: phase_diagram}
    if len(results.axes) in by_axes:
        return by_axes[len(results.axes)]
    swept = ", ".join(f"{axis.name} ({len(axis)} values)" for axis in results.axes) or "nothing"
    raise PlotError(f"{results.path}: sweeps {swept}; there are pictures of one swept axis (curves) and of two "
                    "(a phase diagram)")
