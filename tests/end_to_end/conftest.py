"""What the end-to-end tests share: folders in which the program runs, and a tiny experiment.

The program under test is the one named by the environment variable CURLDESCENT, else build/release/curldescent.
"""

import atexit
import itertools
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import h5py
import pytest

from long_experiment import LONG

REPOSITORY = Path(__file__).resolve().parents[2]
PROGRAM = Path(os.environ.get("CURLDESCENT", REPOSITORY / "build" / "release" / "curldescent")).resolve()
LONGEST_CALL = 60  # seconds
ENVIRONMENT = os.environ | {
    "OMPI_ALLOW_RUN_AS_ROOT": "1",
    "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    "OMPI_MCA_odls_base_sigkill_timeout": "0",  # else mpirun waits a second before it ends after an error
    "OMPI_MCA_pml": "ob1",  # what one machine uses in the end; naming it saves the search for fast networks
}

# A launcher for `Folder.call`: as on a file system that MPI-IO cannot use.
NO_MPI_IO = ("env", "OMPI_MCA_io=^ompio,romio321,romio341")

# Open MPI jobs of one user that start and end at the same time can trip over each other's files in /tmp: each call
# gets a folder of its own for them.
MPI_FOLDER = Path(tempfile.mkdtemp(prefix="mpi-"))
atexit.register(shutil.rmtree, MPI_FOLDER, ignore_errors=True)
CALL_NUMBERS = itertools.count()

# 2 points x 2 rules x 3 replicates = 12 runs in 6 tasks; 20 epochs of 3 updates; a few milliseconds in all.
TINY = """\
# A tiny experiment; the share of flipped inputs, α_h, is swept.
[experiment]
name = "tiny"
seed = 3
replicates = 3
rules = ["gradient-descent", "curl-descent"]

[network]
inputs = 4
hidden = 6
activation = "tanh"

[training]
samples = 12
test_samples = 5
batch = 4
epochs = 20
records = 5

[sweep]
"plasticity.hidden_flip_fraction" = [0.0, 0.5]
"""

# The same with one rule of linear networks, full batch, so that everything can be measured.
MEASURED = TINY.replace("batch = 4", "batch = 0") \
    .replace('"tanh"', '"linear"').replace('["gradient-descent", "curl-descent"]', '["curl-descent"]') \
    .replace("epochs = 20\nrecords = 5", 'epochs = 400\nrecords = 100\nrecord_spacing = "linear"')
MEASUREMENTS = """
[analysis]
lyapunov_exponents = 1
lyapunov_start = 50
lyapunov_transient = 50
order_parameter_epochs = 20
loss_epochs = 200
regime = true
"""


@dataclass(frozen=True)
class Outcome:
    """What became of a command: its exit code, standard output and standard error."""

    code: int
    output: str
    errors: str


def compose_command(arguments, ranks=None, launcher=()):
    """`curldescent ARGUMENTS`, under mpirun where a number of ranks is given."""
    mpirun = ["mpirun", "-n", str(ranks), "--oversubscribe"] if ranks else []
    return [*launcher, *mpirun, PROGRAM, *arguments]


