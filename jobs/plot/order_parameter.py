"""The order parameter q of every run along the sweep, with theory's critical value."""

from families import is_family, legend_below
from matplotlib.figure import Figure
from measure_curve import draw_measure, measure_tables
from results import Results
from table import Table

SUMMARY = "order parameter q of every run along the sweep"
ROUNDING = 1e-16  # q of weights that move by rounding alone is drawn here


def fits(results: Results) -> bool:
    return "order_parameter" in results.data and is_family(results)


def draw(results: Results) -> Figure:
    q = results.of_runs("order_parameter")
    figure, panels = draw_measure(results, q.clip(min=ROUNDING), "order parameter $q$\n(at rest: $10^{-16}$)")
    for panel in panels:
        panel.set_yscale("log")
    panels[0].set_ylim(ROUNDING / 10, max(panels[0].get_ylim()[1], 1.0))  # what is at rest lies low
    legend_below(figure, panels[0])
    return figure


def tables(results: Results) -> list[Table]:
    return measure_tables(results, results.of_runs("order_parameter"), "order parameter q")
