"""Chaos indicators as users meet them: only where asked for, labelled, the same on any number of ranks."""

import numpy as np
import pytest
import xarray

CHAOTIC = """
[experiment]
seed = 1
replicates = 2
rules = ["gradient-descent", "curl-descent"]
[network]
inputs = 20
hidden = 10
[plasticity]
hidden_flip_fraction = 0.5
[training]
samples = 250
batch = 0
epochs = 12000
records = 1000
record_spacing = "linear"
"""

INDICATORS = """
[analysis]
lyapunov_exponents = 2
lyapunov_start = 500
lyapunov_transient = 1500
lyapunov_windows = 4
twin = true
order_parameter_epochs = 100
loss_epochs = 4000
regime = true
"""

# Students that start on the teacher and leave it. MODEL.md section 5 calls this a drift: at a rate of 0.1 the readout
# changes its sign at every epoch (q = 1 / N), which moves the loss by some percent.
TWO_CYCLE = """
[experiment]
seed = 2
replicates = 1
rules = ["curl-descent"]
[network]
total_neurons = 220
ratio = 0.4
[initialization]
start = "teacher"
rescale_teacher = true
offset = 1e-10
[plasticity]
hidden_flip_fraction = 0.3
[training]
batch = 0
epochs = 9000
records = 9000
record_spacing = "linear"
stop_converged = false
[analysis]
lyapunov_exponents = 1
lyapunov_start = 6000
order_parameter_epochs = 500
loss_epochs = 1000
regime = true
"""

ONLY_WHEN_ASKED_FOR = {
    "lyapunov_exponents=1": ["lyapunov_exponents", "lyapunov_leading", "lyapunov_verdict", "kaplan_yorke_dimension"],
    "twin=true": ["twin_exponent", "twin_low"],
    "order_parameter_epochs=2": ["order_parameter", "log10_order_parameter_median"],
    "loss_epochs=5": ["loss_level", "zero_one_test", "loss_period"],
}


def meaning(variable):
    """The names that the values of an enumeration stand for."""
    return np.array(variable.attrs["flag_meanings"].split())[variable.values]


@pytest.fixture(name="chaotic", scope="module")
def run_chaotic_example(make_folder):
    """The file of a random start with half of the inputs flipped, every indicator on."""
    return make_folder("chaotic").run(CHAOTIC + INDICATORS)


@pytest.fixture(name="results", scope="module")
def open_chaotic_example(chaotic):
    """The same for xarray."""
    return xarray.load_dataset(chaotic)


def test_default_file_has_none_of_the_indicators(tiny):
    names = set(xarray.load_dataset(tiny).variables)

    unwanted = {"regime", "exponent", "window", *sum(ONLY_WHEN_ASKED_FOR.values(), [])}
    assert names & unwanted == set()


@pytest.mark.parametrize("setting", ONLY_WHEN_ASKED_FOR)
def test_indicator_is_in_the_file_that_asks_for_it_and_no_other_is(folder, setting):
    settings = ["analysis." + setting, "analysis.lyapunov_transient=0"]
    names = set(xarray.load_dataset(folder.run(settings=settings)).variables)

    wanted = set(ONLY_WHEN_ASKED_FOR[setting])
    others = set(sum(ONLY_WHEN_ASKED_FOR.values(), [])) - wanted
    assert wanted <= names
    assert names & others == set()


@pytest.mark.parametrize("engine", ["h5netcdf", "netcdf4"])
def test_exponents_are_labelled_and_have_units(chaotic, engine):
    results = xarray.load_dataset(chaotic, engine=engine)

    assert results.lyapunov_exponents.dims == ("point", "rule", "replicate", "exponent")
    assert results.lyapunov_windows.dims == ("point", "rule", "replicate", "window")
    assert results.lyapunov_exponents.attrs["units"] == "1/epoch"
    assert dict(results.sizes)["exponent"] == 2 and dict(results.sizes)["window"] == 4
    assert np.all(np.isfinite(results.lyapunov_exponents.sel(rule="curl-descent")))