def start_command(command, folder, **variables):
    """The process of a command in a folder, with more environment variables."""
    mpi_folder = MPI_FOLDER / str(next(CALL_NUMBERS))
    mpi_folder.mkdir()
    return subprocess.Popen(
        [str(word) for word in command],
        cwd=folder,
        env=ENVIRONMENT | {"OMPI_MCA_orte_tmpdir_base": str(mpi_folder)} | variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def wait_for_outcome(process):
    """The outcome of a started command; one that takes too long is killed."""
    try:
        output, errors = process.communicate(timeout=LONGEST_CALL)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    return Outcome(process.returncode, output.decode(), errors.decode())


class Folder:
    """A folder in which the program runs, so that names of files may be relative."""

    def __init__(self, path):
        self.path = path

    def write(self, name, text):
        """Writes a text file; returns its name."""
        (self.path / name).write_text(text)
        return name

    def start(self, *arguments, ranks=None, launcher=()):
        """The process of `curldescent ARGUMENTS`."""
        return start_command(compose_command(arguments, ranks, launcher), self.path)

    def call(self, *arguments, ranks=None, launcher=()):
        """The outcome of `curldescent ARGUMENTS`, whatever it is."""
        return wait_for_outcome(self.start(*arguments, ranks=ranks, launcher=launcher))

    def run(self, text=TINY, *, settings=(), output="out.h5", ranks=None):
        """Runs an experiment that must succeed; returns the path of its results."""
        self.write("experiment.toml", text)
        changes = ["--set", *settings] if settings else []
        outcome = self.call("run", "experiment.toml", "-o", output, *changes, ranks=ranks)
        assert outcome.code == 0, outcome.errors
        return self.path / output

    def digest(self, results):
        """The digest of a results file."""
        outcome = self.call("digest", results)
        assert outcome.code == 0, outcome.errors
        return outcome.output.strip()

    def content(self):
        """The bytes of every file, by name."""
        return {str(path.relative_to(self.path)): path.read_bytes() for path in self.path.rglob("*") if path.is_file()}

    def refusal(self, *arguments, lines=1):
        """The message with which the program refuses `curldescent ARGUMENTS`, alone and on three ranks alike.

        Refused means: exit code 2, one message from one rank on standard error, nothing on standard output, and no
        file made, changed or removed.
        """
        before = self.content()
        alone, together = self.call(*arguments), self.call(*arguments, ranks=3)
        message = alone.errors.rstrip("\n")
        assert (alone.code, together.code) == (2, 2), alone.errors + together.errors
        assert (alone.output, together.output) == ("", "")
        assert message.count("\n") + 1 == lines, message
        assert together.errors.count(message) == 1, together.errors
        assert self.content() == before
        return message


@pytest.fixture(name="folder")
def make_folder_for_one_test(tmp_path):
    """An empty folder for one test."""
    return Folder(tmp_path)


@pytest.fixture(name="make_folder", scope="session")
def prepare_make_folder(tmp_path_factory):
    """Makes an empty folder for results that several tests only read."""
    return lambda name: Folder(tmp_path_factory.mktemp(name))


@pytest.fixture(name="tiny", scope="session")
def run_tiny_experiment(make_folder):
    """The results of the tiny experiment on one rank, for reading only."""
    return make_folder("tiny").run()


@pytest.fixture(name="whole", scope="session")
def run_long_experiment(make_folder):
    """The results of the long experiment, never interrupted, for reading only."""
    return make_folder("whole").run(LONG)


@pytest.fixture(name="tiny_file")
def open_tiny_results(tiny):
    """The results of the tiny experiment, opened by h5py."""
    with h5py.File(tiny) as file:
        yield file


@pytest.fixture(name="spoilt_file")
def prepare_spoilt_file(folder, tiny):
    """Makes KIND.h5, which is not a results file: a text, a foreign HDF5 file, or the first half of a results file."""

    def make(kind):
        path = folder.path / f"{kind}.h5"
        if kind == "foreign":
            with h5py.File(path, "w") as file:
                file["point"] = [1.0, 2.0]
        else:
            path.write_bytes({"text": b"no HDF5", "cut": tiny.read_bytes()[: tiny.stat().st_size // 2]}[kind])
        return path.name

    return make


@pytest.fixture(name="mount")
def prepare_mount(folder):
    """Mounts a file system of its own, with these options, at a new folder of the test, and returns its name."""
    mounted = []

    def mount(name, options):
        path = folder.path / name
        path.mkdir(exist_ok=True)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", path], capture_output=True).returncode != 0:
            pytest.skip("file systems cannot be mounted here")
        mounted.append(path)
        return name

    yield mount
    for path in mounted:
        subprocess.run(["umount", path], check=True)
