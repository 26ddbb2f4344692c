"""A run that is killed, or stopped by a signal, at a random instant is taken up again without a difference or a loss.

CURLDESCENT_KILLS says how often each is tried (6); instants and victims follow from the number of the try.
"""

import os
import random
import signal
import subprocess
import time
from pathlib import Path

import h5py
import numpy as np
import pytest

from long_experiment import LONG, RUNS, count_done

TRIES = range(int(os.environ.get("CURLDESCENT_KILLS", "6")))
STOPS = [signal.SIGUSR1, signal.SIGUSR2, signal.SIGTERM]
LONGEST_WAIT = 120.0  # seconds
TIMES = ["wall_seconds", "predicted_seconds", "rank"]


def list_children(pid):
    """The process ids of the children of a process; none when it is gone."""
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(child) for thread in threads for child in (thread / "children").read_text().split()]
    except OSError:
        return []


def wait_for_end(pids):
    """Waits until processes that may be orphans are gone."""
    deadline = time.monotonic() + LONGEST_WAIT
    while any(is_alive(pid) for pid in pids):
        assert time.monotonic() < deadline, "ranks outlive their mpirun"
        time.sleep(0.01)


def is_alive(pid):
    """Whether a process exists and is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def read_finished(path):
    """Which runs are done, and what their times are; None when there is no file."""
    if not path.exists():
        return None
    with h5py.File(path, "r", locking=False) as file:
        done = file["status"][...] == 1
        return done, {name: file["timing"][name][...][done] for name in TIMES}


def start_long(folder, ranks):
    """Starts the long experiment on some ranks, or goes on with it."""
    folder.write("long.toml", LONG)
    return folder.start("run", "long.toml", "-o", "out.h5", "--resume", "--checkpoint-every", "0:00.1", ranks=ranks)


def expect_nothing_lost(folder, digest):
    """Resumes the run: it must end with a digest, without computing again what was done."""
    path = folder.path / "out.h5"
    before = read_finished(path)
    outcome = folder.call("run", "long.toml", "-o", "out.h5", "--resume", ranks=2)
    assert outcome.code == 0, outcome.errors
    assert folder.digest("out.h5") == digest
    assert folder.call("verify", "out.h5").code == 0
    if before is None:
        return
    done, times = before
    _, later = read_finished(path)
    everything = np.ones(done.shape, dtype=bool)
    for name in TIMES:
        np.testing.assert_array_equal(later[name].reshape(everything.shape)[done], times[name])


@pytest.fixture(name="seconds", scope="session")
def measure_undisturbed_run(make_folder):
    """How long a whole run takes on two ranks."""
    folder = make_folder("timed")
    began = time.monotonic()
    assert start_long(folder, 2).wait(timeout=LONGEST_WAIT) == 0
    return time.monotonic() - began


def wait_for_instant(folder, mpirun, choice, seconds):
    """Waits for any instant of the run, or one at which the file is made, or one at which all that is left is its end."""
    phase = choice.choice(["any", "any", "creation", "end"])
    if phase == "any":
        time.sleep(choice.uniform(0.0, seconds))
        return
    deadline = time.monotonic() + LONGEST_WAIT
    reached = {
        "creation": lambda: list(folder.path.glob("out.h5.*.partial")) or (folder.path / "out.h5").exists(),
        "end": lambda: count_done(folder.path / "out.h5") == RUNS,
    }[phase]
    while not reached() and mpirun.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.001)
    time.sleep(choice.uniform(0.0, 0.02))


@pytest.mark.parametrize("number", TRIES)
def test_run_killed_at_a_random_instant_loses_nothing(folder, whole, seconds, number):
    choice = random.Random(number)
    ranks = choice.choice([2, 3, 4])
    mpirun = start_long(folder, ranks)
    wait_for_instant(folder, mpirun, choice, seconds)
    children = list_children(mpirun.pid)
    victims = choice.choice([children or [mpirun.pid], children[-1:] or [mpirun.pid], [mpirun.pid]])
    for pid in victims:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass  # the run was over
    wait_for_end(children)
    try:
        mpirun.communicate(timeout=20.0)
    except subprocess.TimeoutExpired:  # mpirun itself may hang when all its ranks were killed
        mpirun.kill()
        mpirun.communicate()

    expect_nothing_lost(folder, folder.digest(whole))


@pytest.mark.parametrize("number", TRIES)
def test_run_stopped_by_a_signal_at_a_random_instant_goes_on(folder, whole, seconds, number):
    choice = random.Random(1000 + number)
    ranks = choice.choice([None, 2, 3])
    process = start_long(folder, ranks)
    time.sleep(choice.uniform(0.3, 1.0) * seconds)
    stop = choice.choice(STOPS)
    process.send_signal(stop)
    _, errors = process.communicate(timeout=LONGEST_WAIT)

    # The signal itself ends what has not quite started yet; mpirun has a code of its own after SIGTERM.
    possible = {0, 3, 128 + stop, -stop} | ({1} if ranks and stop == signal.SIGTERM else set())
    assert process.returncode in possible, errors.decode()
    expect_nothing_lost(folder, folder.digest(whole))
