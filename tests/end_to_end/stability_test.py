"""The stability of solutions: measured where asked for, beside what theory says."""

import subprocess

import h5py
import numpy as np
import pytest
import xarray as xr

from conftest import PROGRAM, TINY

LINEAR = """\
[experiment]
replicates = 3
rules = ["gradient-descent", "curl-descent"]
[network]
inputs = 8
hidden = 8
[training]
samples = 40
test_samples = 0
batch = 8
epochs = 5
[analysis]
stability = "teacher"
[sweep]
"plasticity.hidden_flip_fraction" = [0.0, 0.5, 1.0]
"""


def measured(path):
    return xr.open_dataset(path, engine="h5netcdf")


@pytest.fixture(name="linear", scope="module")
def run_linear_experiment(make_folder):
    return make_folder("linear").run(LINEAR, settings=["analysis.stability_spectrum=true",
                                                       "analysis.transverse_epochs=50"])


def test_file_without_a_measurement_has_no_trace_of_it(tiny):
    with measured(tiny) as results:
        assert [name for name in results.variables if "stab" in name and "theory" not in name] == []
        assert "eigenvalue" not in results.sizes


@pytest.mark.parametrize("engine", ["h5netcdf", "netcdf4"])
def test_rates_are_read_by_label(linear, engine):
    with xr.open_dataset(linear, engine=engine) as results:
        rates = results.stability_spectrum.sel(rule="curl-descent")
        assert rates.sizes["eigenvalue"] == 8
        assert bool((rates.diff("eigenvalue") <= 0).all())
        assert np.array_equal(rates.isel(eigenvalue=0), results.stability_rightmost.sel(rule="curl-descent"))


def test_gradient_descent_is_stable_and_flipping_all_inputs_of_a_square_network_is_not(linear):
    with measured(linear) as results:
        assert bool((results.stability_rightmost.sel(rule="gradient-descent") < 0).all())
        flipped = results.sel(rule="curl-descent").where(results.hidden_flip_fraction == 1, drop=True)
        assert bool((flipped.stability_rightmost > 0).all()) and bool((flipped.theory_stable == 0).all())


def test_curl_strength_of_gradient_descent_is_zero(linear):
    with measured(linear) as results:
        assert float(results.stability_curl_strength.sel(rule="gradient-descent").max()) < 1e-6
        assert float(results.stability_curl_strength.sel(rule="curl-descent").isel(point=1).min()) > 0.1


def test_theory_in_the_file_is_that_of_the_theory_command(linear):
    command = [PROGRAM, "theory", "edge", "--ratio", "1", "--hidden-flip-fraction", "0,0.5,1",
               "--weight-variance", repr(1 / 3), "--squared-readout-norm", repr(1 / 3)]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    edges = [float(line.split(",")[-1]) for line in lines[1:]]
    with measured(linear) as results:
        assert len(edges) == 3
        np.testing.assert_allclose(results.theory_lower_edge, edges, rtol=1e-12)
        np.testing.assert_array_equal(results.theory_stable, np.array(edges) > 0)


def test_theory_is_silent_where_it_knows_nothing(folder):
    results = folder.run(TINY, settings=["network.outputs=2"])
    with measured(results) as data:
        assert bool(np.isnan(data.theory_lower_edge).all())


def test_theory_is_silent_about_supplied_inputs(folder):
    with h5py.File(folder.path / "data.h5", "w") as file:
        file["inputs"] = np.random.default_rng(1).normal(size=(40, 8))
    with measured(folder.run(LINEAR + '[data]\nfile = "data.h5"\n')) as results:
        assert bool(np.isnan(results.theory_stable).all())
        assert bool(np.isfinite(results.stability_rightmost).all())


def test_last_weights_of_converged_runs_are_solutions(folder):
    path = folder.run(LINEAR, settings=["analysis.stability=final", "training.epochs=20000",
                                        "plasticity.hidden_flip_fraction=0", "network.hidden=60"])
    with measured(path) as results:
        meanings = results.stability_space.attrs["flag_meanings"].split()
        assert (results.stability_space == meanings.index("residual")).all()
        assert bool((results.stability_rightmost < 0).all())


def test_weights_that_overflow_are_not_called_stable(folder):
    path = folder.run(LINEAR, settings=["analysis.stability=final", "plasticity.norm_constraint=false",
                                        "training.learning_rate=100", "training.batch=0", "network.inputs=6",
                                        "network.hidden=6"])
    with measured(path) as results:
        meanings = results.stability_space.attrs["flag_meanings"].split()
        overflowed = np.isinf(results.final_train_loss)
        assert bool(overflowed.any())
        assert (results.stability_space.where(overflowed, drop=True) == meanings.index("none")).all()
        assert bool(np.isnan(results.stability_rightmost.where(overflowed)).all())


def test_unreachable_directions_hide_no_stability(folder):
    path = folder.run(LINEAR, settings=["training.samples=5", "training.batch=1", "plasticity.norm_constraint=false",
                                        "analysis.transverse_epochs=2000"])
    with measured(path) as results:
        stable = results.sel(rule="gradient-descent")
        assert bool((stable.stability_rightmost < -1e-9).all())
        learning_rate = 0.1
        assert bool((stable.transverse_exponent < 0.5 * learning_rate * stable.stability_rightmost).all())


def test_theory_of_a_teacher_has_the_teachers_scale(folder):
    settings = ["initialization.teacher_scale=3.0"]
    theories = {place: measured(folder.run(LINEAR, output=f"{place}.h5",
                                           settings=[*settings, f"analysis.stability={place}"]))
                for place in ("teacher", "final")}
    np.testing.assert_allclose(theories["teacher"].theory_lower_edge, 9 * theories["final"].theory_lower_edge)


def test_digest_is_the_same_for_any_number_of_ranks(folder):
    digests = {folder.digest(folder.run(LINEAR, output=f"{ranks}.h5", ranks=ranks)) for ranks in (1, 2, 3, 5)}
    assert len(digests) == 1


MISTAKES = {
    "spectrum of nothing": (["analysis.stability=none", "analysis.stability_spectrum=true"], ["analysis.stability"]),
    "teacher of another width": (["network.teacher_hidden=9"], ["network.teacher_hidden = 9", "network.hidden = 8"]),
    "too large a kernel": (["network.activation=tanh", "training.samples=5000"], ["5000", "4000"]),
    "unknown place": (["analysis.stability=start"], ["start", "teacher", "final", "none"]),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake_is_refused(folder, mistake):
    settings, parts = MISTAKES[mistake]
    folder.write("linear.toml", LINEAR)

    message = folder.refusal("run", "linear.toml", "-o", "out.h5", "--set", *settings)

    assert [part for part in parts if part not in message] == [], message
