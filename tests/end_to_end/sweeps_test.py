"""Swept keys of every kind, crossed or zipped, label the points of the results."""

import re

import numpy as np
import pytest
import xarray

from conftest import TINY

BASE = TINY[: TINY.index("[sweep]")]
FRACTIONS, RATES = [0.0, 0.25], [0.1, 0.2, 0.4]


@pytest.fixture(name="sweep")
def prepare_sweep(folder):
    """Runs the tiny experiment, without the keys that are swept, with another sweep; returns its results."""

    def run(sweep, *settings):
        swept = re.findall(r'^"\w+\.(\w+)" = ', sweep, re.MULTILINE)
        kept = [line for line in BASE.splitlines() if line.split(" = ")[0] not in swept]
        return xarray.load_dataset(folder.run("\n".join([*kept, "[sweep]", sweep]), settings=settings))

    return run


@pytest.fixture(name="grid", scope="module")
def run_grid(make_folder):
    """A sweep of 2 fractions x 3 rates."""
    text = f'[sweep]\n"plasticity.hidden_flip_fraction" = {FRACTIONS}\n"training.learning_rate" = {RATES}\n'
    return xarray.load_dataset(make_folder("grid").run(BASE + text))


def test_keys_are_crossed_in_the_order_written_with_the_last_fastest(grid):
    assert grid.hidden_flip_fraction.values.tolist() == [0.0, 0.0, 0.0, 0.25, 0.25, 0.25]
    assert grid.learning_rate.values.tolist() == RATES + RATES


def test_axis_indices_reshape_points_into_the_grid(grid):
    rows, columns = grid.axis_hidden_flip_fraction.values, grid.axis_learning_rate.values
    reshaped = np.full((2, 3, 2), np.nan)
    reshaped[rows, columns] = np.stack([grid.hidden_flip_fraction, grid.learning_rate], axis=1)

    assert np.array_equal(reshaped[..., 0], np.transpose([FRACTIONS] * 3))
    assert np.array_equal(reshaped[..., 1], [RATES] * 2)


def test_xarray_unstacks_points_into_the_grid(grid):
    keys = ["hidden_flip_fraction", "learning_rate"]
    unstacked = grid.final_train_loss_mean.set_index(point=keys).unstack("point")

    cell = unstacked.sel(hidden_flip_fraction=0.25, learning_rate=0.2, rule="curl-descent")

    assert dict(unstacked.sizes) == {"rule": 2, "hidden_flip_fraction": 2, "learning_rate": 3}
    assert cell == grid.final_train_loss_mean.values[4, 1]


def test_zipped_keys_move_together_on_one_axis(sweep):
    results = sweep(
        '"training.samples" = [8, 12]\n"network.outputs" = [1, 2, 3]\n"training.batch" = [2, 3]\n'
        'zip = [["training.samples", "training.batch"]]\n'
    )

    assert results.samples.values.tolist() == [8, 8, 8, 12, 12, 12]
    assert results.batch.values.tolist() == [2, 2, 2, 3, 3, 3]
    assert results.outputs.values.tolist() == [1, 2, 3, 1, 2, 3]
    assert results.axis_samples.values.tolist() == results.axis_batch.values.tolist() == [0, 0, 0, 1, 1, 1]
    assert {"samples", "batch", "outputs"} < set(results.coords)


def test_texts_are_swept_and_selected_by_name(sweep):
    results = sweep('"network.activation" = ["linear", "sigmoid", "relu"]\n')

    assert results.activation.values.tolist() == ["linear", "sigmoid", "relu"]
    by_name = results.final_train_loss.swap_dims(point="activation")
    assert np.array_equal(by_name.sel(activation="relu"), results.final_train_loss[2])


def test_truth_values_are_swept_as_zero_and_one(sweep):
    results = sweep('"plasticity.norm_constraint" = [true, false]\n')

    assert results.norm_constraint.values.tolist() == [1, 0]
    assert np.all(results.final_train_loss[0] != results.final_train_loss[1])


def test_swept_ratio_brings_the_sizes_it_gives(folder):
    text = BASE.replace("inputs = 4\nhidden = 6\n", "total_neurons = 24\n")
    results = xarray.load_dataset(folder.run(text + '[sweep]\n"network.ratio" = [0.5, 1.0, 2.0]\n'))

    assert results.ratio.values.tolist() == [0.5, 1.0, 2.0]
    assert results.inputs.values.tolist() == [8, 12, 16]
    assert results.hidden.values.tolist() == [16, 12, 8]
    assert "ratio" in results.coords


def test_linspace_and_logspace_give_numpys_values(sweep):
    results = sweep(
        '"plasticity.flipped_strength" = {linspace = [-1, 1, 3]}\n"training.learning_rate" = {logspace = [-2, 0, 4]}\n'
    )

    assert np.array_equal(results.flipped_strength[::4], [-1.0, 0.0, 1.0])
    np.testing.assert_allclose(results.learning_rate[:4], np.logspace(-2, 0, 4), rtol=1e-15)


def test_points_with_fewer_records_are_padded_with_nan(sweep):
    results = sweep('"training.epochs" = [3, 100]\n', "training.record_spacing=linear")
    recorded = np.isfinite(results.epoch.values)

    assert results.epoch.values[0, :4].tolist() == [0, 1, 2, 3]
    assert results.epoch.values[1].tolist() == [0, 1, 25, 50, 75, 100]
    assert recorded.tolist() == [[True] * 4 + [False] * 2, [True] * 6]
    assert np.array_equal(np.isfinite(results.train_loss), np.broadcast_to(recorded[:, None, None], (2, 2, 3, 6)))
    assert np.array_equal(results.final_train_loss[0], results.train_loss[0, ..., 3])


@pytest.mark.parametrize("spacing", ["log", "linear"])
def test_recorded_epochs_increase_strictly_from_start_to_end(sweep, spacing):
    results = sweep('"training.records" = [1, 7, 50]\n', f"training.record_spacing={spacing}")
    recorded = [epochs[np.isfinite(epochs)] for epochs in results.epoch.values]

    assert len(recorded[2]) > len(recorded[1]) > len(recorded[0]) == 2
    assert all(np.all(np.diff(epochs) > 0) and (epochs[0], epochs[-1]) == (0, 20) for epochs in recorded)


def test_set_argument_replaces_a_sweep_by_one_value_and_back(folder):
    one = xarray.load_dataset(folder.run(settings=["plasticity.hidden_flip_fraction=0.5"], output="one.h5"))
    three = xarray.load_dataset(folder.run(settings=["sweep.training.epochs=[1, 2, 3]"], output="three.h5"))

    assert one.sizes["point"] == 1 and "hidden_flip_fraction" not in one.coords
    assert one.hidden_flips.values.tolist() == [2]
    assert three.sizes["point"] == 2 * 3 and three.epochs.values.tolist() == [1, 2, 3, 1, 2, 3]
