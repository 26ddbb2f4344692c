"""Supplied data that cannot be what the user meant is refused, with the file, the array and what is needed."""

import h5py
import numpy as np
import pytest

from conftest import TINY

RANDOM = np.random.default_rng(1)
INPUTS, TARGETS = RANDOM.normal(size=(12, 4)), RANDOM.normal(size=(12, 1))  # [P x M], [P x O] of the tiny experiment
SPOILT = np.where(np.arange(12)[:, None] == 7, np.nan, INPUTS)

MISTAKES = {
    "too few columns": ({"inputs": INPUTS[:, :3]}, ["inputs is [12 x 3]", "[at least 12 x 4]"]),
    "too few samples": ({"inputs": INPUTS[:11]}, ["inputs is [11 x 4]", "[at least 12 x 4]"]),
    "transposed weights": ({"student_hidden": np.ones((4, 6))}, ["student_hidden is [4 x 6]", "[6 x 4]"]),
    "transposed feedback": ({"feedback": np.ones((1, 6))}, ["feedback is [1 x 6]", "[6 x 1]"]),
    "wrong number of outputs": ({"inputs": INPUTS, "targets": np.ones((12, 2))}, ["targets is [12 x 2]", "12 x 1]"]),
    "three dimensions": ({"inputs": INPUTS[None]}, ["inputs has 3 dimensions", "2"]),
    "value that is not finite": ({"inputs": SPOILT}, ["inputs", "NaN", "finite number"]),
    "unknown array": ({"input": INPUTS}, ['unknown array "input"', "allowed: inputs, targets"]),
    "texts": ({"inputs": [b"one", b"two"]}, ["inputs does not hold numbers", "real numbers"]),
    "targets without inputs": ({"targets": TARGETS}, ["targets is given without inputs"]),
    "targets without test targets": (
        {"inputs": INPUTS, "targets": TARGETS},
        ["targets is given without test_targets", "training.test_samples = 0"],
    ),
    "no array at all": ({}, ["inputs, targets"]),
    "arrays in a group": ({"training/inputs": INPUTS}, ["inputs, targets"]),
}


@pytest.fixture(name="refuse_data")
def prepare_refuse_data(folder):
    """Runs the tiny experiment with data.file = "data.h5", which must be refused; returns the message."""
    folder.write("experiment.toml", f'{TINY}\n[data]\nfile = "data.h5"\n')

    def refuse():
        message = folder.refusal("run", "experiment.toml", "-o", "out.h5")
        assert message.startswith("curldescent: data.h5: ")
        return message

    return refuse


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake_in_the_data_is_refused(folder, refuse_data, mistake):
    arrays, parts = MISTAKES[mistake]
    with h5py.File(folder.path / "data.h5", "w") as file:
        for name, values in arrays.items():
            file[name] = values

    message = refuse_data()

    assert [part for part in parts if part not in message] == [], message


def test_data_that_is_not_hdf5_is_refused(folder, refuse_data):
    folder.write("data.h5", "inputs, targets\n0.5, 1.0\n")

    message = refuse_data()

    assert "cannot be opened as an HDF5 file" in message and "data.file" in message


def test_missing_data_file_is_refused(refuse_data):
    message = refuse_data()

    assert "there is no such file" in message and "data.file" in message


def test_folder_in_place_of_a_data_file_is_refused(folder, refuse_data):
    (folder.path / "data.h5").mkdir()

    assert "data.file" in refuse_data()


def test_data_that_fits_only_some_points_of_a_sweep_is_refused(folder):
    with h5py.File(folder.path / "data.h5", "w") as file:
        file["student_hidden"] = np.ones((6, 4))
    text = '[network]\nhidden = 6\n[data]\nfile = "data.h5"\n[sweep]\n"network.inputs" = [4, 5]\n'
    folder.write("experiment.toml", text)

    message = folder.refusal("run", "experiment.toml", "-o", "out.h5")

    assert "student_hidden is [6 x 4], but the experiment needs [6 x 5]" in message
