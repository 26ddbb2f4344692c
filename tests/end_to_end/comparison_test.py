"""How fast and along which way runs learn, and the comparison of rules: in the file, by xarray, and by `compare`."""

import csv
import io

import h5py
import numpy as np
import pytest
import xarray
from scipy import stats

TOLERANCE = 1e-12  # relative: of two libraries' distribution functions

MEASURED = """
[experiment]
seed = 4
replicates = 6
rules = ["feedback-alignment", "gradient-descent", "curl-descent"]
[network]
inputs = 5
hidden = 4
activation = "tanh"
[initialization]
student_scale = 2.0
[training]
samples = 20
test_samples = 10
batch = 5
epochs = 60
learning_rate = 0.5
records = 60
record_spacing = "linear"
[analysis]
loss_thresholds = [0.1, 0.03, 1e-9]
ascent = true
alignment = true
plateau = true
plateau_gradient = 0.5
plateau_loss = 0.01
curl_strength = true
saddle_index = true
baseline = "gradient-descent"
[sweep]
"plasticity.readout_flips" = [1, 2, 4]
"""

VARIABLES = {
    "epochs_to_train_loss": ("point", "rule", "replicate", "threshold"),
    "epochs_to_test_loss": ("point", "rule", "replicate", "threshold"),
    "epochs_to_test_loss_count": ("point", "rule", "threshold"),
    "best_test_loss": ("point", "rule", "replicate"),
    "ascent_largest_rise": ("point", "rule", "replicate"),
    "gradient_norm": ("point", "rule", "replicate", "record"),
    "alignment": ("point", "rule", "replicate", "record"),
    "plateau_length": ("point", "rule", "replicate"),
    "curl_strength": ("point", "rule", "replicate", "stage"),
    "saddle_index": ("point", "rule", "replicate"),
    "final_test_loss_vs_baseline_wilcoxon_p": ("point", "rule"),
    "epochs_to_test_loss_vs_baseline_ratio": ("point", "rule", "threshold"),
    "train_loss_source": ("point",),
}


@pytest.fixture(name="measured_folder", scope="module")
def run_measured_experiment(make_folder):
    """A folder with the results of the measured experiment, out.h5."""
    folder = make_folder("measured")
    folder.run(MEASURED)
    return folder


@pytest.fixture(name="measured", scope="module")
def open_measured_results(measured_folder):
    """The results of the measured experiment."""
    return xarray.load_dataset(measured_folder.path / "out.h5")


def compare(folder, *arguments):
    """The rows of `compare out.h5 --csv`."""
    outcome = folder.call("compare", "out.h5", "--csv", *arguments)
    assert (outcome.code, outcome.errors) == (0, "")
    return list(csv.DictReader(io.StringIO(outcome.output)))


@pytest.mark.parametrize("variable", VARIABLES)
def test_variables_are_there_when_asked_for(measured, tiny_file, variable):
    assert measured[variable].dims == VARIABLES[variable]
    assert variable not in tiny_file


def test_labels_are_thresholds_and_stages(measured):
    assert list(measured.threshold.values) == [0.1, 0.03, 1e-9]
    assert list(measured.stage.values) == ["start", "plateau", "end"]
    assert list(measured.train_loss_source.values) == ["streamed"] * 3


def test_epochs_to_a_test_loss_are_those_of_the_curve(measured):
    """Every epoch is recorded here."""
    for threshold in measured.threshold.values:
        reached = (measured.test_loss <= threshold).values
        first = np.where(reached.any(axis=-1), reached.argmax(axis=-1), np.nan)

        assert np.array_equal(measured.epochs_to_test_loss.sel(threshold=threshold), first, equal_nan=True)
    assert np.isfinite(measured.epochs_to_test_loss.sel(threshold=0.1)).any()
    assert np.isnan(measured.epochs_to_test_loss.sel(threshold=1e-9)).all()
    assert np.array_equal(measured.best_test_loss, measured.test_loss.min("record"))


