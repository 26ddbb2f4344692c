"""Two runs never write the same file: the second is refused while the first lives, and no longer."""

import os
import platform
import signal

import pytest

from conftest import wait_for_outcome
from long_experiment import LONGEST_WAIT, start_and_wait


@pytest.fixture(name="refused", scope="module")
def write_to_a_file_that_is_being_written(make_folder):
    """What --resume, --overwrite and statistics said of the file of a run under way, its process, and its folder."""
    folder = make_folder("locked")
    with start_and_wait(folder, ranks=None) as process:
        run = ["run", "long.toml", "-o", "out.h5"]
        commands = [[*run, "--resume"], [*run, "--overwrite"], ["statistics", "out.h5"]]
        os.kill(process.pid, signal.SIGSTOP)  # so that it does not end meanwhile
        said = {command[-1]: folder.call(*command) for command in commands}
        os.kill(process.pid, signal.SIGCONT)
        outcome = wait_for_outcome(process)
    assert outcome.code == 0, outcome.errors
    return said, process, folder


@pytest.mark.parametrize("command", ["--resume", "--overwrite", "out.h5"])
def test_second_run_is_refused_and_told_of_the_first(refused, command):
    said, process, _ = refused

    assert (said[command].code, said[command].output) == (2, "")
    assert f"out.h5: is being written by another run (process {process.pid} on host {platform.node()})" in (
        said[command].errors
    )
    assert said[command].errors.count("\n") == 1


def test_first_run_is_not_disturbed(refused, whole):
    _, _, folder = refused

    assert folder.digest("out.h5") == folder.digest(whole)
    assert sorted(folder.content()) == ["long.toml", "out.h5"]


def test_run_that_waits_goes_on_when_the_first_one_is_killed(folder, whole):
    """Stopped, the first run keeps its lock; the second one gets it when the first one is gone."""
    with start_and_wait(folder, ranks=None) as first:
        os.kill(first.pid, signal.SIGSTOP)
        second = folder.start("run", "long.toml", "-o", "out.h5", "--resume", "--wait-for-output", "60:00")
        assert b"is being written by another run; waits 1:00 h for its end" in second.stderr.readline()
        os.kill(first.pid, signal.SIGKILL)
        outcome = wait_for_outcome(second)

    assert outcome.code == 0 and "resumed" in outcome.errors, outcome.errors
    assert folder.digest("out.h5") == folder.digest(whole)


def test_run_that_waits_ends_when_it_is_told_to_stop(folder):
    with start_and_wait(folder, ranks=None) as first:
        os.kill(first.pid, signal.SIGSTOP)
        second = folder.start("run", "long.toml", "-o", "out.h5", "--resume", "--wait-for-output", "60:00")
        second.stderr.readline()
        second.send_signal(signal.SIGINT)
        outcome = wait_for_outcome(second)

    assert outcome.code == 3 and f"(process {first.pid} on host " in outcome.errors


def test_run_that_was_killed_keeps_nobody_out(folder, whole):
    with start_and_wait(folder, ranks=None) as process:
        os.kill(process.pid, signal.SIGKILL)
        process.communicate(timeout=LONGEST_WAIT)
    assert (folder.path / "out.h5.unfinished" / "lock").exists()

    assert folder.call("run", "long.toml", "-o", "out.h5", "--resume").code == 0

    assert folder.digest("out.h5") == folder.digest(whole)
    assert sorted(folder.content()) == ["long.toml", "out.h5"]
