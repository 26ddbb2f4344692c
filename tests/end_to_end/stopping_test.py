"""A run that has no more time stops early, saves what is under way, and says how to go on."""

import os
import signal
import time

import h5py
import numpy as np
import pytest

import conftest
from kill_test import list_children
from long_experiment import LONGEST_WAIT

# 4 runs in 2 tasks of some seconds each.
SLOW = """
[experiment]
seed = 5
replicates = 2
rules = ["gradient-descent", "curl-descent"]
[network]
inputs = 20
hidden = 60
activation = "tanh"
[plasticity]
hidden_flips = 4
[training]
samples = 100
test_samples = 20
batch = 5
epochs = 40000
records = 10
"""
GO_ON = "go on with `curldescent run slow.toml -o out.h5 --resume`"


@pytest.fixture(name="slow")
def prepare_slow_experiment(folder):
    """A folder with the slow experiment in slow.toml."""
    folder.write("slow.toml", SLOW)
    return folder


@pytest.fixture(name="slow_digest", scope="session")
def run_slow_experiment(make_folder):
    """The digest of the slow experiment that was never stopped."""
    folder = make_folder("slow")
    return folder.digest(folder.run(SLOW, ranks=2))


def start_slow(folder, *arguments, ranks=None):
    """The process of the slow experiment, when it has saved the state of a task."""
    process = folder.start("run", "slow.toml", "-o", "out.h5", "--checkpoint-every", "0:00.1", *arguments, ranks=ranks)
    deadline = time.monotonic() + LONGEST_WAIT
    while not list(folder.path.glob("out.h5.unfinished/point-*[0-9]")):
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.01)
    return process


def finish_and_compare(folder, digest):
    """Goes on to the end: it must have a digest, and leave nothing but the results."""
    outcome = folder.call("run", "slow.toml", "-o", "out.h5", "--resume", ranks=2)
    assert outcome.code == 0, outcome.errors
    assert folder.digest("out.h5") == digest
    assert sorted(path.name for path in folder.path.iterdir()) == ["out.h5", "slow.toml"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2, signal.SIGINT])
def test_signal_stops_a_run_that_then_goes_on_in_the_middle_of_its_tasks(slow, slow_digest, number):
    process = start_slow(slow)
    process.send_signal(number)
    _, errors = process.communicate(timeout=LONGEST_WAIT)

    assert process.returncode == 3
    assert f"stopped early by {number.name}: 2 of 2 tasks are left; {GO_ON}" in errors.decode()
    finish_and_compare(slow, slow_digest)


def test_mpirun_passes_the_signal_on_and_the_exit_code_back(slow, slow_digest):
    process = start_slow(slow, ranks=2)
    process.send_signal(signal.SIGUSR1)
    _, errors = process.communicate(timeout=LONGEST_WAIT)

    assert process.returncode == 3
    assert f"stopped early by SIGUSR1: 2 of 2 tasks are left; {GO_ON}" in errors.decode()
    assert len(list(slow.path.glob("out.h5.unfinished/point-*[0-9]"))) == 2
    finish_and_compare(slow, slow_digest)


def test_killed_run_goes_on_from_the_states_that_it_saved(slow, slow_digest):
    process = start_slow(slow, ranks=2)
    for pid in list_children(process.pid):
        os.kill(pid, signal.SIGKILL)
    process.communicate(timeout=LONGEST_WAIT)

    assert process.returncode != 0
    assert list(slow.path.glob("out.h5.unfinished/point-*[0-9]"))
    finish_and_compare(slow, slow_digest)


def test_state_that_is_damaged_is_named_and_not_used(slow, slow_digest):
    process = start_slow(slow)
    process.send_signal(signal.SIGUSR1)
    process.communicate(timeout=LONGEST_WAIT)
    for state in slow.path.glob("out.h5.unfinished/point-*[0-9]"):
        state.write_bytes(state.read_bytes()[:-1])

    outcome = slow.call("run", "slow.toml", "-o", "out.h5", "--resume")

    assert outcome.code == 0
    assert "the saved state of point 0, replicate 0 is damaged" in outcome.errors
    assert slow.digest("out.h5") == slow_digest