@pytest.mark.parametrize("threshold", [0.1, "at the end"])
def test_epochs_to_a_training_loss_of_full_batches_are_those_of_the_curve(folder, threshold):
    """Every epoch is recorded here. The second threshold lies just above the last loss of a run that falls."""
    settings = ["training.batch=0", "plasticity.readout_flips=0"]
    if threshold == "at the end":
        curves = xarray.load_dataset(folder.run(MEASURED, settings=settings)).train_loss
        threshold = float(curves.sel(rule="gradient-descent").isel(point=0, replicate=0, record=-1)) * (1.0 + 1e-9)
    settings.append(f"analysis.loss_thresholds=[{threshold}]")
    results = xarray.load_dataset(folder.run(MEASURED, settings=settings, output="thresholds.h5"))

    reached = (results.train_loss <= threshold).values
    first = np.where(reached.any(axis=-1), reached.argmax(axis=-1), np.nan)
    assert list(np.unique(results.train_loss_source)) == ["streamed"]
    assert np.isfinite(first).any()
    assert np.array_equal(results.epochs_to_train_loss.isel(threshold=0), first, equal_nan=True)
    np.testing.assert_allclose(results.best_train_loss, results.train_loss.min("record"), rtol=1e-12)


def test_a_training_loss_that_only_falls_does_not_rise(folder):
    settings = ["training.batch=0", "training.learning_rate=0.05", "plasticity.norm_constraint=false"]
    results = xarray.load_dataset(folder.run(MEASURED, settings=settings)).sel(rule="gradient-descent")

    assert (np.diff(results.train_loss) < 0).all()
    assert (results.ascent_total == 0).all() and (results.ascent_rising_share == 0).all()


def test_a_diverged_run_has_risen_without_end(folder):
    settings = ["training.learning_rate=1e4", "plasticity.norm_constraint=false", "network.activation=linear"]
    results = xarray.load_dataset(folder.run(MEASURED, settings=settings))

    diverged = np.isinf(results.final_train_loss)
    assert diverged.all()
    assert np.isinf(results.ascent_total).all() and np.isinf(results.ascent_largest_rise).all()
    assert (results.plateau_length == 0).all()


def test_without_test_samples_nobody_waits_for_a_test_loss(folder):
    folder.run(MEASURED, settings=["training.test_samples=0"])

    for row in compare(folder, "--variable", "epochs_to_test_loss"):
        assert [int(row[name]) for name in ("pairs", "ties", "unfinished", "baseline_unfinished")] == [0] * 4
    assert {int(row["pairs"]) for row in compare(folder, "--variable", "epochs_to_train_loss")} == {6}


def test_gradient_descent_without_output_slope_follows_the_gradient(folder):
    results = xarray.load_dataset(
        folder.run(MEASURED, settings=["plasticity.output_delta=gradient", "plasticity.readout_flips=2"])
    )

    np.testing.assert_allclose(results.alignment.sel(rule="gradient-descent"), 1.0, rtol=TOLERANCE)
    assert np.all(results.alignment.sel(rule="curl-descent").isel(record=0) < 0.999)
    gradient, curl = (results.curl_strength.sel(rule=rule, stage="start") for rule in ("gradient-descent", "curl-descent"))
    assert np.all(gradient < 1e-12) and np.all(curl > 0.01)


def test_comparison_in_the_file_is_that_of_the_command(measured, measured_folder):
    rows = compare(measured_folder)

    assert len(rows) == 3 * 2 * (2 + 2 * 3)
    for row in rows:
        for name in ["ratio", "ratio_low", "t_p", "t_p_holm", "wilcoxon_p", "wilcoxon_p_holm", "wins", "t_pairs"]:
            stored = measured[f"{row['variable']}_vs_baseline_{name}"].sel(point=int(row["point"]), rule=row["rule"])
            if row["threshold"]:
                stored = stored.sel(threshold=float(row["threshold"]))
            assert np.array_equal(float(stored), float(row[name]), equal_nan=True)


