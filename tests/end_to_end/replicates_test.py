"""--replicates adds replicates to a study in the same file: as if it had had them from the start, old results kept."""

import os
import signal
import time

import h5py
import numpy as np
import pytest

from conftest import TINY
from long_experiment import LONGEST_WAIT, count_done, start_and_wait

OLD, NEW = 3, 10
GROW = ["run", "experiment.toml", "-o", "out.h5", "--resume", "--replicates", NEW]


@pytest.fixture(name="ten", scope="module")
def run_ten_replicates(make_folder):
    """The tiny experiment with ten replicates from the start."""
    return make_folder("ten").run(settings=[f"experiment.replicates={NEW}"])


@pytest.mark.parametrize("ranks", [None, 3])
def test_grown_file_has_the_digest_of_one_that_was_large_from_the_start(folder, ten, ranks):
    folder.run()

    outcome = folder.call(*GROW, ranks=ranks)

    assert outcome.code == 0, outcome.errors
    assert "out.h5: grows from 3 to 10 replicates" in outcome.errors
    assert "28 runs in 14 tasks" in outcome.errors  # 2 points x 2 rules x 7 new replicates
    assert folder.digest("out.h5") == folder.digest(ten)
    assert folder.call("verify", "out.h5").code == 0
    assert sorted(folder.content()) == ["experiment.toml", "out.h5"]


def test_old_rows_keep_every_bit_and_the_file_its_beginning(folder, tiny):
    (folder.path / "out.h5").write_bytes(tiny.read_bytes())
    folder.write("experiment.toml", TINY)

    assert folder.call(*GROW).code == 0

    with h5py.File(tiny) as before, h5py.File(folder.path / "out.h5") as after:
        for name in ["checksum", "train_loss", "status", "timing/wall_seconds", "timing/rank", "timing/checksum"]:
            assert after[name].shape[2] == NEW
            assert before[name][...].tobytes() == after[name][:, :, :OLD].tobytes(), name
        assert before["provenance/start_time"][()] == after["provenance/start_time"][()]
        assert "replicates = 10" in after["provenance/settings"].asstr()[()]
        assert after["provenance/overrides"].asstr()[()] == "experiment.replicates=10"


def test_damaged_row_is_copied_and_then_computed_again(folder, ten):
    folder.run()
    with h5py.File(folder.path / "out.h5", "r+") as file:
        file["final_test_loss"][1, 1, 2] = 7.0

    outcome = folder.call(*GROW)

    assert "29 runs in 15 tasks" in outcome.errors
    assert folder.digest("out.h5") == folder.digest(ten)


def test_grown_file_goes_on_to_grow(folder, ten):
    folder.run()
    assert folder.call(*GROW[:-1], 5).code == 0
    assert folder.call(*GROW[:-1], 5).errors.count("nothing was left to run") == 1

    assert folder.call(*GROW).code == 0

    assert folder.digest("out.h5") == folder.digest(ten)


def test_without_a_file_replicates_are_those_of_the_experiment(folder, ten):
    folder.write("experiment.toml", TINY)

    assert folder.call("run", "experiment.toml", "-o", "out.h5", "--replicates", NEW).code == 0

    assert folder.digest("out.h5") == folder.digest(ten)


def test_fewer_replicates_than_the_file_has_are_refused(folder):
    folder.run()

    message = folder.refusal(*GROW[:-1], 2)

    assert "out.h5: the file has 3 replicates and the experiment 2" in message
    assert "another output file" in message


@pytest.mark.parametrize("replicates, suggested", [(10, 10), (2, 3)])
def test_where_replicates_alone_differ_the_argument_is_suggested(folder, replicates, suggested):
    folder.run()

    message = folder.refusal(*GROW[:-2], "--set", f"experiment.replicates={replicates}")

    assert f"`--resume --replicates {suggested}`" in message


def test_other_experiment_does_not_grow_the_file(folder):
    folder.run()

    message = folder.refusal(*GROW, "--set", "training.epochs=21", lines=2)

    assert message.endswith("training.epochs: 20 in the file, 21 now")


@pytest.mark.parametrize("replicates", ["0", "many", "1000001"])
def test_impossible_number_of_replicates_is_refused(folder, replicates):
    folder.write("experiment.toml", TINY)

    assert "--replicates" in folder.refusal("run", "experiment.toml", "-o", "out.h5", "--replicates", replicates)


def test_interrupted_study_grows_and_is_completed(folder, make_folder):
    with start_and_wait(folder, ranks=None) as process:
        os.kill(process.pid, signal.SIGKILL)
        process.communicate(timeout=LONGEST_WAIT)
    done = count_done(folder.path / "out.h5")
    larger = make_folder("larger")
    larger.write("long.toml", (folder.path / "long.toml").read_text())

    outcome = folder.call("run", "long.toml", "-o", "out.h5", "--resume", "--replicates", 22)

    assert outcome.code == 0
    assert f"{88 - done} runs in " in outcome.errors
    assert larger.call("run", "long.toml", "-o", "out.h5", "--replicates", 22).code == 0
    assert folder.digest("out.h5") == larger.digest("out.h5")


@pytest.mark.parametrize("delay", np.linspace(0.02, 0.3, 15))
def test_old_results_survive_a_kill_at_any_instant_of_growing(folder, tiny, ten, delay):
    folder.write("experiment.toml", TINY)
    (folder.path / "out.h5").write_bytes(tiny.read_bytes())
    process = folder.start(*GROW)
    time.sleep(delay)
    process.kill()
    process.communicate(timeout=LONGEST_WAIT)

    with h5py.File(tiny) as before, h5py.File(folder.path / "out.h5") as after:
        assert before["train_loss"][...].tobytes() == after["train_loss"][:, :, :OLD].tobytes()
    assert folder.call("verify", "out.h5").code == 0
    assert folder.call(*GROW).code == 0
    assert folder.digest("out.h5") == folder.digest(ten)
    assert sorted(folder.content()) == ["experiment.toml", "out.h5"]
