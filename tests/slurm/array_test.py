"""The job array: each task computes a share, and the merged file is that of one job."""

import subprocess

import pytest

from conftest import PROGRAM, SCRIPTS, Job

RESOURCES = ("--nodes=1", "--ntasks-per-node=1")


def submit_array(folder, indices, **environment):
    """The job of a job array on the experiment."""
    return folder.submit(
        *RESOURCES,
        f"--array={indices}",
        SCRIPTS / "array.sbatch",
        EXPERIMENT="slow.toml",
        OUTPUT="out.h5",
        JOB=str(SCRIPTS / "run.sbatch"),
        **environment,
    )


def test_array_that_counts_from_0_and_merge_have_the_results_of_one_job(folder, plain_digest):
    array = submit_array(folder, "0-2")
    merge = folder.submit(
        f"--dependency=afterok:{array.number}", "--wrap", f"{PROGRAM} merge out-shard-*-of-3.h5 -o out.h5"
    )

    assert merge.wait_for_end() == "COMPLETED", merge.log
    assert sorted(path.name for path in folder.path.glob("*.h5")) == [
        "out-shard-1-of-3.h5", "out-shard-2-of-3.h5", "out-shard-3-of-3.h5", "out.h5",
    ]
    assert folder.digest() == plain_digest


def test_task_of_an_array_that_is_told_to_stop_goes_on_alone(folder, plain_digest):
    """Task 2, the last one: its job has the number of the array."""
    array = submit_array(folder, "1-2")
    tasks = [Job(f"{array.number}_{i}", folder) for i in (1, 2)]
    folder.wait_for_progress(tasks[1], "out-shard-2-of-2.h5")
    subprocess.run(["scancel", "--batch", "--signal=USR1", tasks[1].number], check=True)

    assert [task.wait_for_end() for task in tasks] == ["COMPLETED", "COMPLETED"], tasks[1].log
    assert [task.restarts for task in tasks] == [0, 1]
    folder.command(PROGRAM, "merge", "out-shard-1-of-2.h5", "out-shard-2-of-2.h5", "-o", "out.h5")
    assert folder.digest() == plain_digest


@pytest.mark.parametrize("indices", ["2-3", "1,3"])
def test_part_of_an_array_is_refused_without_the_number_of_all(folder, indices):
    array = submit_array(folder, indices)

    assert Job(f"{array.number}_3", folder).wait_for_end() == "FAILED"
    assert "set SHARDS" in Job(f"{array.number}_3", folder).log


def test_part_of_an_array_finishes_the_whole_one(folder):
    array = submit_array(folder, "2", SHARDS="3")

    assert Job(f"{array.number}_2", folder).wait_for_end() == "COMPLETED"
    assert [path.name for path in folder.path.glob("*.h5")] == ["out-shard-2-of-3.h5"]
