"""The job script: it runs on nodes of any number, by both launchers, and comes to the end through stops and losses."""

import os
import signal
import subprocess
import time

import pytest

from cluster import wait_until
from conftest import PROGRAM, SCRIPTS

ONE_NODE = ("--nodes=1", "--ntasks-per-node=2")
TWO_NODES = ("--nodes=2", "--ntasks-per-node=1")


def test_job_on_one_node_has_the_results_of_a_plain_run(folder, plain_digest):
    job = folder.submit_run(*ONE_NODE)

    assert job.wait_for_end() == "COMPLETED", job.log
    assert folder.digest() == plain_digest


@pytest.mark.parametrize("launcher", ["srun", "mpirun"])
def test_job_on_two_nodes_has_the_results_of_a_plain_run(two_nodes, folder, plain_digest, launcher):
    job = folder.submit_run(*TWO_NODES, LAUNCHER=launcher)

    assert job.wait_for_end() == "COMPLETED", job.log
    assert f"2 ranks on node[1-2], by {launcher}" in job.log
    assert "in 8 tasks on 2 ranks" in job.log
    assert folder.digest() == plain_digest


@pytest.mark.parametrize("launcher", ["srun", "mpirun"])
def test_job_that_slurm_tells_to_stop_goes_on_by_itself(folder, plain_digest, launcher):
    job = folder.submit_run(*ONE_NODE, LAUNCHER=launcher)
    folder.wait_for_progress(job)
    subprocess.run(["scancel", "--batch", "--signal=USR1", job.number], check=True)

    assert job.wait_for_end() == "COMPLETED", job.log
    assert job.restarts == 1
    assert "stopped early by SIGUSR1" in job.log and "back into the queue" in job.log and "resumed" in job.log
    assert folder.digest() == plain_digest


def test_job_that_reaches_its_time_limit_goes_on_by_itself(folder, plain_digest):
    """It stops 7 seconds after its start, since its grace is all the rest of its minute."""
    options = ("--nodes=1", "--ntasks-per-node=1", "--time=1", "--signal=B:USR1@1")
    job = folder.submit_run(*options, run=["--grace", "0:53"], REQUEUES="100")

    assert job.wait_for_end() == "COMPLETED", job.log
    assert job.restarts >= 1
    assert "stopped early by its time limit" in job.log
    assert folder.digest() == plain_digest


def test_job_that_may_not_go_back_into_the_queue_ends_with_code_3(folder):
    job = folder.submit_run(*ONE_NODE, REQUEUES="0")
    folder.wait_for_progress(job)
    subprocess.run(["scancel", "--batch", "--signal=USR1", job.number], check=True)

    assert job.wait_for_end() == "FAILED"
    assert job.ask("ExitCode") == "3:0"
    assert "submit the same line again" in job.log


@pytest.mark.parametrize("launcher", ["srun", "mpirun"])
def test_job_that_is_cancelled_stays_cancelled(folder, launcher):
    job = folder.submit_run(*ONE_NODE, LAUNCHER=launcher)
    folder.wait_for_progress(job)
    subprocess.run(["scancel", job.number], check=True)

    assert job.wait_for_end() == "CANCELLED"
    assert job.restarts == 0 and "back into the queue" not in job.log


@pytest.mark.parametrize("launcher", ["srun", "mpirun"])
def test_job_that_loses_a_node_goes_on_when_the_node_is_back(two_nodes, folder, plain_digest, launcher):
    job = folder.submit_run(*TWO_NODES, LAUNCHER=launcher)
    folder.wait_for_progress(job)
    two_nodes.lose_node("node2")
    two_nodes.report_loss("node2")
    two_nodes.start_node("node2")

    assert job.wait_for_end() == "COMPLETED", job.log
    assert job.restarts >= 1  # the first steps after the loss may fail to start
    assert "resumed" in job.log
    assert folder.digest() == plain_digest
    assert [path.name for path in folder.path.glob("out.h5*")] == ["out.h5"]  # MPI leaves nothing of its own


@pytest.mark.parametrize("launcher", ["srun", "mpirun"])
def test_job_that_loses_a_node_goes_on_though_slurm_learns_of_it_late(two_nodes, folder, plain_digest, launcher):
    job = folder.submit_run(*TWO_NODES, LAUNCHER=launcher)
    folder.wait_for_progress(job)
    two_nodes.lose_node("node2")
    time.sleep(10)  # mpirun may notice by itself, and put the job back; srun waits for what Slurm says
    two_nodes.report_loss("node2")
    two_nodes.start_node("node2")

    assert job.wait_for_end() == "COMPLETED", job.log
    assert job.restarts >= 1
    assert "resumed" in job.log
    assert folder.digest() == plain_digest
    assert [path.name for path in folder.path.glob("out.h5*")] == ["out.h5"]  # MPI leaves nothing of its own


