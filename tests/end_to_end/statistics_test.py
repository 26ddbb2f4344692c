"""The statistics over replicates are those of NumPy, and a diverged run is counted, not dropped."""

import h5py
import numpy as np
import pytest
import xarray

TOLERANCE = 1e-13  # relative: sums of seven numbers in another order
REPLICATES = 7

# At this rate per epoch 1 of the 5 replicates diverges; so it does from 1 to 2, where the others are far from it.
ONE_DIVERGES = """
[experiment]
seed = 5
replicates = 5
rules = ["gradient-descent"]
[network]
inputs = 1
hidden = 1
[initialization]
student_scale = 3.0
[plasticity]
norm_constraint = false
[training]
samples = 4
test_samples = 4
batch = 0
epochs = 20
records = 5
learning_rate = 1.4
"""

STATISTICS = {
    "mean": lambda values: np.mean(values, axis=-1),
    "sem": lambda values: np.std(values, axis=-1, ddof=1) / np.sqrt(REPLICATES),
    "median": lambda values: np.median(values, axis=-1),
    "q05": lambda values: np.quantile(values, 0.05, axis=-1, method="linear"),
    "q95": lambda values: np.quantile(values, 0.95, axis=-1, method="linear"),
    "count": lambda values: np.full(values.shape[:-1], REPLICATES),
}


@pytest.fixture(name="seven", scope="module")
def run_seven_replicates(make_folder):
    """The tiny experiment with seven replicates."""
    return xarray.load_dataset(make_folder("seven").run(settings=[f"experiment.replicates={REPLICATES}"]))


@pytest.fixture(name="diverging", scope="module")
def run_replicates_of_which_one_diverges(make_folder):
    """Five replicates of one point and one rule, one of them diverged."""
    results = xarray.load_dataset(make_folder("diverging").run(ONE_DIVERGES)).isel(point=0, rule=0)
    assert sorted(results.status.values) == [1, 1, 1, 1, 2]
    assert np.all(results.final_test_loss > 0.0)
    return results


@pytest.mark.parametrize("statistic", STATISTICS)
@pytest.mark.parametrize("variable", ["final_train_loss", "final_test_loss", "epochs_completed"])
def test_statistic_is_that_of_numpy_over_replicates(seven, variable, statistic):
    values = seven[variable].values
    assert values.shape == (2, 2, REPLICATES)

    stored = seven[f"{variable}_{statistic}"]

    assert stored.dims == ("point", "rule")
    np.testing.assert_allclose(stored, STATISTICS[statistic](values), rtol=TOLERANCE)


@pytest.mark.parametrize("statistic", STATISTICS)
@pytest.mark.parametrize("variable", ["final_train_loss", "final_test_loss"])
def test_statistic_of_a_logarithm_is_that_of_numpy_over_replicates(seven, variable, statistic):
    logarithms = np.log10(seven[variable].values)

    stored = seven[f"log10_{variable}_{statistic}"]

    np.testing.assert_allclose(stored, STATISTICS[statistic](logarithms), rtol=TOLERANCE)


@pytest.mark.parametrize("variable", ["final_train_loss", "log10_final_train_loss", "log10_final_test_loss"])
def test_diverged_run_makes_mean_and_upper_quantile_infinite(diverging, variable):
    assert diverging[f"{variable}_count"] == 5
    assert diverging[f"{variable}_mean"] == np.inf
    assert diverging[f"{variable}_q95"] == np.inf
    assert np.isnan(diverging[f"{variable}_sem"])


def test_diverged_run_shifts_median_and_lower_quantile_as_the_largest_value(diverging):
    values = np.sort(diverging.final_test_loss.values)
    assert np.isfinite(values[:4]).all() and values[4] == np.inf

    np.testing.assert_allclose(diverging.final_test_loss_median, values[2], rtol=TOLERANCE)
    np.testing.assert_allclose(diverging.final_test_loss_q05, values[0] + 0.2 * (values[1] - values[0]), rtol=TOLERANCE)
    np.testing.assert_allclose(diverging.log10_final_test_loss_median, np.log10(values[2]), rtol=TOLERANCE)


def test_single_replicate_has_a_mean_and_no_standard_error(folder):
    results = xarray.load_dataset(folder.run(settings=["experiment.replicates=1"]))

    assert np.array_equal(results.final_train_loss_mean, results.final_train_loss.isel(replicate=0))
    assert np.all(np.isnan(results.final_train_loss_sem))
    assert np.all(results.final_train_loss_count == 1)


def test_without_test_samples_test_loss_is_missing_and_counts_no_replicate(folder):
    results = xarray.load_dataset(folder.run(settings=["training.test_samples=0"]))

    assert np.all(np.isnan(results.test_loss)) and np.all(np.isnan(results.final_test_loss_median))
    assert np.all(results.final_test_loss_count == 0)
    assert np.all(np.isfinite(results.train_loss))


@pytest.mark.parametrize("ranks", [None, 3])
def test_command_statistics_restores_spoilt_statistics(folder, tiny, ranks):
    results = folder.run()
    with h5py.File(results, "r+") as file:
        file["final_train_loss_mean"][...] = 7.0
        file["log10_final_test_loss_q95"][...] = np.nan
    spoilt = folder.digest(results)

    outcome = folder.call("statistics", "out.h5", ranks=ranks)

    assert (outcome.code, outcome.output, outcome.errors) == (0, "", "")
    assert folder.digest(results) == folder.digest(tiny) != spoilt