def test_random_start_with_flipped_inputs_is_chaos(results):
    curl = results.sel(rule="curl-descent").isel(point=0)

    assert "chaos" in meaning(curl.regime)
    chaotic = curl.isel(replicate=list(meaning(curl.regime)).index("chaos"))
    assert 3e-4 < chaotic.lyapunov_leading < 5e-3
    assert chaotic.lyapunov_low[0] > 0.0
    assert chaotic.twin_low < chaotic.lyapunov_high[0] and chaotic.lyapunov_low[0] < chaotic.twin_high


def test_gradient_descent_has_converged(results):
    assert set(meaning(results.regime.sel(rule="gradient-descent")).flat) == {"converged"}


def test_windows_average_to_the_exponent(results):
    curl = results.sel(rule="curl-descent")

    # Windows are cut at whole cells of the series, a few hundred of them.
    np.testing.assert_allclose(curl.lyapunov_windows.mean("window"), curl.lyapunov_leading, atol=5e-5)


def test_exponents_of_one_update_times_the_updates_are_those_of_an_epoch(folder):
    settings = ["analysis.lyapunov_exponents=1", "analysis.lyapunov_transient=0"]
    run = xarray.load_dataset(folder.run(settings=settings))  # three updates an epoch

    assert np.all(np.isfinite(run.lyapunov_exponents))
    np.testing.assert_allclose(3.0 * run.lyapunov_per_update, run.lyapunov_exponents)


def test_shares_of_regimes_add_up_to_one(results):
    names = results.regime.attrs["flag_meanings"].split()[1:]
    shares = sum(results[f"regime_share_{name}"] for name in names)

    assert results.regime_share_converged.dims == ("point", "rule")
    np.testing.assert_allclose(shares, 1.0)
    assert results.regime_share_converged.sel(rule="gradient-descent").item() == 1.0


@pytest.mark.parametrize("ranks", [1, 2, 3, 5])
def test_digest_does_not_depend_on_the_ranks(folder, chaotic, ranks):
    assert folder.digest(folder.run(CHAOTIC + INDICATORS, ranks=ranks)) == folder.digest(chaotic)


def test_tangents_do_not_change_the_run(folder, results):
    plain = xarray.load_dataset(folder.run(CHAOTIC))

    assert np.array_equal(plain.train_loss, results.train_loss)


def test_teacher_start_that_leaves_is_a_cycle_of_two_and_no_chaos(folder):
    run = xarray.load_dataset(folder.run(TWO_CYCLE)).isel(point=0, rule=0, replicate=0)

    assert meaning(run.regime) == "oscillation" and meaning(run.lyapunov_verdict) == "zero"
    assert abs(run.loss_period - 2.0) < 0.01
    np.testing.assert_allclose(run.order_parameter, 1.0 / 157, rtol=0.02)


def test_coarse_threshold_makes_the_same_run_a_drift(folder):
    results = xarray.load_dataset(folder.run(TWO_CYCLE, settings=["analysis.regime_constant_loss=0.1"]))

    assert meaning(results.regime).item() == "drift"


@pytest.mark.parametrize(
    "settings, words",
    [
        (["analysis.regime=true"], ["analysis.order_parameter_epochs", "analysis.loss_epochs"]),
        (["analysis.lyapunov_exponents=1", "analysis.lyapunov_start=12000"], ["lyapunov_start = 12000", "epochs"]),
        (["analysis.lyapunov_exponents=-1"], ["-1", "lyapunov_exponents"]),
    ],
)
def test_settings_that_measure_nothing_are_named(folder, settings, words):
    path = folder.write("experiment.toml", CHAOTIC)
    outcome = folder.call("run", path, "-o", "out.h5", *[f"--set={setting}" for setting in settings])

    assert outcome.code == 2
    assert [word for word in words if word not in outcome.errors] == []
