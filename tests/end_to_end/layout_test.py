"""The results file is HDF5 and netCDF-4: how its datasets lie in it, as h5py and ncdump see them."""

import subprocess

import h5py
import numpy as np
import pytest

SCALES = ["point", "rule", "replicate", "record", "character"]
IDENTIFIERS = ["status", "checksum", "timing/checksum"]  # integers that measure nothing, so without units
PER_RUN = ("point", "rule", "replicate")


@pytest.fixture(name="datasets")
def list_datasets(tiny_file):
    """Every dataset by its path, in all groups."""
    datasets = {}
    tiny_file.visititems(lambda name, item: datasets.update({name: item} if isinstance(item, h5py.Dataset) else {}))
    assert len(datasets) > 50
    return datasets


def names_of_dimensions(dataset):
    """The name of the scale attached to each axis; fails where an axis does not have exactly one."""
    scales = [list(dataset.dims[axis].values()) for axis in range(dataset.ndim)]
    assert [len(attached) for attached in scales] == [1] * dataset.ndim, dataset.name
    return tuple(attached[0].name.lstrip("/") for attached in scales)


def read_text(dataset, attribute):
    """An attribute as text, empty when there is none; h5py gives texts of fixed length as bytes."""
    text = dataset.attrs.get(attribute, "")
    return text.decode() if isinstance(text, bytes) else text


def test_groups_are_timing_and_provenance(tiny_file):
    assert sorted(name for name, item in tiny_file.items() if isinstance(item, h5py.Group)) == ["provenance", "timing"]


def test_every_dataset_is_contiguous(datasets):
    layouts = {name: dataset.id.get_create_plist().get_layout() for name, dataset in datasets.items()}

    assert set(layouts.values()) == {h5py.h5d.CONTIGUOUS}


def test_every_dataset_was_written_without_times_of_objects(datasets):
    times = {name: h5py.h5g.get_objinfo(dataset.id).mtime for name, dataset in datasets.items()}

    assert set(times.values()) == {0}


def test_scales_are_the_dimensions(datasets):
    assert sorted(name for name, dataset in datasets.items() if h5py.h5ds.is_scale(dataset.id)) == sorted(SCALES)


def test_every_axis_of_every_variable_has_one_scale_of_its_length(datasets):
    variables = [dataset for name, dataset in datasets.items() if name not in SCALES]
    lengths = {name: len(datasets[name]) for name in SCALES}

    assert sum(dataset.ndim for dataset in variables) > 100
    for dataset in variables:
        assert dataset.shape == tuple(lengths[name] for name in names_of_dimensions(dataset)), dataset.name


@pytest.mark.parametrize(
    "name, dimensions",
    [
        ("hidden_flip_fraction", ("point",)),
        ("axis_hidden_flip_fraction", ("point",)),
        ("inputs", ("point",)),
        ("epoch", ("point", "record")),
        ("status", PER_RUN),
        ("checksum", PER_RUN),
        ("final_test_loss", PER_RUN),
        ("train_loss", (*PER_RUN, "record")),
        ("message", (*PER_RUN, "character")),
        ("log10_final_train_loss_q95", ("point", "rule")),
        ("timing/wall_seconds", PER_RUN),
        ("timing/predicted_seconds", PER_RUN),
        ("provenance/settings", ()),
    ],
)
def test_variable_has_its_dimensions(datasets, name, dimensions):
    assert names_of_dimensions(datasets[name]) == dimensions


def test_every_dataset_has_a_long_name(datasets):
    assert [name for name, dataset in datasets.items() if not read_text(dataset, "long_name")] == []


def test_every_quantity_has_units(datasets):
    numeric = [name for name, dataset in datasets.items() if dataset.dtype.kind in "iuf" and name != "character"]
    quantities = [name for name in numeric if name not in IDENTIFIERS]

    assert len(quantities) > 40
    assert [name for name in quantities if not read_text(datasets[name], "units")] == []
    assert read_text(datasets["timing/wall_seconds"], "units") == "s"
    assert read_text(datasets["provenance/start_time"], "units") == "seconds since 1970-01-01"


def test_every_value_of_a_finished_experiment_is_there(datasets):
    reals = {name: dataset[...] for name, dataset in datasets.items() if dataset.dtype.kind == "f"}

    assert len(reals) > 30
    assert [name for name, values in reals.items() if np.any(np.isnan(values))] == []


def test_ncdump_accepts_the_file(tiny):
    header = subprocess.run(["ncdump", "-h", tiny], capture_output=True, text=True, timeout=60)

    assert (header.returncode, header.stderr) == (0, "")
    assert "double train_loss(point, rule, replicate, record) ;" in header.stdout
    assert "char message(point, rule, replicate, character) ;" in header.stdout
    assert "\tcharacter = 160 ;" in header.stdout
    assert "group: timing {" in header.stdout and "group: provenance {" in header.stdout


def test_header_of_equal_runs_is_equal(folder, tiny):
    def dump_header(file):
        return subprocess.run(["ncdump", "-h", "-n", "x", file], capture_output=True, text=True, timeout=60).stdout

    assert dump_header(folder.run()) == dump_header(tiny) != ""
