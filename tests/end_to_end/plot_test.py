"""`python3 jobs/plot` draws a results file and prints its numbers."""

import math
import os
import subprocess
import sys

import h5py
import numpy
import pytest
import xarray

from conftest import MEASURED, MEASUREMENTS, PROGRAM, REPOSITORY, TINY

sys.path.insert(1, str(REPOSITORY / "jobs" / "plot"))
from scale import is_logarithmic  # noqa: E402


def plot(*arguments):
    command = [sys.executable, REPOSITORY / "jobs" / "plot", *arguments]
    environment = os.environ | {"CURLDESCENT": str(PROGRAM)}  # asked for theory's density
    return subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment)


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


CURVES = TINY + """
[analysis]
loss_thresholds = [1e-1]
baseline = "gradient-descent"
"""

# The longest axis has four values.
STABILITY = MEASURED.replace("hidden = 6\n", "").replace("[0.0, 0.5]", "[0.0, 0.5, 0.75, 1.0]") \
    + '"network.hidden" = [6, 8]\n' + MEASUREMENTS + 'stability = "teacher"\nstability_spectrum = true\n'


@pytest.fixture(name="measured", scope="module")
def run_measured_experiment(make_folder):
    """Results with regimes, exponents, q and spectra, for reading only."""
    return make_folder("measured").run(STABILITY)


def numbers_of(results, variable, form):
    """Every number of a variable, as it stands in a table."""
    with xarray.open_dataset(results, engine="h5netcdf") as data:
        values = data[variable].values.ravel()
    assert values.size > 0
    return [format(value, form) for value in values if not math.isnan(value)]


def drawn(results, kind, picture):
    """What plot prints about a picture that it must be able to draw."""
    outcome = plot(results, "--picture", kind, "-o", picture, "--table")
    assert outcome.returncode == 0, outcome.stderr
    assert picture.stat().st_size > 5000
    return outcome.stdout


@pytest.mark.parametrize("kind, variable, form", [
    ("order-parameter", "order_parameter_mean", ".2e"), ("lyapunov", "lyapunov_leading_median", ".2e")])
def test_measures_along_a_sweep_are_those_of_the_file(measured, tmp_path, kind, variable, form):
    text = drawn(measured, kind, tmp_path / "picture.png")

    assert [number for number in numbers_of(measured, variable, form) if number not in text] == []
    assert "hidden 6" in text and "hidden 8" in text


def test_shares_of_regimes_are_those_of_the_file(measured, tmp_path):
    lines = drawn(measured, "regimes", tmp_path / "picture.png").splitlines()

    names = lines[1].split()[2:]
    with xarray.open_dataset(measured, engine="h5netcdf") as data:
        shares = [[f"{data[f'regime_share_{name}'].values[point, 0]:.2f}" for name in names] for point in range(8)]
    assert len(names) == 7
    assert [line.split()[2:] for line in lines[2:]] == shares


def test_spectrum_counts_every_rate_of_the_file(measured, tmp_path):
    text = drawn(measured, "spectrum", tmp_path / "picture.png")

    with xarray.open_dataset(measured, engine="h5netcdf") as data:
        rates = data.stability_spectrum.isel(point=0).values
    rates = rates[~numpy.isnan(rates)]
    expected = [str(rates.size), *(f"{value:.4g}" for value in numpy.quantile(rates, [0, 0.5, 1]))]
    row, = (line.split() for line in text.splitlines() if f" {expected[1]} " in line)
    assert row[-5:-1] == expected


def test_cost_is_the_sum_of_the_seconds_in_the_file(measured, tmp_path):
    text = drawn(measured, "cost", tmp_path / "picture.png")

    with xarray.open_dataset(measured, engine="h5netcdf", group="timing") as timing:
        hours = [float(timing[name].sum()) / 3600 for name in ("predicted_seconds", "wall_seconds")]
    assert all(f"{hour:.4g}" in text for hour in hours)


def test_learning_curves_end_at_the_median_of_the_file(tiny, tmp_path):
    text = drawn(tiny, "learning-curves", tmp_path / "picture.pdf")

    medians = numbers_of(tiny, "final_test_loss_median", ".2e")
    assert len(medians) == 4
    assert [median for median in medians if median not in text] == []


def test_runs_that_miss_the_threshold_count_at_the_last_epoch(folder, tmp_path):
    results = folder.run(CURVES, settings=["analysis.loss_thresholds=[1e-9]"])

    text = drawn(results, "epochs-to-threshold", tmp_path / "picture.png")

    rows = [line.split() for line in text.splitlines() if line.strip().startswith("0")]
    assert [(row[1], row[2], row[3]) for row in rows] == [("20", "0", "3")] * 4  # 2 rules x 2 points, 3 replicates


def test_mean_epochs_to_the_threshold_are_those_of_the_file(folder, tmp_path):
    results = folder.run(CURVES, settings=["analysis.loss_thresholds=[1.0]"])

    text = drawn(results, "epochs-to-threshold", tmp_path / "picture.png")

    means = numbers_of(results, "epochs_to_test_loss_mean", ".4g")
    assert len(means) == 4
    assert [mean for mean in means if mean not in text] == []


@pytest.mark.parametrize("text, title", [
    (TINY.replace('"plasticity.hidden_flip_fraction" = [0.0, 0.5]\n', ""), "test loss"), (CURVES, "epochs to 0.1")],
    ids=["learning-curves", "epochs-to-threshold"])
def test_picture_follows_from_the_file(folder, text, title):
    results = folder.run(text)

    outcome = plot(results, "--table")

    assert outcome.returncode == 0, outcome.stderr
    assert title in outcome.stdout.splitlines()[0]


def test_measured_file_shows_its_regimes_first(measured, tmp_path):
    outcome = plot(measured, "--table", "-o", tmp_path / "picture.png")

    assert outcome.stdout.startswith("curl descent: share of 3 runs in each regime")


def test_regimes_of_several_rules_are_drawn_for_each(folder, tmp_path):
    rules = 'experiment.rules=["gradient-descent","curl-descent"]'
    results = folder.run(STABILITY.replace("stability_spectrum = true", ""), settings=[rules])

    text = drawn(results, "regimes", tmp_path / "picture.png")

    assert text.count("share of 3 runs in each regime") == 2


@pytest.mark.parametrize("kind", ["lyapunov", "spectrum", "phase-diagram", "epochs-to-threshold"])
def test_picture_that_a_file_cannot_give_is_refused_with_those_it_can(tiny, kind):
    outcome = plot(tiny, "--picture", kind)

    assert outcome.returncode == 2
    assert outcome.stderr.count("\n") == 1
    assert "final-loss, learning-curves, cost" in outcome.stderr


def test_unknown_picture_is_refused(tiny):
    outcome = plot(tiny, "--picture", "spiral")

    assert outcome.returncode == 2
    assert "order-parameter" in outcome.stderr


def test_file_that_holds_no_results_is_refused_in_one_line(folder):
    folder.write("other.h5", "text")

    outcome = plot(folder.path / "other.h5")

    assert outcome.returncode == 2
    assert outcome.stderr.count("\n") == 1 and "other.h5" in outcome.stderr


@pytest.mark.parametrize("values, answer", [
    ([0.01, 0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9, 10], True), ([1, 2, 4], True), ([1, 10, 100, 1000, 1001], True),
    ([0.1, 0.25, 0.5, 0.75, 1.0, 1.25], False), ([0.3, 0.4, 0.5], False), ([0, 1, 10, 100], False)])
def test_axis_is_of_the_scale_that_keeps_its_values_apart(values, answer):
    assert is_logarithmic(numpy.array(values)) == answer