def test_p_values_are_those_of_scipy(measured, measured_folder):
    rows = compare(measured_folder, "--variable", "final_test_loss", "--baseline", "gradient-descent")
    assert len(rows) == 6
    for row in rows:
        point = measured.final_test_loss.sel(point=int(row["point"]))
        x, y = point.sel(rule=row["rule"]).values, point.sel(rule="gradient-descent").values
        log_x, log_y = np.log10(x), np.log10(y)
        np.testing.assert_allclose(float(row["wilcoxon_p"]), stats.wilcoxon(log_x, log_y).pvalue, rtol=TOLERANCE)
        np.testing.assert_allclose(float(row["t_p"]), stats.ttest_rel(log_x, log_y).pvalue, rtol=1e-10)
        np.testing.assert_allclose(float(row["ratio"]), np.median(x) / np.median(y), rtol=TOLERANCE)


def test_runs_that_never_got_there_are_counted(measured, measured_folder):
    for row in compare(measured_folder, "--variable", "epochs_to_test_loss"):
        epochs = measured.epochs_to_test_loss.sel(point=int(row["point"]), threshold=float(row["threshold"]))
        assert int(row["unfinished"]) == np.isnan(epochs.sel(rule=row["rule"])).sum()
        assert int(row["baseline_unfinished"]) == np.isnan(epochs.sel(rule="gradient-descent")).sum()
        assert sum(int(row[name]) for name in ("wins", "losses", "ties")) == int(row["pairs"]) == 6


def test_table_is_for_reading(measured_folder):
    outcome = measured_folder.call("compare", "out.h5", "--baseline", "curl-descent", "--variable", "final_test_loss")

    assert (outcome.code, outcome.errors) == (0, "")
    lines = outcome.output.splitlines()
    assert "against curl-descent" in lines[0]
    assert lines[1].split()[:4] == ["variable", "point", "readout_flips", "rule"]
    assert len(lines) == 2 + 6


def test_any_results_file_can_be_compared(folder, tiny):
    outcome = folder.call("compare", tiny)

    assert (outcome.code, outcome.errors) == (0, "")
    assert outcome.output.count("curl-descent") == 4


@pytest.mark.parametrize(
    "arguments, parts",
    [
        (["--baseline", "hebb"], ["--baseline hebb", "gradient-descent, curl-descent"]),
        (["--variable", "loss"], ["--variable loss", "final_train_loss, final_test_loss"]),
    ],
)
def test_unknown_names_are_refused(folder, tiny, arguments, parts):
    message = folder.refusal("compare", tiny, *arguments)

    assert [part for part in parts if part not in message] == []


@pytest.mark.parametrize(
    "setting, part",
    [
        ("analysis.loss_thresholds=[0.1, -1]", "above 0"),
        ("analysis.loss_thresholds=0.1", "a list of at most 8 numbers"),
        ('analysis.loss_thresholds=["low"]', "a list of at most 8 numbers"),
        ("analysis.saddle_index=true", "analysis.plateau = true"),
        ("analysis.baseline=feedback-alignment", "experiment.rules"),
        ("analysis.baseline=hebb", "one of"),
    ],
)
def test_settings_that_make_no_sense_are_refused(folder, setting, part):
    folder.write("experiment.toml", '[experiment]\nrules = ["gradient-descent", "curl-descent"]\n')

    assert part in folder.refusal("run", "experiment.toml", "-o", "out.h5", "--set", setting)


@pytest.mark.parametrize("ranks", [1, 2, 3, 5])
def test_digest_is_that_of_one_process_on_any_number_of_ranks(folder, measured_folder, ranks):
    results = folder.run(MEASURED, ranks=ranks)

    assert folder.digest(results) == measured_folder.digest("out.h5")


def test_command_statistics_restores_spoilt_comparisons(folder, measured_folder):
    results = folder.run(MEASURED)
    with xarray.open_dataset(results) as opened:
        name = "final_test_loss_vs_baseline_wilcoxon_p_holm"
        assert np.isfinite(opened[name].sel(rule="curl-descent")).all()
    with h5py.File(results, "r+") as file:
        file[name][...] = 7.0
        file["epochs_to_test_loss_median"][...] = 7.0

    outcome = folder.call("statistics", "out.h5", ranks=3)

    assert (outcome.code, outcome.output, outcome.errors) == (0, "", "")
    assert folder.digest(results) == measured_folder.digest("out.h5")
