"""What the scenarios share: a Slurm, the digest that all of them have to reach, and jobs to submit and to wait for."""

import os
import subprocess
import time
from pathlib import Path

import h5py
import numpy as np
import pytest

from cluster import NODES, Cluster, wait_until

REPOSITORY = Path(__file__).resolve().parents[2]
PROGRAM = Path(os.environ.get("CURLDESCENT", REPOSITORY / "build" / "release" / "curldescent")).resolve()
assert PROGRAM.exists(), f"there is no {PROGRAM}: build it with bash jobs/build.sh"
SCRIPTS = REPOSITORY / "jobs" / "slurm"
LONGEST_JOB = 240.0  # seconds, of which most are for a busy machine
ENDED = {"COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL", "OUT_OF_MEMORY"}

# 16 runs in 8 tasks of two seconds or more: on one core they outlast the seven seconds of the job with a time limit.
EXPERIMENT = """
[experiment]
seed = 5
replicates = 8
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

reports = []


def run_program(*arguments):
    """The standard output of `curldescent ARGUMENTS`, which must succeed."""
    return subprocess.run([PROGRAM, *map(str, arguments)], check=True, capture_output=True, text=True).stdout


class Job:
    """A job, or a task of an array."""

    def __init__(self, number, folder):
        self.number = number
        self.folder = folder

    def ask(self, field):
        """What Slurm says of one field of the job."""
        text = subprocess.run(
            ["scontrol", "--oneliner", "show", "job", self.number], check=True, capture_output=True, text=True
        ).stdout
        return dict(part.split("=", 1) for part in text.split() if "=" in part)[field]

    def wait_for_end(self):
        """The state in which the job ended: COMPLETED, FAILED ..."""
        wait_until(lambda: self.ask("JobState") in ENDED, f"job {self.number} does not end: {self.log}", LONGEST_JOB)
        return self.ask("JobState")

    def wait_for_line(self, line):
        """Waits until the job has said something; fails when it ends without."""
        wait_until(
            lambda: line in self.log or self.ask("JobState") in ENDED, f"job {self.number}: {self.log}", LONGEST_JOB
        )
        assert line in self.log, self.log

    @property
    def log(self):
        """The text of the job's log."""
        logs = list(self.folder.path.glob(f"*-{self.number}.log"))
        return logs[0].read_text() if logs else ""

    @property
    def restarts(self):
        """How often the job was put back into the queue."""
        return int(self.ask("Restarts"))


class Folder:
    """A folder from which jobs are submitted, with the experiment in slow.toml."""

    def __init__(self, path):
        self.path = path
        (path / "slow.toml").write_text(EXPERIMENT)

    def command(self, *words, **environment):
        """The standard output of a command in this folder, which must succeed."""
        outcome = subprocess.run(
            [str(word) for word in words],
            cwd=self.path,
            env=os.environ | {"PROGRAM": str(PROGRAM)} | environment,
            capture_output=True,
            text=True,
        )
        assert outcome.returncode == 0, outcome.stdout + outcome.stderr
        return outcome.stdout

    def submit(self, *words, **environment):
        """The job of `sbatch WORDS`."""
        return Job(self.command("sbatch", "--parsable", *words, **environment).strip(), self)

    def submit_run(self, *options, run=(), **environment):
        """The job of `sbatch OPTIONS run.sbatch RUN` on the experiment."""
        names = {"EXPERIMENT": "slow.toml", "OUTPUT": "out.h5"}
        return self.submit(*options, SCRIPTS / "run.sbatch", *run, **names, **environment)

    def wait_for_progress(self, job, name="out.h5"):
        """Waits until a job has done a task, and has others to do."""

        def progress():
            path = self.path / name
            if not path.exists():
                return False
            with h5py.File(path, "r", locking=False) as file:
                return np.any(file["status"][...] == 1)

        wait_until(progress, f"job {job.number} does nothing: {job.log}", LONGEST_JOB)
        assert job.ask("JobState") == "RUNNING"

    def digest(self, name="out.h5"):
        """The digest of a results file."""
        return run_program("digest", self.path / name).strip()


@pytest.fixture(name="cluster", scope="session")
def bring_up_cluster():
    """A Slurm of one or two nodes."""
    with Cluster() as cluster:
        yield cluster


@pytest.fixture(name="two_nodes")
def require_two_nodes(cluster):
    """A Slurm of two nodes."""
    if NODES < 2:
        pytest.skip("needs two nodes, and this machine allows one")
    return cluster


@pytest.fixture(name="plain_digest", scope="session")
def run_plainly(cluster, tmp_path_factory):
    """The digest of the experiment without Slurm, never interrupted."""
    folder = Folder(tmp_path_factory.mktemp("plain"))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SLURM_")}
    command = ["mpirun", "-n", "2", "--oversubscribe", PROGRAM, "run", "slow.toml", "-o", "out.h5"]
    subprocess.run(command, cwd=folder.path, env=environment, check=True, capture_output=True)
    return folder.digest()


@pytest.fixture(name="folder")
def make_folder(plain_digest, tmp_path, request):
    """A folder for one scenario, whose digest and time are told in the end."""
    folder = Folder(tmp_path)
    start = time.monotonic()
    yield folder
    results = tmp_path / "out.h5"
    reports.append((request.node.name, folder.digest() if results.exists() else "-", time.monotonic() - start))


def pytest_terminal_summary(terminalreporter):
    """The table of the scenarios: name, digest, seconds."""
    terminalreporter.section(f"scenarios on {NODES} node(s)")
    for name, digest, seconds in reports:
        terminalreporter.write_line(f"{name[5:]:<72}{digest:<34}{seconds:>5.0f} s")
