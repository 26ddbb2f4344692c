"""The curves of jobs/plot along a sweep: where the runs stand, what the lines and marks say."""

import sys

import h5py
import numpy
import pytest

from conftest import REPOSITORY, TINY

sys.path.insert(1, str(REPOSITORY / "jobs" / "plot"))
import order_parameter  # noqa: E402
from results import open_results  # noqa: E402

# One rule, three runs at four fractions and one ratio a panel; full batch, so that everything can be measured.
MEASURED = TINY.replace("inputs = 4\nhidden = 6\n", "total_neurons = 24\n").replace("batch = 4", "batch = 0") \
    .replace('"tanh"', '"linear"').replace('["gradient-descent", "curl-descent"]', '["curl-descent"]') \
    .replace("[0.0, 0.5]", "[0.0, 0.25, 0.5, 1.0]") \
    .replace("epochs = 20\nrecords = 5", 'epochs = 400\nrecords = 100\nrecord_spacing = "linear"') + """
"network.ratio" = [0.3, 0.5]

[analysis]
lyapunov_exponents = 1
lyapunov_start = 50
lyapunov_transient = 50
order_parameter_epochs = 20
loss_epochs = 200
regime = true
"""


@pytest.fixture(name="measured")
def run_measured_experiment(folder):
    return folder.run(MEASURED)


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
