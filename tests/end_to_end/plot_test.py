"""`python3 jobs/plot` draws a results file and prints its numbers."""

import subprocess
import sys

import h5py
import pytest

from conftest import REPOSITORY, TINY


def plot(*arguments):
    command = [sys.executable, REPOSITORY / "jobs" / "plot", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def test_curve_of_one_axis_has_the_medians_of_the_file(tiny, tmp_path):
    picture = tmp_path / "tiny.png"

    outcome = plot(tiny, "-o", picture, "--table")

    assert outcome.returncode == 0, outcome.stderr
    assert picture.read_bytes().startswith(b"\x89PNG")
    with h5py.File(tiny) as file:
        medians = file["final_test_loss_median"][...]
    assert medians.shape == (2, 2)
    assert [f"{median:.2e}" for median in medians.ravel() if f"{median:.2e}" not in outcome.stdout] == []


def test_phase_diagram_of_two_axes_has_the_means_of_the_file(folder):
    text = TINY + '"network.hidden" = [3, 6, 9]\n'
    results = folder.run(text.replace("hidden = 6\n", ""))

    outcome = plot(results, "--table")

    assert outcome.returncode == 0, outcome.stderr
    assert (folder.path / "out.png").exists()
    with h5py.File(results) as file:
        means = file["log10_final_test_loss_mean"][...]
    assert means.shape == (6, 2)
    assert [f"{mean:.1f}" for mean in means.ravel() if f"{mean:.1f}" not in outcome.stdout] == []


def test_theory_is_drawn_for_curl_descent_alone(folder):
    rules = 'experiment.rules=["curl-descent","curl-feedback-alignment"]'
    text = TINY.replace("inputs = 4\nhidden = 6\n", "total_neurons = 12\n")
    results = folder.run(text + '"network.ratio" = [0.5, 1.0, 2.0]\n', settings=[rules])

    outcome = plot(results, "--table")

    assert outcome.returncode == 0, outcome.stderr
    assert outcome.stdout.count("theory: unstable above hidden_flip_fraction") == 1


@pytest.mark.parametrize("sweep", ["", '"network.hidden" = [3, 6]\n"network.outputs" = [1, 2]\n'], ids=["none", "three"])
def test_other_numbers_of_axes_are_refused_in_one_line(folder, sweep):
    text = TINY.replace("hidden = 6\n", "") + sweep
    if not sweep:
        text = text.replace('"plasticity.hidden_flip_fraction" = [0.0, 0.5]\n', "")
    results = folder.run(text)

    outcome = plot(results)

    assert outcome.returncode == 2
    assert outcome.stderr.count("\n") == 1 and "out.h5" in outcome.stderr


def test_file_that_holds_no_results_is_refused_in_one_line(folder):
    folder.write("other.h5", "text")

    outcome = plot(folder.path / "other.h5")

    assert outcome.returncode == 2
    assert outcome.stderr.count("\n") == 1 and "other.h5" in outcome.stderr
