"""Trained through the whole program, supplied weights follow the learning curve of the NumPy reference."""

import numpy as np
import pytest

from supplied_problem import ARRAYS, HIDDEN_FLIPS, M, N, P, RATE, READOUT_FLIPS, W1, W2, X, Y
from supplied_problem import compute_loss, reference, run_in

TOLERANCE = 1e-12  # relative: rounding, in sums of another order, over 50 updates
RULES = ["gradient-descent", "curl-descent", "feedback-alignment", "curl-feedback-alignment"]
RECORDED = [0, 1, 6, 11, 17, 22, 28, 33, 39, 44, 50]


def flip_first(flips, neurons):
    """Plasticity signs: -1 for the first `flips` neurons, +1 for the others."""
    return np.where(np.arange(neurons) < flips, -1.0, 1.0)


POSTSYNAPTIC = {"side": "postsynaptic", "D1": flip_first(HIDDEN_FLIPS, N), "D2": flip_first(1, 2)}
VARIANTS = {  # changes of the reference's learning rule, and of the experiment
    "norm kept": ({}, []),
    "norm free": ({"norm_constraint": False}, ["plasticity.norm_constraint=false"]),
    "gradient delta": ({"output_delta": "gradient"}, ["plasticity.output_delta=gradient"]),
    "postsynaptic flips": (POSTSYNAPTIC, ["plasticity.side=postsynaptic", "plasticity.readout_flips=1"]),
}


def learn(rule, **changes):
    """The reference's learning rule with the settings of the experiment."""
    settings = {
        "rule": rule,
        "activation": "tanh",
        "output_activation": "sigmoid",
        "side": "presynaptic",
        "output_delta": "error",
        "norm_constraint": True,
        "learning_rate": RATE,
        "batch": P,
        "D1": flip_first(HIDDEN_FLIPS, M),
        "D2": flip_first(READOUT_FLIPS, N),
        "Feedback": ARRAYS["feedback"],
    }
    return reference.Learning(**(settings | changes))


def compute_losses(weights, Y, learning):
    """The reference's training losses at the recorded epochs, each trained from the start in full batches."""
    orders = [np.tile(np.arange(P), (epochs, 1)) for epochs in RECORDED]
    trained = [reference.train(*weights, X, Y, order, learning) for order in orders]
    return [compute_loss(end, X, Y, learning.activation, learning.output_activation) for end in trained]


@pytest.fixture(name="variant", params=VARIANTS, scope="module")
def run_variant(request, make_folder):
    """What the variant changes in the reference's learning rule, and the program's results."""
    changes, settings = VARIANTS[request.param]
    return changes, run_in(make_folder("variant"), ARRAYS, *settings)


@pytest.fixture(name="linear", scope="module")
def run_linear_network_of_one_output(make_folder):
    """The program's results for the networks of the paper's figures: linear, one output."""
    settings = ["network.outputs=1", "network.activation=linear", "network.output_activation=linear"]
    first = {name: ARRAYS[name][:, :1] for name in ["targets", "test_targets", "feedback"]}
    readouts = {name: ARRAYS[name][:1] for name in ["student_readout", "teacher_readout"]}
    return run_in(make_folder("linear"), ARRAYS, *settings, **first, **readouts)


@pytest.mark.parametrize("rule", RULES)
def test_learning_curve_is_that_of_the_reference(variant, rule):
    changes, results = variant
    losses = results.train_loss.sel(rule=rule)
    assert losses.epoch.values.tolist() == RECORDED

    expected = compute_losses((W1, W2), Y, learn(rule, **changes))

    assert abs(expected[-1] / expected[0] - 1.0) > 0.01
    np.testing.assert_allclose(losses, expected, rtol=TOLERANCE)


@pytest.mark.parametrize("rule", RULES)
def test_learning_curve_of_a_linear_network_with_one_output_is_that_of_the_reference(linear, rule):
    learning = learn(rule, activation="linear", output_activation="linear", Feedback=ARRAYS["feedback"][:, :1])

    expected = compute_losses((W1, W2[:1]), Y[:1], learning)

    assert abs(expected[-1] / expected[0] - 1.0) > 0.01
    np.testing.assert_allclose(linear.train_loss.sel(rule=rule), expected, rtol=TOLERANCE)
