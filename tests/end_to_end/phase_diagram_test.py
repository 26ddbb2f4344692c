"""The phase diagrams of jobs/plot: how the loss of each run counts, and what is drawn over the cells."""

import math
import sys

import h5py
import numpy
import pytest

from conftest import REPOSITORY, TINY

sys.path.insert(1, str(REPOSITORY / "jobs" / "plot"))
import phase_diagram  # noqa: E402
from results import open_results  # noqa: E402
from theory import critical_value  # noqa: E402
from theory_line import boundary, theory_line  # noqa: E402

PHASES = TINY.replace("inputs = 4\nhidden = 6\n", "total_neurons = 24\n").replace('"tanh"', '"linear"') \
    .replace('["gradient-descent", "curl-descent"]', '["curl-descent"]').replace("replicates = 3", "replicates = 4") \
    + '"network.ratio" = [0.3, 0.5, 1.0]\n'
READOUT = PHASES.replace("hidden_flip_fraction", "readout_flip_fraction")


def with_losses(path, losses):
    """The results with these final test losses of the four runs at every point."""
    with h5py.File(path, "r+") as file:
        file["final_test_loss"][...] = losses
    return open_results(path)


def first_cell(results):
    """The number in the upper left corner of the table."""
    return phase_diagram.tables(results)[0].cells[0][0]


@pytest.mark.parametrize("text", [PHASES, PHASES.replace('"linear"', '"tanh"'), READOUT.replace('"linear"', '"tanh"')],
                         ids=["linear", "tanh", "tanh readout"])
def test_half_the_runs_failing_is_half_way_to_the_floor(folder, text):
    with with_losses(folder.run(text), [1e-1, 1e-1, 1e-30, 0.0]) as results:
        assert first_cell(results) == "-8.0"


def test_readout_flips_of_linear_networks_have_no_floor(folder):
    with with_losses(folder.run(READOUT), [1e-1, 1e-1, 1e-30, 1e-30]) as results:
        assert first_cell(results) == "-15.5"
        assert colour_bar(results).get_ylim()[0] == -16


def test_loss_of_zero_without_a_floor_counts_as_the_least_other_one(folder):
    with with_losses(folder.run(READOUT), [1e-1, 1e-1, 1e-30, 0.0]) as results:
        assert first_cell(results) == "-15.5"


def test_colours_end_at_the_floor(folder):
    losses = numpy.full((6, 1, 4), 1e-30)
    losses[0] = 1.0
    with with_losses(folder.run(PHASES), losses) as results:
        assert colour_bar(results).get_ylim() == (-15, 0)
        assert "at least 1e-15 each" in colour_bar(results).get_ylabel()


def test_runs_that_all_learn_are_one_sentence(folder):
    with with_losses(folder.run(PHASES), 1e-16) as results:
        figure = phase_diagram.draw(results)

    assert figure.axes == []
    text, = figure.texts
    assert text.get_text() == "curl descent: all 24 runs end at a test loss of 1e-15 or less"


def test_one_run_that_fails_is_drawn(folder):
    losses = numpy.full((6, 1, 4), 1e-16)
    losses[3, 0, 2] = 1e-3
    with with_losses(folder.run(PHASES), losses) as results:
        assert len(phase_diagram.draw(results).axes) == 2


def colour_bar(results):
    return phase_diagram.draw(results).axes[-1]


def test_theory_s_line_meets_a_fraction_of_one_at_its_critical_ratio(folder):
    with open_results(folder.run(PHASES.replace("[0.3, 0.5, 1.0]", "[0.1, 0.4, 0.7]"))) as results:
        line = theory_line(results, "curl-descent")

    known = numpy.isfinite(line.fractions)
    assert (line.ratios[known][0], line.fractions[known][0]) == pytest.approx((0.25, 1.0))
    assert numpy.interp(0.3, line.ratios[known], line.fractions[known]) == pytest.approx(0.5585, abs=1e-4)
    assert line.ratios[-1] == pytest.approx(0.7)


def test_boundary_of_the_file_stands_at_whole_neurons(folder):
    with open_results(folder.run(PHASES)) as results:
        ratios = boundary(results, "curl-descent").ratios

    assert ratios == pytest.approx([5 / 18, 8 / 16, 12 / 12])  # of 24 neurons


@pytest.mark.parametrize("swept, fraction, expected", [
    ("hidden", 0.4, 0.3294), ("hidden", 0.5, 0.3097), ("hidden", 0.6, 0.2937), ("readout", 0.1, 0.4824)])
def test_critical_ratio_is_that_of_large_networks(folder, swept, fraction, expected):
    text = PHASES.replace("[0.3, 0.5, 1.0]", "{linspace = [0.1, 0.7, 6]}") \
        .replace("hidden_flip_fraction\" = [0.0, 0.5]", f"{swept}_flip_fraction\" = [{fraction}, 0.9]")
    with open_results(folder.run(text)) as results:
        assert critical_value(results, 0, 0) == pytest.approx(expected, abs=5e-5)


@pytest.mark.parametrize("ratios, expected", [([0.1, 0.2], math.inf), ([0.5, 0.7], 0.0)])
def test_critical_ratio_beyond_the_sweep_is_named_by_its_side(folder, ratios, expected):
    text = PHASES.replace("[0.3, 0.5, 1.0]", str(ratios)).replace("[0.0, 0.5]", "[0.4, 0.9]")
    with open_results(folder.run(text)) as results:
        assert critical_value(results, 0, 0) == expected
