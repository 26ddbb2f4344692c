"""A run killed at any instant leaves a valid file, and resuming it computes what is missing and nothing else."""

import os
import platform
import signal
import subprocess
import time
from pathlib import Path

import h5py
import numpy as np
import pytest
import xarray

from long_experiment import LONG, LONGEST_WAIT, RUNS, count_done, start_and_wait


def list_ranks(mpirun):
    """The process ids of the ranks that mpirun has started."""
    threads = Path(f"/proc/{mpirun.pid}/task").iterdir()
    return [int(pid) for thread in threads for pid in (thread / "children").read_text().split()]


def kill_in_the_middle(folder, ranks):
    """Starts the long experiment, and kills all its ranks by SIGKILL when an eighth of the runs is done."""
    with start_and_wait(folder, ranks) as mpirun:
        pids = list_ranks(mpirun)
        assert len(pids) == ranks
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        mpirun.communicate(timeout=LONGEST_WAIT)
        assert mpirun.returncode != 0


@pytest.fixture(name="killed", scope="module")
def run_and_kill(make_folder):
    """A folder with the long experiment in long.toml and what its killed ranks left in out.h5; for reading only."""
    folder = make_folder("killed")
    kill_in_the_middle(folder, ranks=2)
    return folder


@pytest.fixture(name="resumed", scope="module")
def resume_killed_run(make_folder, killed):
    """The killed run, resumed on three ranks: its folder and the outcome."""
    folder = make_folder("resumed")
    for name in ["long.toml", "out.h5"]:
        (folder.path / name).write_bytes((killed.path / name).read_bytes())
    return folder, folder.call("run", "long.toml", "-o", "out.h5", "--resume", ranks=3)


def test_killed_run_leaves_a_file_with_some_runs_done_and_some_pending(killed):
    with h5py.File(killed.path / "out.h5") as file:
        status = file["status"][...]
        losses = file["final_train_loss"][...]

    assert set(np.unique(status)) == {0, 1}
    assert RUNS // 8 <= np.count_nonzero(status == 1) < RUNS
    assert np.all(np.isfinite(losses[status == 1]))


@pytest.mark.parametrize("engine", ["h5netcdf", "netcdf4"])
def test_killed_file_opens_in_xarray(killed, engine):
    with xarray.open_dataset(killed.path / "out.h5", engine=engine) as results:
        assert results.sizes["replicate"] == 20
        assert np.all(np.isnan(results.final_train_loss_mean))


def test_killed_file_has_no_bad_row(killed):
    done = count_done(killed.path / "out.h5")

    outcome = killed.call("verify", "out.h5")

    assert outcome.code == 0
    assert outcome.output.splitlines() == [
        f"out.h5: {done} rows intact, 0 bad, {RUNS - done} pending",
        "labels intact; statistics not written yet; times intact; provenance intact",
    ]


def test_status_of_killed_file_counts_pending_runs(killed):
    outcome = killed.call("status", "out.h5")

    assert outcome.code == 0
    assert f"{RUNS - count_done(killed.path / 'out.h5')} pending" in outcome.output
    assert "ended not yet" in outcome.output


def test_killed_run_leaves_no_other_file_but_its_lock(killed):
    assert sorted(killed.content()) == ["long.toml", "out.h5", "out.h5.unfinished/lock"]


def test_resume_computes_exactly_what_is_missing(killed, resumed):
    folder, outcome = resumed

    assert (outcome.code, outcome.output) == (0, "")
    missing = RUNS - count_done(killed.path / "out.h5")
    assert f"{missing} runs in " in outcome.errors and f"{missing} runs done" in outcome.errors
    assert count_done(folder.path / "out.h5") == RUNS


def test_resumed_run_has_the_digest_of_an_uninterrupted_one(resumed, whole):
    folder, _ = resumed

    assert folder.digest("out.h5") == folder.digest(whole)


def test_complete_run_leaves_results_alone(resumed):
    assert sorted(resumed[0].content()) == ["long.toml", "out.h5"]


def test_resume_computes_no_finished_row_again(killed, resumed):
    with h5py.File(killed.path / "out.h5") as before, h5py.File(resumed[0].path / "out.h5") as after:
        done = before["status"][...] == 1
        assert np.count_nonzero(done) >= RUNS // 8
        for name in ["timing/wall_seconds", "timing/rank", "checksum", "train_loss"]:
            assert np.array_equal(before[name][...][done], after[name][...][done]), name


def test_resume_of_a_complete_file_computes_nothing(folder, whole):
    folder.write("long.toml", LONG)
    (folder.path / "out.h5").write_bytes(whole.read_bytes())
    began = time.monotonic()

    outcome = folder.call("run", "long.toml", "-o", "out.h5", "--resume")

    assert time.monotonic() - began < 5.0
    assert outcome.code == 0
    assert folder.digest("out.h5") == folder.digest(whole)
    with h5py.File(folder.path / "out.h5") as after, h5py.File(whole) as before:
        assert np.array_equal(after["timing/wall_seconds"][...], before["timing/wall_seconds"][...])


def test_remains_of_a_start_that_was_killed_are_removed(folder, tiny):
    ended = subprocess.Popen(["true"])
    ended.wait()
    folder.write(f"out.h5.{platform.node()}-{ended.pid}.partial", "half a layout")
    folder.write(f"out.h5.{platform.node()}-{os.getpid()}.partial", "of a process that goes on")

    folder.run()

    assert folder.digest("out.h5") == folder.digest(tiny)
    assert sorted(folder.content()) == [
        "experiment.toml",
        "out.h5",
        f"out.h5.{platform.node()}-{os.getpid()}.partial",
    ]


def test_resume_without_a_file_starts_afresh(folder, tiny):
    folder.write("tiny.toml", (tiny.parent / "experiment.toml").read_text())

    assert folder.call("run", "tiny.toml", "-o", "out.h5", "--resume").code == 0

    assert folder.digest("out.h5") == folder.digest(tiny)


def test_overwrite_replaces_a_results_file(folder, tiny):
    folder.write("tiny.toml", (tiny.parent / "experiment.toml").read_text())
    assert folder.call("run", "tiny.toml", "-o", "out.h5", "--set", "experiment.seed=9").code == 0

    assert folder.call("run", "tiny.toml", "-o", "out.h5", "--overwrite").code == 0

    assert folder.digest("out.h5") == folder.digest(tiny)


def test_overwrite_leaves_a_file_that_holds_no_results_alone(folder, tiny):
    folder.write("tiny.toml", (tiny.parent / "experiment.toml").read_text())
    folder.write("notes.txt", "of somebody")

    message = folder.refusal("run", "tiny.toml", "-o", "notes.txt", "--overwrite")

    assert "notes.txt" in message and "choose another name" in message
