"""A damaged row is found by its checksum, named, and computed again by --resume."""

import h5py
import numpy as np
import pytest

POINT, RULE, REPLICATE = 1, 1, 2
TARGET = "point 1, curl-descent, replicate 2"


def flip_byte(path, variable, *index):
    """Inverts the lowest byte of one value, in the bytes of the file and past HDF5."""
    with h5py.File(path) as file:
        dataset = file[variable]
        place = dataset.id.get_offset() + dataset.dtype.itemsize * int(np.ravel_multi_index(index, dataset.shape))
    with open(path, "r+b") as raw:
        raw.seek(place)
        byte = raw.read(1)[0]
        raw.seek(place)
        raw.write(bytes([byte ^ 0xFF]))


@pytest.fixture(name="damaged")
def run_and_damage(folder):
    """A folder with a finished run of experiment.toml, one training loss of which is damaged."""
    folder.run()
    flip_byte(folder.path / "out.h5", "train_loss", POINT, RULE, REPLICATE, 3)
    return folder


def test_verify_names_exactly_the_damaged_row(damaged):
    outcome = damaged.call("verify", "out.h5")

    assert (outcome.code, outcome.errors) == (1, "")
    first, last = outcome.output.splitlines()
    assert first.startswith(f"bad: {TARGET} ") and "--resume" in first
    assert last == "out.h5: 11 rows intact, 1 bad, 0 pending"


def test_damage_changes_the_digest(damaged, tiny):
    assert damaged.digest("out.h5") != damaged.digest(tiny)


@pytest.mark.parametrize("ranks", [None, 3])
def test_resume_repairs_the_damaged_row_and_no_other(damaged, tiny, ranks):
    with h5py.File(damaged.path / "out.h5") as file:
        before = file["timing/wall_seconds"][...]

    outcome = damaged.call("run", "experiment.toml", "-o", "out.h5", "--resume", ranks=ranks)

    assert outcome.code == 0, outcome.errors
    assert "1 runs in 1 tasks" in outcome.errors
    assert damaged.digest("out.h5") == damaged.digest(tiny)
    assert damaged.call("verify", "out.h5").output == "out.h5: 12 rows intact, 0 bad, 0 pending\n"
    with h5py.File(damaged.path / "out.h5") as file:
        changed = np.argwhere(file["timing/wall_seconds"][...] != before)
    assert changed.tolist() == [[POINT, RULE, REPLICATE]]


@pytest.mark.parametrize(
    "variable, index",
    [("test_loss", (0,)), ("final_train_loss", ()), ("epochs_completed", ()), ("message", (17,)), ("checksum", ())],
)
def test_damage_to_any_stored_value_of_a_row_is_found(folder, variable, index):
    folder.run()
    flip_byte(folder.path / "out.h5", variable, POINT, RULE, REPLICATE, *index)

    outcome = folder.call("verify", "out.h5")

    assert outcome.code == 1
    assert f"bad: {TARGET} " in outcome.output and "11 rows intact, 1 bad" in outcome.output


def test_row_with_an_unknown_status_is_bad_and_repaired(folder, tiny):
    folder.run()
    flip_byte(folder.path / "out.h5", "status", POINT, RULE, REPLICATE)

    assert folder.call("verify", "out.h5").code == 1
    assert "unknown (254)" in folder.call("status", "out.h5").output
    assert folder.call("run", "experiment.toml", "-o", "out.h5", "--resume").code == 0
    assert folder.digest("out.h5") == folder.digest(tiny)


def test_row_written_without_its_status_is_pending(folder, tiny):
    """As after a kill between the row and its status, which is written last."""
    folder.run()
    with h5py.File(folder.path / "out.h5", "r+") as file:
        file["status"][POINT, RULE, REPLICATE] = 0

    assert folder.call("verify", "out.h5").output == "out.h5: 11 rows intact, 0 bad, 1 pending\n"
    assert folder.call("run", "experiment.toml", "-o", "out.h5", "--resume").code == 0
    assert folder.digest("out.h5") == folder.digest(tiny)


@pytest.mark.parametrize("time", [-1e300, 1e300, np.inf])
def test_time_that_no_calendar_has_is_called_unknown(folder, time):
    folder.run()
    with h5py.File(folder.path / "out.h5", "r+") as file:
        file["provenance/end_time"][()] = time

    outcome = folder.call("status", "out.h5")

    assert outcome.code == 0 and "ended at an unknown time" in outcome.output
