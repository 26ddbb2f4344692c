"""The job array: each task runs a share, a job that waits for all of them merges the files."""

from conftest import PROGRAM, SCRIPTS, Job

SHARES = 3


def test_merged_array_has_the_results_of_one_run(folder, plain_digest):
    environment = {"EXPERIMENT": "slow.toml", "OUTPUT": "out.h5", "JOB": str(SCRIPTS / "run.sbatch")}
    array = folder.submit(
        f"--array=1-{SHARES}", "--ntasks-per-node=1", SCRIPTS / "array.sbatch", **environment
    )
    merging = folder.submit(
        f"--dependency=afterok:{array.number}",
        "--output=merge-%j.log",
        "--wrap",
        f"{PROGRAM} merge out-shard-*-of-{SHARES}.h5 -o out.h5",
    )

    assert merging.wait_for_end() == "COMPLETED", merging.log
    assert [Job(f"{array.number}_{k}", folder).wait_for_end() for k in range(1, SHARES + 1)] == ["COMPLETED"] * SHARES
    assert f"16 runs of {SHARES} files, 0 failed, 0 missing" in merging.log
    assert folder.digest() == plain_digest


def test_array_with_gaps_is_refused(folder):
    array = folder.submit("--array=2-3", SCRIPTS / "array.sbatch", EXPERIMENT="slow.toml", OUTPUT="out.h5")
    task = Job(f"{array.number}_2", folder)

    assert task.wait_for_end() == "FAILED"
    assert task.ask("ExitCode") == "2:0"
    assert "does not count from 0 or 1 without gaps" in task.log
