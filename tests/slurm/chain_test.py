"""The chain of jobs: each link goes on where the one before stopped, and a complete file ends it."""

import re
import subprocess

import pytest

from conftest import SCRIPTS, Job


def submit_chain(folder, count):
    """The jobs of a chain, on one node."""
    words = (SCRIPTS / "chain.sh", count, "slow.toml", "out.h5", "--nodes=1", "--ntasks-per-node=2")
    told = folder.command("bash", *words)
    numbers = re.match(r"chain.sh: submitted jobs ([\d ]+); to end the whole chain: scancel \1\n", told)
    return [Job(number, folder) for number in numbers[1].split()]


def test_chain_ends_by_itself_when_the_file_is_complete(folder, plain_digest):
    first, second, *rest = submit_chain(folder, 4)
    folder.wait_for_progress(first)
    subprocess.run(["scancel", "--batch", "--signal=USR1", first.number], check=True)

    assert first.wait_for_end() == "FAILED" and first.ask("ExitCode") == "3:0"
    assert second.wait_for_end() == "COMPLETED", second.log
    assert "resumed" in second.log
    assert [job.wait_for_end() for job in rest] == ["CANCELLED", "CANCELLED"]
    assert "".join(job.log for job in rest) == ""  # they never began
    assert folder.digest() == plain_digest


@pytest.mark.parametrize(
    "arguments, part",
    [
        (["0", "slow.toml", "out.h5"], "N is '0'; allowed: 1 to 999"),
        (["two", "slow.toml", "out.h5"], "N is 'two'"),
        (["2", "missing.toml", "out.h5"], "there is no file missing.toml"),
        (["2", "slow.toml"], "usage: "),
    ],
)
def test_chain_that_makes_no_sense_is_refused(folder, arguments, part):
    outcome = subprocess.run(
        ["bash", SCRIPTS / "chain.sh", *arguments], cwd=folder.path, capture_output=True, text=True
    )

    assert outcome.returncode == 2 and part in outcome.stderr
