"""The curves of jobs/plot along a sweep: where the runs stand, what the lines and marks say."""

import sys

import h5py
import numpy
import pytest

from conftest import MEASURED, MEASUREMENTS, REPOSITORY, TINY

sys.path.insert(1, str(REPOSITORY / "jobs" / "plot"))
import lyapunov  # noqa: E402
import order_parameter  # noqa: E402
import regimes  # noqa: E402
import threshold_epochs  # noqa: E402
from results import open_results  # noqa: E402
from rules import RULE_COLOURS  # noqa: E402

# Three runs at four fractions and one ratio a panel.
CURVES = MEASURED.replace("inputs = 4\nhidden = 6\n", "total_neurons = 24\n") \
    .replace("[0.0, 0.5]", "[0.0, 0.25, 0.5, 1.0]") + '"network.ratio" = [0.3, 0.5]\n' + MEASUREMENTS


@pytest.fixture(name="measured")
def run_measured_experiment(folder):
    return folder.run(CURVES)


def edited(path, **values):
    """The results with these values of variables."""
    with h5py.File(path, "r+") as file:
        for name, value in values.items():
            file[name][...] = value
    return open_results(path)


def test_line_through_the_order_parameters_is_their_mean(measured):
    with edited(measured, order_parameter=[1e-2, 1e-16, 2e-2]) as results:
        panel = order_parameter.draw(results).axes[0]

    line, = (line for line in panel.lines if line.get_label() == "curl descent, mean")
    assert line.get_ydata() == pytest.approx(numpy.full(4, 1e-2))


def test_order_parameters_at_rest_lie_low_and_nothing_covers_them(measured):
    with edited(measured, order_parameter=0.0) as results:
        figure = order_parameter.draw(results)

    assert [panel.get_legend() for panel in figure.axes] == [None, None]
    assert figure.axes[0].get_ylim() == pytest.approx((1e-17, 1.0))


def test_exponents_are_in_three_classes_at_their_own_fractions(measured):
    exponents = {f"lyapunov_{name}": numpy.full((8, 1, 3, 1), 1e-3) for name in ("low", "exponents", "high")}
    with edited(measured, lyapunov_verdict=[1, 4, 2], **exponents) as results:
        panel = lyapunov.draw(results).axes[0]

    labels = [text.get_text() for text in panel.get_legend().get_texts()]
    assert labels == ["not told from zero, or negative (4 runs)", "unsettled (4 runs)", "positive (4 runs)"]
    dots = [container.lines[0].get_xdata() for container in panel.containers]
    assert [list(x) for x in dots] == [[0.0, 0.25, 0.5, 1.0]] * 3


def test_one_run_is_singular(measured):
    verdict = numpy.full((8, 1, 3), 3)
    verdict[0, 0, 0] = 1
    exponents = {f"lyapunov_{name}": numpy.full((8, 1, 3, 1), 1e-3) for name in ("low", "exponents", "high")}
    with edited(measured, lyapunov_verdict=verdict, **exponents) as results:
        labels = [text.get_text() for panel in lyapunov.draw(results).axes for text in panel.get_legend().get_texts()]

    assert labels[:2] == ["not told from zero, or negative (11 runs)", "positive (1 run)"]


def test_theory_stands_in_the_title_of_panels_whose_axis_has_it(folder):
    text = CURVES.replace("[0.3, 0.5]", "{linspace = [0.3, 0.7, 5]}") \
        .replace("[0.0, 0.25, 0.5, 1.0]", "[0.0, 0.1, 1.0]")
    with open_results(folder.run(text)) as results:
        panels = regimes.draw(results).axes

    assert ["theory" in panel.get_title() for panel in panels] == [False, True, False]  # c = infinite, 0.446, 0.25
    assert panels[1].lines[0].get_xdata() == pytest.approx([0.446, 0.446], abs=1e-3)
    assert [len(panel.lines) for panel in panels] == [0, 1, 0]
    assert [panel.get_legend() for panel in panels] == [None] * 3


def test_stars_have_the_colour_of_the_faster_rule(folder):
    text = TINY + '[analysis]\nloss_thresholds = [1.0]\nbaseline = "gradient-descent"\n'
    text = text.replace("[0.0, 0.5]", "[0.0, 0.5, 1.0]")
    curl = {"wilcoxon_p_holm": [0.04, 0.0005, 0.4], "wins": [3, 0, 3], "losses": [0, 3, 0]}
    values = {f"epochs_to_test_loss_vs_baseline_{name}": numpy.array([[[numpy.nan], [value]] for value in of_curl])
              for name, of_curl in curl.items()}  # [point, rule, threshold]
    with edited(folder.run(text), **values) as results:
        panel = threshold_epochs.draw(results).axes[0]

    stars = [(star.get_position()[0], star.get_text(), star.get_color()) for star in panel.texts
             if "*" in star.get_text()]
    assert stars == [(0.0, "*", RULE_COLOURS["curl-descent"]), (0.5, "***", RULE_COLOURS["gradient-descent"])]
