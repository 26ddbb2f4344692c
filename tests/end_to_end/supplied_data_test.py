"""Supplied data and weights take the place of the random ones."""

from functools import partial

import h5py
import numpy as np
import pytest

from supplied_problem import ARRAYS, TEXT, W1, W2, X, Y, compute_loss, forward, run_in

TOLERANCE = 1e-12  # relative: rounding, in sums of another order
STUDENT = ["student_hidden", "student_readout"]


@pytest.fixture(name="run_with")
def prepare_run_with(folder):
    """run_in, in a folder for one test."""
    return partial(run_in, folder)


def test_losses_at_the_start_are_those_of_the_supplied_data_and_weights(run_with):
    results = run_with(ARRAYS)
    X_test, Y_test = ARRAYS["test_inputs"].T, ARRAYS["test_targets"].T

    assert results.train_loss.dims == ("rule", "record")
    np.testing.assert_allclose(results.train_loss[:, 0], compute_loss((W1, W2), X, Y), rtol=TOLERANCE)
    np.testing.assert_allclose(results.test_loss[:, 0], compute_loss((W1, W2), X_test, Y_test), rtol=TOLERANCE)


def test_without_targets_the_supplied_teacher_makes_them(run_with):
    results = run_with([*STUDENT, "inputs", "teacher_hidden", "teacher_readout"])

    Y_teacher = forward((ARRAYS["teacher_hidden"], ARRAYS["teacher_readout"]), X)
    np.testing.assert_allclose(results.train_loss[:, 0], compute_loss((W1, W2), X, Y_teacher), rtol=TOLERANCE)


def test_the_first_samples_are_used_of_more_than_asked_for(run_with):
    results = run_with(ARRAYS, "training.samples=9", "training.test_samples=4")

    expected = compute_loss((W1, W2), X[:, :9], Y[:, :9])
    np.testing.assert_allclose(results.train_loss[:, 0], expected, rtol=TOLERANCE)


def test_targets_of_one_output_may_be_a_plain_list(run_with):
    readout = ARRAYS["student_readout"][:1]
    arrays = [*STUDENT, "inputs", "targets"]
    settings = ["network.outputs=1", "training.test_samples=0"]

    results = run_with(arrays, *settings, student_readout=readout, targets=ARRAYS["targets"][:, 0])

    np.testing.assert_allclose(results.train_loss[:, 0], compute_loss((W1, readout), X, Y[:1]), rtol=TOLERANCE)


@pytest.mark.parametrize("type_", ["f4", ">f8", "i2"])
def test_numbers_of_other_types_are_converted(run_with, type_):
    stored = (10.0 * ARRAYS["inputs"]).astype(type_)

    results = run_with([*STUDENT, "inputs", "targets"], "training.test_samples=0", inputs=stored)

    X_stored = stored.astype(float).T
    np.testing.assert_allclose(results.train_loss[:, 0], compute_loss((W1, W2), X_stored, Y), rtol=TOLERANCE)


def test_relative_path_starts_at_the_folder_of_the_experiment_file(folder):
    (folder.path / "study" / "data").mkdir(parents=True)
    folder.write("study/experiment.toml", TEXT.replace("data.h5", "data/mine.h5"))
    with h5py.File(folder.path / "study" / "data" / "mine.h5", "w") as file:
        file["feedback"] = ARRAYS["feedback"]

    outcome = folder.call("run", "study/experiment.toml", "-o", "out.h5")

    assert outcome.code == 0, outcome.errors


def test_supplied_data_is_read_by_every_rank(folder, run_with):
    run_with(ARRAYS, "experiment.replicates=6")
    alone = folder.digest("out.h5")

    folder.run(TEXT, settings=["experiment.replicates=6"], output="three.h5", ranks=3)

    assert folder.digest("three.h5") == alone


def test_checksum_of_supplied_data_tells_it_apart(folder, run_with):
    def read_checksum():
        with h5py.File(folder.path / "out.h5") as file:
            return file["provenance/data_checksum"].asstr()[()]

    run_with(ARRAYS)
    first = read_checksum()
    (folder.path / "out.h5").unlink()
    run_with(ARRAYS, feedback=np.nextafter(ARRAYS["feedback"], 1.0))

    assert len(first) == 32 and read_checksum() != first
