"""The spectrum of rates at the solution manifold, over theory's density where the program can be asked for it."""

import numpy as np
from ask_theory import ask_theory
from learning_curves import chosen_points, title
from matplotlib.figure import Figure
from results import PlotError, Results
from table import Table
from theory import RULE

SUMMARY = "rates of the stability analysis over theory's density (asks `curldescent theory density`)"
COLOUR = "#56B4E9"


def fits(results: Results) -> bool:
    return "stability_spectrum" in results.data


def rule_index(results: Results) -> int:
    """Curl descent, which theory knows; else the first rule."""
    return results.rules.index(RULE) if RULE in results.rules else 0


def rates(results: Results, point: int) -> np.ndarray:
    """Of all replicates; neutral directions are among them."""
    values = results.data["stability_spectrum"].isel(point=point, rule=rule_index(results)).values.ravel()
    return values[np.isfinite(values)]


def scales(results: Results) -> tuple[float, float]:
    """sigma1^2 and ||W2||^2 of the teacher, as theory takes them."""
    start = results.settings()["initialization"]
    if start["rescale_teacher"]:
        return 1.0, 1.0
    variance = start["teacher_scale"] ** 2 / (3 if start["distribution"] == "uniform" else 1)
    return variance, variance


def theory_density(results: Results, point: int) -> tuple[np.ndarray, np.ndarray] | None:
    """Rates and density of theory at a point; None where it is silent. A rate is minus half an eigenvalue."""
    data = results.data.isel(point=point)
    if RULE not in results.rules or "theory_lower_edge" not in data or np.isnan(data["theory_lower_edge"]):
        return None
    variance, norm = scales(results)
    asked = {"--ratio": float(data["inputs"] / data["hidden"]),
             "--hidden-flip-fraction": float(data["hidden_flips"] / data["inputs"]),
             "--readout-flip-fraction": float(data["readout_flips"] / data["hidden"]),
             "--weight-variance": variance, "--squared-readout-norm": norm}
    answer = ask_theory("density", asked)
    return -answer["eigenvalue"] / 2, 2 * answer["density"]


def draw(results: Results) -> Figure:
    points = chosen_points(results)
    columns = min(len(points), 3)
    rows = -(-len(points) // columns)
    figure = Figure(figsize=(max(6.8, 1 + 4 * columns), max(4.4, 3.4 * rows)), layout="constrained")
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for unused in panels[len(points):]:
        unused.remove()
    for panel, point in zip(panels, points):
        draw_point(panel, results, point)
    panels[0].legend(frameon=False, fontsize=11)
    return figure


def draw_point(panel, results: Results, point: int) -> None:
    values = rates(results, point)
    if len(values) == 0:
        raise PlotError(f"{results.path}: has no rates: no run of {title(results, point) or 'it'} is done")
    panel.hist(values, bins=40, density=True, color=COLOUR, label=f"{len(values)} rates")
    if theory := theory_density(results, point):
        panel.plot(*theory, color="black", linewidth=2, label="theory (linear, large)")
    panel.axvline(0, color="#D55E00", linestyle="--", linewidth=1.5, label="unstable to the right")
    panel.set_xlabel("rate per epoch and learning rate", fontsize=14)
    panel.set_ylabel("density", fontsize=14)
    panel.set_title(title(results, point), fontsize=12)
    panel.tick_params(labelsize=12)
    panel.spines[["top", "right"]].set_visible(False)


def tables(results: Results) -> list[Table]:
    points = chosen_points(results)
    columns = ["rates", "lowest", "median", "highest", "share above 0"]
    cells = []
    for point in points:
        values = rates(results, point)
        quantiles = np.quantile(values, [0, 0.5, 1]) if len(values) else [np.nan] * 3
        cells.append([str(len(values)), *(f"{value:.4g}" for value in quantiles), f"{(values > 0).mean():.3f}"])
    return [Table(title=f"{results.rules[rule_index(results)]}: rates of the stability analysis", corner="point",
                  columns=columns, rows=[title(results, point) or "all" for point in points], cells=cells)]