def test_signal_to_one_rank_stops_all(slow, slow_digest):
    process = start_slow(slow, ranks=3)
    os.kill(list_children(process.pid)[-1], signal.SIGUSR2)
    process.communicate(timeout=LONGEST_WAIT)

    assert process.returncode == 3
    finish_and_compare(slow, slow_digest)


def test_chain_of_limits_shorter_than_a_task_comes_to_the_end(slow, slow_digest):
    codes = []
    while 3 in codes[-1:] or not codes:
        outcome = slow.call(
            *"run slow.toml -o out.h5 --resume --time-limit 0:01.5 --grace 0:00.7".split(), ranks=2
        )
        codes.append(outcome.code)
        if outcome.code == 3:
            assert "stopped early by its time limit" in outcome.errors
        assert len(codes) < 30

    assert codes[-1] == 0 and codes[0] == 3
    finish_and_compare(slow, slow_digest)


def test_end_of_the_slurm_job_is_a_time_limit(slow, monkeypatch):
    monkeypatch.setitem(conftest.ENVIRONMENT, "SLURM_JOB_END_TIME", str(int(time.time()) + 3))

    outcome = slow.call("run", "slow.toml", "-o", "out.h5", "--grace", "0:02")

    assert outcome.code == 3
    assert "stopped early by its time limit" in outcome.errors


def test_statistics_cover_what_is_done(slow):
    process = slow.start(*"run slow.toml -o out.h5 --set experiment.replicates=40 training.epochs=5000".split())
    time.sleep(2.0)
    process.send_signal(signal.SIGUSR1)
    process.communicate(timeout=LONGEST_WAIT)

    assert process.returncode == 3
    with h5py.File(slow.path / "out.h5") as file:
        done = np.count_nonzero(file["status"][...] == 1, axis=2)
        np.testing.assert_array_equal(file["final_train_loss_count"][...], done)
        assert np.all((done > 0) & (done < 40))


def test_task_that_exceeds_its_limit_fails_alone(folder):
    folder.write("mixed.toml", SLOW.replace("\nsamples = 100", "") + '[sweep]\n"training.samples" = [10, 4000]\n')

    outcome = folder.call(*"run mixed.toml -o out.h5 --task-limit 0:02 --set training.epochs=3000".split(), ranks=2)

    assert outcome.code == 1
    assert "4 runs done, 0 diverged, 4 failed" in outcome.errors
    status = folder.call("status", "out.h5").output
    assert status.count("took longer than its limit of 2 s") == 4
    assert len(list(folder.path.glob("out.h5.unfinished/point-1-*[0-9]"))) == 2  # tried again, they go on from there


def test_rank_that_hangs_is_named_and_the_rest_is_kept(slow, slow_digest):
    process = start_slow(slow, "--silence-limit", "0:01", ranks=2)
    hanging = list_children(process.pid)[1]
    os.kill(hanging, signal.SIGSTOP)
    _, errors = process.communicate(timeout=2 * LONGEST_WAIT)

    assert process.returncode == 3
    assert "rank 1 on" in errors.decode() and "has not been heard of" in errors.decode()
    assert "stopped early since ranks do not answer: 1 of 2 tasks are left" in errors.decode()
    assert slow.call("verify", "out.h5").code == 0
    finish_and_compare(slow, slow_digest)


@pytest.mark.parametrize(
    "option, text", [("--time-limit", "soon"), ("--time-limit", "0"), ("--grace", "-1"), ("--task-limit", "1:2:3:4")]
)
def test_what_is_no_duration_is_refused(slow, option, text):
    message = slow.refusal("run", "slow.toml", "-o", "out.h5", f"{option}={text}")

    assert f"{option} {text}: is no duration above zero; give minutes, M:SS, H:MM:SS or D-HH:MM:SS" in message


def test_grace_that_leaves_no_time_is_refused(slow):
    message = slow.refusal(*"run slow.toml -o out.h5 --time-limit 0:10 --grace 0:10".split())

    assert "--grace: 10 s is not shorter than the --time-limit of 10 s" in message
