"""The comparison counts, checks and prints what it says; no time is measured here."""

import json
import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import numpy_loop
import program
import report
import stacked
import targets
from compare import check_agreement, find_best, measure_in_turn
from problem import draw_problem
from shapes import LEARNING_RATE, Shape, count_flops, list_shapes

sys.path.append(str(Path(__file__).resolve().parents[1] / "reference"))
import reference  # noqa: E402

SMALL = Shape(4, 6, 3, "tanh", samples=8, hidden_flips=1, readout_flips=2)  # the last batch of an epoch has 2 samples
LIBRARIES = [stacked.MATMUL, stacked.EINSUM]


def test_arithmetic_of_a_small_update_agrees_with_hand_count():
    """M, N, B = 2, 3, 4: twice 2 * 3 * 2 * 4; 24 + 12 + 24 for the readout; 4 errors; 6 for each of 9 weights."""
    linear = Shape(2, 3, 4, "linear")

    assert count_flops(linear) == 96 + 60 + 4 + 54
    assert count_flops(replace(linear, activation="tanh")) == count_flops(linear) + 4 * 12 + 4


def test_shapes_are_told_apart_by_their_names():
    names = [shape.name for shape in list_shapes()]

    assert len(set(names)) == len(names) == 9
    assert {"20,199,10,linear", "2,217,full,linear", "100,10,10,tanh,P=2000"} <= set(names)


@pytest.mark.parametrize("batch", [3, 8])
@pytest.mark.parametrize("activation", ["linear", "tanh", "relu"])
def test_stacks_and_loop_reach_the_same_weights(activation, batch):
    check_agreement(draw_problem(replace(SMALL, activation=activation, batch=batch), 3), LIBRARIES)


def test_disagreement_is_found():
    wrong = stacked.Library("wrong", np, lambda A, B: A @ B * (1.0 + 1e-6))

    with pytest.raises(AssertionError, match="wrong and the loop differ"):
        check_agreement(draw_problem(SMALL, 3), [stacked.MATMUL, wrong])


@pytest.mark.parametrize("activation", ["linear", "tanh", "relu"])
def test_loop_follows_the_reference(activation):
    problem = draw_problem(replace(SMALL, activation=activation), 2)
    learning = reference.Learning(
        rule="curl-descent", activation=activation, output_activation=activation, side="presynaptic",
        output_delta="error", norm_constraint=True, learning_rate=LEARNING_RATE, batch=SMALL.batch, D1=problem.D1,
        D2=problem.D2, Feedback=np.zeros((SMALL.hidden, 1)),
    )

    weights = numpy_loop.train(problem, 1, 4 * SMALL.updates_per_epoch)

    order = [problem.order[1]] * 4
    expected = reference.train(problem.W1[1], problem.W2[1], problem.X[1].T, problem.Y[1].T, order, learning)
    assert (problem.D1 < 0).sum() == 1 and (problem.D2 < 0).sum() == 2
    for W, expected_W, start in zip(weights, expected, (problem.W1[1], problem.W2[1])):
        np.testing.assert_allclose(W, expected_W, rtol=0, atol=1e-14)
        assert np.abs(W - start).max() > 1e-3


def test_contestants_are_measured_in_turn():
    calls = []
    contestants = {name: lambda name=name: calls.append(name) or float(len(calls)) for name in "ab"}

    figures = measure_in_turn(contestants, 2)

    assert calls == ["a", "b", "a", "b"]
    assert figures == {"a": [1.0, 3.0], "b": [2.0, 4.0]}


def test_best_of_a_library_is_its_least_median():
    medians = {"loop": 1.0, "NumPy matmul, 10 stacked": 3.0, "NumPy einsum, 40 stacked": 2.0}

    assert find_best(medians, "NumPy") == 2.0
    assert find_best(medians, "torch") is None


ROW = report.Row(Shape(2, 3, 4, "linear"), loop=120.0, stacked=30.0, curldescent=0.2, by_file=0.21, mebibytes=29.06)


