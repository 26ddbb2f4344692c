"""Which picture a results file asks for. A kind of picture is a module with

    SUMMARY: what it shows, for --help
    fits(results) -> whether the file has what it needs
    draw(results) -> matplotlib.figure.Figure
    tables(results) -> list of table.Table, the numbers in the picture
"""

import cost
import learning_curves
import lyapunov
import order_parameter
import phase_diagram
import regimes
import spectrum
import sweep_curve
import threshold_epochs
from results import PlotError, Results

# The first that fits is drawn where none is named: what was measured on purpose comes before what every file has.
PICTURES = {
    "epochs-to-threshold": threshold_epochs,
    "regimes": regimes,
    "lyapunov": lyapunov,
    "order-parameter": order_parameter,
    "spectrum": spectrum,
    "phase-diagram": phase_diagram,
    "final-loss": sweep_curve,
    "learning-curves": learning_curves,
    "cost": cost,
}


def picture_of(results: Results, name: str | None = None):
    """The module that draws these results: the one named, or the first that fits."""
    fitting = fitting_pictures(results)
    if name in fitting or name is None:
        return PICTURES[name or fitting[0]]
    swept = ", ".join(f"{axis.name} ({len(axis)} values)" for axis in results.axes) or "nothing"
    raise PlotError(f"{results.path}: has no picture {name}: it sweeps {swept}; there are {', '.join(fitting)}")


def fitting_pictures(results: Results) -> list[str]:
    """What could be drawn of a file, the default first."""
    return [name for name, module in PICTURES.items() if module.fits(results)]


def summary() -> str:
    width = max(map(len, PICTURES))
    return "\n".join(f"  {name:{width}}  {module.SUMMARY}" for name, module in PICTURES.items())
