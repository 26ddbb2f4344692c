"""curldescent as a contestant: timed from outside, as a user runs it."""

import itertools
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import h5py

from shapes import LEARNING_RATE, Shape

REPLICATES = 10
PILOT_UPDATES = 20_000
CHILD_USAGE = Path(__file__).resolve().with_name("child_usage.py")
MPI_ENVIRONMENT = {
    "OMPI_ALLOW_RUN_AS_ROOT": "1",
    "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    "OMPI_MCA_pml": "ob1",
}


class ProgramError(Exception):
    """The program did not do what is to be timed."""


@dataclass(frozen=True)
class ProgramRun:
    """What one process of the program did and used."""

    updates: int  # of all replicates
    user_seconds: float  # of the whole process
    wall_seconds: float  # of the runs, by the results file
    mebibytes: float  # peak memory


def find_stop_switches(template: str) -> list[str]:
    """The keys stop_... of [training] that are true by default, by `curldescent template`."""
    training = re.search(r"^\[training\]$(.*?)(?=^\[|\Z)", template, re.MULTILINE | re.DOTALL)
    return re.findall(r"^(?:# )?(stop_\w+) = true\b", training[1], re.MULTILINE) if training else []


def write_experiment(shape: Shape, epochs: int, stop_switches: list[str]) -> str:
    """The experiment of a shape; every update is made."""
    switches = "".join(f"{key} = false\n" for key in stop_switches)
    return f"""\
[experiment]
replicates = {REPLICATES}
rules = ["curl-descent"]

[network]
inputs = {shape.inputs}
hidden = {shape.hidden}
activation = "{shape.activation}"

[initialization]
student_scale = {float(shape.student_scale)}

[plasticity]
hidden_flips = {shape.hidden_flips}
readout_flips = {shape.readout_flips}

[training]
samples = {shape.samples}
test_samples = 0
batch = {shape.batch}
epochs = {epochs}
learning_rate = {LEARNING_RATE}
records = 1
{switches}"""


def compute_quotient(short: ProgramRun, long: ProgramRun) -> float:
    """Microseconds per update, from two lengths: what both spend on starting and ending cancels."""
    return 1e6 * (long.user_seconds - short.user_seconds) / (long.updates - short.updates)


class Program:
    """A curldescent executable, and a folder in which it runs."""

    def __init__(self, path: Path, folder: Path):
        if not path.is_file():
            raise ProgramError(f"there is no program {path}; build it, or name another")
        self.path = path.resolve()
        self.folder = folder
        self.numbers = itertools.count()
        self.environment = os.environ | MPI_ENVIRONMENT | {"OMPI_MCA_orte_tmpdir_base": str(folder)}
        self.stop_switches = find_stop_switches(self.call([str(self.path), "template"]))

    def call(self, command: list[str]) -> str:
        """Standard output of a command that must succeed."""
        outcome = subprocess.run(command, cwd=self.folder, env=self.environment, capture_output=True, text=True)
        if outcome.returncode != 0:
            raise ProgramError(f"{' '.join(command)} ended with {outcome.returncode}: {outcome.stderr}")
        return outcome.stdout

    def run(self, shape: Shape, epochs: int) -> ProgramRun:
        """Runs one experiment; all its runs must be done."""
        number = next(self.numbers)
        experiment, results = self.folder / f"{number}.toml", self.folder / f"{number}.h5"
        experiment.write_text(write_experiment(shape, epochs, self.stop_switches))
        run = [str(self.path), "run", experiment.name, "-o", results.name, "--progress", "none"]
        usage = json.loads(self.call([sys.executable, "-I", "-S", str(CHILD_USAGE), *run]))
        with h5py.File(results) as file:
            status = file["status"]
            done = status.attrs["flag_meanings"].decode().split().index("done")
            if (status[...] != done).any():
                raise ProgramError(f"{shape.name}: not every run is done, so its time would mean nothing")
            updates = int(file["timing/updates"][...].sum())
            wall_seconds = float(file["timing/wall_seconds"][...].sum())
        results.unlink()
        expected = REPLICATES * epochs * shape.updates_per_epoch
        if updates != expected:
            raise ProgramError(f"{shape.name}: {updates} updates were made instead of {expected}")
        return ProgramRun(updates, usage["user"], wall_seconds, usage["mebibytes"])


class ProgramTimer:
    """Times one shape on a program; the longer of each two runs takes about the seconds given."""

    def __init__(self, program: Program, shape: Shape, seconds: float):
        self.program, self.shape = program, shape
        self.pairs: list[tuple[ProgramRun, ProgramRun]] = []
        per_epoch = REPLICATES * shape.updates_per_epoch
        pilot = program.run(shape, -(-PILOT_UPDATES // per_epoch))
        self.epochs = max(1, round(seconds / 3 * pilot.updates / pilot.wall_seconds / per_epoch))

    def measure(self) -> float:
        """Microseconds per update and run, by the difference quotient."""
        short, long = (self.program.run(self.shape, epochs) for epochs in (self.epochs, 3 * self.epochs))
        self.pairs.append((short, long))
        return compute_quotient(short, long)

    def median_by_file(self) -> float:
        """Microseconds per update and run, by the results files."""
        return median(1e6 * long.wall_seconds / long.updates for _, long in self.pairs)

    def median_mebibytes(self) -> float:
        return median(long.mebibytes for _, long in self.pairs)