@pytest.mark.parametrize("epochs", [0, 1], ids=["new-file", "old-file"])
@pytest.mark.parametrize("launcher", ["true", "false"])
def test_launcher_that_starts_nothing_is_not_believed(folder, launcher, epochs):
    """It ends with 0 or 1, as the program might, which has left a file before, or none."""
    folder.path.joinpath("mpirun").symlink_to(f"/bin/{launcher}")
    if epochs > 0:
        folder.command(PROGRAM, "run", "slow.toml", "-o", "out.h5", "--set", f"training.epochs={epochs}")

    job = folder.submit_run(
        *ONE_NODE, LAUNCHER="mpirun", REQUEUES="0", PATH=f"{folder.path}:{os.environ['PATH']}"
    )

    assert job.wait_for_end() == "FAILED"
    assert "not started (exit code 255)" in job.log


@pytest.mark.parametrize("launcher", ["srun", "mpirun"])
def test_job_goes_on_when_a_lost_rank_ends_with_the_code_of_failed_runs(folder, plain_digest, launcher):
    """As it does when its launcher is gone: here it is killed in its first life, and 1 is said in its place."""
    program = folder.path / "program"
    program.write_text(
        f"""#!/bin/bash
        [ "${{SLURM_RESTART_COUNT:-0}}" = 0 ] || exec {PROGRAM} "$@"
        {PROGRAM} "$@" &
        until [ -e out.h5 ]; do sleep 0.1; done
        kill -KILL $!
        exit 1
        """
    )
    program.chmod(0o755)

    job = folder.submit_run("--nodes=1", "--ntasks-per-node=1", LAUNCHER=launcher, PROGRAM=str(program))

    assert job.wait_for_end() == "COMPLETED", job.log
    assert job.restarts == 1 and "resumed" in job.log
    assert folder.digest() == plain_digest


@pytest.mark.parametrize("launcher", ["srun", "mpirun"])
def test_failed_runs_are_tried_once(folder, launcher):
    job = folder.submit_run(*ONE_NODE, LAUNCHER=launcher, run=["--task-limit", "0:00.1"])

    assert job.wait_for_end() == "FAILED"
    assert job.ask("ExitCode") == "1:0" and job.restarts == 0, job.log
    assert "0 runs done, 0 diverged, 16 failed" in job.log


def test_job_waits_for_a_run_that_still_has_its_file(folder, plain_digest):
    """A run that is stopped keeps its lock, as one on a lost node does for a while."""
    command = [PROGRAM, "run", "slow.toml", "-o", "out.h5"]
    with subprocess.Popen(command, cwd=folder.path, stderr=subprocess.DEVNULL) as other:
        try:
            wait_until((folder.path / "out.h5").exists, "no run")
            other.send_signal(signal.SIGSTOP)
            job = folder.submit_run(*ONE_NODE)
            job.wait_for_line("is being written by another run; waits 5:00 min for its end")
        finally:
            other.kill()

    assert job.wait_for_end() == "COMPLETED", job.log
    assert "resumed" in job.log and job.restarts == 0
    assert folder.digest() == plain_digest


def test_job_that_waits_for_another_on_the_same_file_does_not_disturb_it(two_nodes, folder, plain_digest):
    first = folder.submit_run(*ONE_NODE)
    folder.wait_for_progress(first)
    second = folder.submit_run(*ONE_NODE, run=["--wait-for-output", "30:00"])
    second.wait_for_line("is being written by another run; waits 30:00 min for its end")

    assert first.wait_for_end() == "COMPLETED" and first.restarts == 0, first.log
    assert second.wait_for_end() == "COMPLETED", second.log
    assert folder.digest() == plain_digest
    assert [path.name for path in folder.path.glob("out.h5*")] == ["out.h5"]


def test_bad_input_is_tried_once(folder):
    (folder.path / "slow.toml").write_text("[training]\nepochs = 0\n")

    job = folder.submit_run(*ONE_NODE)

    assert job.wait_for_end() == "FAILED"
    assert job.ask("ExitCode") == "2:0" and job.restarts == 0
    assert job.log.count("training.epochs = 0") == 1


def test_ranks_that_srun_starts_without_pmix_are_refused(folder):
    command = f"srun --mpi=none {PROGRAM} run slow.toml -o out.h5"

    job = folder.submit(*ONE_NODE, "--output=alone-%j.log", "--wrap", command)

    assert job.wait_for_end() == "FAILED"
    assert job.ask("ExitCode") == "2:0", job.log
    assert "srun started 2 processes, but MPI joins only 1" in job.log
    assert [path.name for path in folder.path.glob("out.h5*")] == []


def test_program_without_a_launcher_is_refused_in_a_job_of_two_tasks(folder):
    job = folder.submit(*ONE_NODE, "--output=alone-%j.log", "--wrap", f"{PROGRAM} run slow.toml -o out.h5")

    assert job.wait_for_end() == "FAILED"
    assert job.ask("ExitCode") == "2:0"
    assert "this Slurm job has 2 tasks (SLURM_NTASKS)" in job.log
    assert [path.name for path in folder.path.glob("out.h5*")] == []


def test_script_that_plan_wrote_runs_as_it_is(folder, plain_digest):
    plan = folder.command(PROGRAM, "plan", "slow.toml", "--sbatch", "--ranks", 2, "--cores-per-node", 2)
    submission = plan.splitlines()[-1].split()
    assert submission == ["sbatch", "slow.sbatch"]

    job = folder.submit(*submission[1:], OUTPUT="out.h5")

    assert job.wait_for_end() == "COMPLETED", job.log
    assert folder.digest() == plain_digest