def test_table_is_aligned_and_has_a_dash_for_what_was_not_measured():
    header, line = report.format_table([ROW]).splitlines()

    assert len(header) == len(line)
    assert line.split() == ["2,3,4,linear", "120", "30.0", "-", "0.200", "-", "-", "-", "600", "150", "-", "29.1"]
    assert header.endswith("FMA peak %   MiB")


def test_second_program_and_peak_fill_their_columns():
    """214 flops in 0.2 us are 1.07 GFLOP/s, of 2.14."""
    header, line = report.format_table([replace(ROW, before=0.5, peak=2.14)]).splitlines()

    assert header.endswith("before us  before/after")
    assert line.split()[-4:] == ["50.0", "29.1", "0.500", "2.50"]


@pytest.mark.parametrize("scaled, met", [(0.21, "yes"), (0.2, "yes"), (0.19, "no")])
def test_target_is_met_by_a_time_no_longer_than_the_scaled_one(scaled, met):
    header, line = report.format_table([replace(ROW, target=0.1, scaled_target=scaled)]).splitlines()

    assert "curldescent us  target us  target here us  met  loop/curldescent" in header
    assert line.split()[5:8] == ["0.100", report.format_number(scaled), met]


def test_targets_are_longer_on_a_slower_core():
    published = targets.Targets(fma_peak_gflops=120.0, microseconds={"a": 0.5})

    assert published.scaled("a", 60.0) == 1.0
    assert published.scaled("a", None) is None and published.scaled("b", 60.0) is None


def test_every_shape_has_a_published_target():
    published = targets.read_targets(targets.PUBLISHED)

    assert published.fma_peak_gflops == 123
    assert set(published.microseconds) == {shape.name for shape in list_shapes()}


def test_numbers_have_three_digits():
    values = [None, 0.0, 0.0123, 9.876, 1042.4]

    assert list(map(report.format_number, values)) == ["-", "0.00", "0.0123", "9.88", "1042"]


def test_reference_blas_is_told_from_an_optimized_one():
    assert report.is_reference_blas("blas/libblas.so.3.11.0")
    assert not report.is_reference_blas("openblas-pthread/libblas.so.3")


def test_only_switches_of_training_that_are_on_are_found():
    template = """\
[network]
stop_here = true
[training]
# stop_... say when to stop
stop_converged = true
# stop_diverged = true  # when absent: true
stop_early = false
shuffle = true
[data]
stop_there = true
"""

    assert program.find_stop_switches(template) == ["stop_converged", "stop_diverged"]


def test_experiment_has_the_shape_and_makes_every_update():
    text = tomllib.loads(program.write_experiment(SMALL, 7, ["stop_converged"]))

    assert (text["network"]["inputs"], text["network"]["hidden"], text["network"]["activation"]) == (4, 6, "tanh")
    assert text["plasticity"] == {"hidden_flips": 1, "readout_flips": 2}
    assert (text["training"]["batch"], text["training"]["samples"], text["training"]["epochs"]) == (3, 8, 7)
    assert text["training"]["stop_converged"] is False


def test_start_up_cancels_from_the_quotient():
    short = program.ProgramRun(updates=1_000_000, user_seconds=0.5 + 2.0, wall_seconds=0.0, mebibytes=0.0)
    long = program.ProgramRun(updates=3_000_000, user_seconds=0.5 + 6.0, wall_seconds=0.0, mebibytes=0.0)

    assert program.compute_quotient(short, long) == pytest.approx(2.0)


def test_usage_is_that_of_the_command_alone():
    """A hundred MiB held here do not count; the exit code is the command's, and its output is kept out of the JSON."""
    held = np.ones(100 * 2**17)
    command = [sys.executable, "-I", "-S", program.CHILD_USAGE]

    outcome = subprocess.run([*command, "sh", "-c", "echo said; exit 3"], capture_output=True, text=True)

    usage = json.loads(outcome.stdout)
    assert (outcome.returncode, outcome.stderr, held.nbytes) == (3, "said\n", 100 * 2**20)
    assert 0.0 < usage["mebibytes"] < 50.0
