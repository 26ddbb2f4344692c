"""Launches in a job that would make one run for each process are refused by what Slurm itself tells them."""

import pytest

from conftest import PROGRAM

TWO_TASKS = ("--ntasks=2", "--output=launch-%j.log")


@pytest.mark.parametrize(
    ("command", "says"),
    [("srun --mpi=none", "srun started 2 processes, but MPI joins only 1"), ("", "started without srun or mpirun")],
    ids=["srun_without_pmix", "no_launcher"],
)
def test_one_process_of_two_is_refused(folder, command, says):
    job = folder.submit(*TWO_TASKS, "--wrap", f"{command} {PROGRAM} run slow.toml -o out.h5")

    assert job.wait_for_end() == "FAILED", job.log
    assert job.ask("ExitCode") == "2:0"
    assert job.log.count("curldescent: ") == 1 and says in job.log
    assert not (folder.path / "out.h5").exists()


def test_one_process_on_purpose_runs(folder, plain_digest):
    job = folder.submit(*TWO_TASKS, "--wrap", f"srun -n 1 {PROGRAM} run slow.toml -o out.h5 --progress none")

    assert job.wait_for_end() == "COMPLETED", job.log
    assert folder.digest() == plain_digest
