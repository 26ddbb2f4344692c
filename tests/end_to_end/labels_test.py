"""The results file opens in xarray with every label, through h5netcdf and through netCDF4 alike."""

import numpy as np
import pytest
import xarray

ENGINES = ["h5netcdf", "netcdf4"]


@pytest.fixture(name="results", params=ENGINES)
def open_tiny_with_each_engine(request, tiny):
    """The tiny experiment as a data set, once for each engine."""
    with xarray.open_dataset(tiny, engine=request.param) as results:
        yield results


def test_dimensions_have_their_lengths(results):
    assert dict(results.sizes) == {"point": 2, "rule": 2, "replicate": 3, "record": 6}


def test_swept_key_and_epoch_are_coordinates(results):
    assert set(results.coords) == {"point", "rule", "replicate", "record", "hidden_flip_fraction", "epoch"}


def test_every_run_and_statistic_carries_the_swept_key(results):
    per_point = {name for name, values in results.items() if set(values.dims) > {"point"}}

    assert {"status", "train_loss", "final_test_loss", "final_test_loss_mean"} < per_point
    assert [name for name in sorted(per_point) if "hidden_flip_fraction" not in results[name].coords] == []


def test_learning_curve_carries_its_epochs(results):
    curve = results.train_loss.isel(point=0, replicate=0).sel(rule="curl-descent")

    assert curve.dims == ("record",)
    assert curve.epoch.values.tolist() == [0, 1, 2, 4, 9, 20]


def test_rule_is_selected_by_its_name(results):
    assert results.rule.values.tolist() == ["gradient-descent", "curl-descent"]

    selected = results.final_train_loss.sel(rule="curl-descent")

    assert selected.dims == ("point", "replicate")
    assert np.array_equal(selected.values, results.final_train_loss.values[:, 1])


def test_unflipped_point_has_equal_rules_and_flipped_point_has_not(results):
    unflipped = results.final_train_loss.where(results.hidden_flip_fraction == 0.0, drop=True)
    flipped = results.final_train_loss.where(results.hidden_flip_fraction == 0.5, drop=True)

    assert unflipped.shape == flipped.shape == (1, 2, 3)
    assert np.array_equal(unflipped.sel(rule="curl-descent"), unflipped.sel(rule="gradient-descent"))
    assert np.all(flipped.sel(rule="curl-descent") != flipped.sel(rule="gradient-descent"))


def test_final_losses_are_the_last_of_the_curves(results):
    assert np.array_equal(results.final_train_loss, results.train_loss.isel(record=-1))
    assert np.array_equal(results.final_test_loss, results.test_loss.isel(record=-1))


def test_status_has_flags_with_meanings(results):
    assert results.status.dtype == np.uint8
    assert results.status.attrs["flag_values"].dtype == np.uint8
    assert results.status.attrs["flag_values"].tolist() == [0, 1, 2, 3]
    assert results.status.attrs["flag_meanings"] == "pending done diverged failed"
    assert np.all(results.status == 1)


def test_sizes_and_flips_of_every_point_are_told(results):
    assert results.inputs.values.tolist() == [4, 4]
    assert results.hidden.values.tolist() == [6, 6]
    assert results.hidden_flips.values.tolist() == [0, 2]
    assert results.readout_flips.values.tolist() == [0, 0]
    assert results.ratio.values.tolist() == [4 / 6, 4 / 6]


def test_file_names_its_conventions(results):
    assert results.attrs["Conventions"] == "CF-1.8"


def test_message_of_a_run_that_did_not_fail_is_empty(results):
    assert results.message.dims == ("point", "rule", "replicate")
    assert np.all(results.message == "")


@pytest.mark.parametrize("engine", ENGINES)
def test_timing_opens_as_a_group(tiny, engine):
    with xarray.open_dataset(tiny, engine=engine, group="timing") as timing:
        assert set(timing) == {"wall_seconds", "predicted_seconds", "updates", "rank", "checksum"}
        assert timing.wall_seconds.dims == ("point", "rule", "replicate")
        assert np.all(timing["rank"] == 0)


@pytest.mark.parametrize("group", [None, "timing", "provenance"])
def test_both_engines_read_the_same(tiny, group):
    first, second = (xarray.load_dataset(tiny, engine=engine, group=group) for engine in ENGINES)

    assert len(first.variables) > 2
    xarray.testing.assert_identical(first, second)
