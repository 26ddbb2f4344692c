"""No input makes the program read, write or remove a file that the command line does not name, or run a command.

HDF5 files can keep values in other files, in four ways. A results file or a data file that does is refused.
"""

import h5py
import numpy as np
import pytest

from conftest import TINY

VARIABLE = "final_test_loss"


def move_to_raw_file(path, name):
    """Replaces a dataset by one whose bytes are those of other.bin."""
    with h5py.File(path, "r+") as file:
        values = file[name][...]
        del file[name]
        values.tofile(path.parent / "other.bin")
        external = [(str(path.parent / "other.bin"), 0, values.nbytes)]
        file.create_dataset(name, shape=values.shape, dtype=values.dtype, external=external)


def move_to_linked_file(path, name):
    """Replaces a dataset by a link to the same one in other.h5."""
    with h5py.File(path, "r+") as file, h5py.File(path.parent / "other.h5", "w") as other:
        other[name] = file[name][...]
        del file[name]
        file[name] = h5py.ExternalLink(str(path.parent / "other.h5"), name)


def move_to_linked_group(path, name):
    """The same by a link to a group of other.h5, of which the dataset is a member."""
    with h5py.File(path, "r+") as file, h5py.File(path.parent / "other.h5", "w") as other:
        other["group/" + name] = file[name][...]
        del file[name]
        file["group"] = h5py.ExternalLink(str(path.parent / "other.h5"), "group")
        file[name] = h5py.SoftLink("/group/" + name)


def move_to_source_file(path, name):
    """Replaces a dataset by a virtual one, of which other.h5 has the values."""
    with h5py.File(path, "r+") as file, h5py.File(path.parent / "other.h5", "w") as other:
        other[name] = file[name][...]
        layout = h5py.VirtualLayout(file[name].shape, file[name].dtype)
        layout[...] = h5py.VirtualSource(other[name])
        del file[name]
        file.create_virtual_dataset(name, layout)


MOVES = [move_to_raw_file, move_to_linked_file, move_to_linked_group, move_to_source_file]
COMMANDS = [
    ["statistics", "out.h5"],
    ["run", "experiment.toml", "-o", "out.h5", "--resume"],
    ["status", "out.h5"],
    ["verify", "out.h5"],
    ["digest", "out.h5"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
@pytest.mark.parametrize("move", MOVES)
def test_results_that_lie_in_another_file_are_refused_and_that_file_is_kept(folder, move, command):
    path = folder.run()
    with h5py.File(path, "r+") as file:
        file["status"][0, 0, 0] = 0  # there is something to write
    move(path, VARIABLE)

    message = folder.refusal(*command)

    assert message.startswith("curldescent: ") and "out.h5" in message


@pytest.mark.parametrize("move", MOVES)
def test_data_that_lie_in_another_file_are_refused(folder, move):
    with h5py.File(folder.path / "data.h5", "w") as file:
        file["inputs"] = np.ones((12, 4))
    move(folder.path / "data.h5", "inputs")
    folder.write("experiment.toml", f'{TINY}\n[data]\nfile = "data.h5"\n')

    assert "data.h5" in folder.refusal("run", "experiment.toml", "-o", "out.h5")


def test_data_that_were_never_written_are_refused(folder):
    """A small file may claim more values than memory holds."""
    with h5py.File(folder.path / "data.h5", "w") as file:
        file.create_dataset("inputs", (10**9, 10**6), "f8", chunks=(100, 100), compression="gzip")[0, 0] = 1.0
        file.create_dataset("test_inputs", (10**9, 10**6), "f8")
    folder.write("experiment.toml", f'{TINY}\n[data]\nfile = "data.h5"\n')

    assert "inputs has values that are not in this file" in folder.refusal("run", "experiment.toml", "-o", "out.h5")


def test_texts_of_an_experiment_are_neither_paths_nor_commands(folder):
    name = "$(touch made) `touch made`; touch made | ../../made\\u0000"
    folder.write("experiment.toml", TINY.replace('name = "tiny"', f'name = "{name}"'))
    before = folder.content()

    assert folder.call("plan", "experiment.toml").code == 0
    assert folder.content() == before
    assert folder.call("run", "experiment.toml", "-o", "out.h5").code == 0
    assert folder.content().keys() == before.keys() | {"out.h5"}


def test_file_with_the_name_of_mpis_lock_test_is_kept(folder):
    """Open MPI's shared file pointers would make FILE.locktest.0 and remove it; a kill between leaves it."""
    folder.run()
    folder.write("out.h5.locktest.0", "the user's")

    assert folder.call("statistics", "out.h5").code == 0
    assert (folder.path / "out.h5.locktest.0").read_text() == "the user's"
