"""A launch that cannot make one good run is refused at its start: exit code 2, one message, and nothing made."""

import shutil
import subprocess

import h5py
import pytest

from conftest import PROGRAM, TINY, start_command, wait_for_outcome

RUN = ("run", "tiny.toml", "-o", "out.h5")
LOSES_WRITES = """
#define _GNU_SOURCE
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>
/* By its whole ending: Open MPI's own files have its name and more. */
static int is_output(int file) {
    const char ending[] = ".partial";
    const ssize_t letters = sizeof ending - 1;
    char name[64], target[4096] = "";
    strcpy(name, "/proc/self/fd/");
    int at = 14, divisor = 1;
    while (file / divisor >= 10) divisor *= 10;
    for (; divisor; divisor /= 10) name[at++] = (char)('0' + file / divisor % 10);
    name[at] = 0;
    ssize_t length = readlink(name, target, sizeof target - 1);
    return length > letters && strcmp(target + length - letters, ending) == 0;
}
ssize_t pwrite(int file, const void *bytes, size_t count, off_t at) {
    return is_output(file) ? (ssize_t)count : syscall(SYS_pwrite64, file, bytes, count, at);
}
ssize_t pwrite64(int file, const void *bytes, size_t count, off_t at) { return pwrite(file, bytes, count, at); }
ssize_t pwritev(int file, const struct iovec *parts, int n, off_t at) {
    ssize_t total = 0;
    for (int i = 0; i < n; ++i) total += pwrite(file, parts[i].iov_base, parts[i].iov_len, at + total);
    return total;
}
ssize_t pwritev64(int file, const struct iovec *parts, int n, off_t at) { return pwritev(file, parts, n, at); }
ssize_t write(int file, const void *bytes, size_t count) {
    return is_output(file) ? (ssize_t)count : syscall(SYS_write, file, bytes, count);
}
"""


@pytest.fixture(name="ready")
def write_tiny_experiment(folder):
    """A folder with the tiny experiment in tiny.toml."""
    folder.write("tiny.toml", TINY)
    return folder


def launch(folder, command, **variables):
    """The outcome of a command in the folder, with more environment variables."""
    return wait_for_outcome(start_command(command, folder.path, **variables))


def launch_two(folder, first, second, mpirun=("mpirun",)):
    """The outcome of a launch of two ranks with commands of their own."""
    return launch(folder, [*mpirun, "-n", "1", *first, ":", "-n", "1", *second])


def check_refused(folder, outcome, *parts):
    """Refused by one line that has all these parts, and no results or partial results are there."""
    lines = [line for line in outcome.errors.splitlines() if line.startswith("curldescent: ")]
    assert (outcome.code, len(lines)) == (2, 1), outcome.errors
    for part in parts:
        assert part in lines[0]
    assert [name for name in folder.content() if "out.h5" in name] == []


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        ({"OMPI_COMM_WORLD_SIZE": "4", "OMPI_COMM_WORLD_RANK": "0"}, "mpirun started 4 processes"),
        ({"PMI_SIZE": "4", "PMI_RANK": "0"}, "started 4 processes"),
        ({"SLURM_STEP_ID": "0", "SLURM_STEP_NUM_TASKS": "4", "SLURM_NTASKS": "4"}, "srun --mpi=pmix"),
        ({"SLURM_NTASKS": "4"}, "started without srun or mpirun"),
        ({"SLURM_NTASKS": "4", "SLURM_STEP_ID": "4294967290", "SLURM_STEP_NUM_TASKS": "1"}, "without srun or mpirun"),
    ],
    ids=["mpirun", "pmi", "srun", "batch", "salloc"],
)
def test_one_process_of_several_is_refused(ready, variables, says):
    check_refused(ready, launch(ready, [PROGRAM, *RUN], **variables), says)


def test_a_singleton_that_is_not_the_first_says_nothing_and_fails_too(ready):
    outcome = launch(ready, [PROGRAM, *RUN], PMI_SIZE="4", PMI_RANK="2")

    assert (outcome.code, outcome.errors) == (2, "")
    assert sorted(ready.content()) == ["tiny.toml"]


def test_one_rank_on_purpose_runs(ready):
    assert launch(ready, ["mpirun", "-n", "1", PROGRAM, *RUN], SLURM_NTASKS="4").code == 0
    step = {"SLURM_NTASKS": "4", "SLURM_STEP_ID": "0", "SLURM_STEP_NUM_TASKS": "1"}
    assert launch(ready, [PROGRAM, *RUN, "--resume"], **step).code == 0


@pytest.mark.parametrize("command", [["plan", "tiny.toml"], ["template"], ["--help"]])
def test_other_commands_run_plainly_in_a_job(ready, command):
    assert launch(ready, [PROGRAM, *command], SLURM_NTASKS="4").code == 0


def test_ranks_of_different_builds_are_refused(ready):
    other = ready.path / "other"
    shutil.copy(PROGRAM, other)
    with other.open("ab") as file:
        file.write(b"x")

    check_refused(ready, launch_two(ready, [PROGRAM, *RUN], [other, *RUN]), "rank 1 on", "another build")


def test_ranks_with_different_command_lines_are_refused(ready):
    ready.write("second.toml", TINY)

    outcome = launch_two(ready, [PROGRAM, *RUN], [PROGRAM, "run", "second.toml", "-o", "out.h5"])

    check_refused(ready, outcome, "rank 1 on", "`run second.toml -o out.h5`", "`run tiny.toml -o out.h5`")


def test_ranks_that_read_different_data_are_refused(ready):
    for host, value in (("first", 1.0), ("second", 2.0)):
        (ready.path / host).mkdir()
        with h5py.File(ready.path / host / "data.h5", "w") as data:
            data["student_hidden"] = [[value] * 4] * 6
        ready.write(f"{host}/tiny.toml", TINY)
    command = [PROGRAM, "run", "tiny.toml", "-o", ready.path / "out.h5", "--set", "data.file=data.h5"]

    outcome = launch_two(ready, ["-wdir", ready.path / "first", *command], ["-wdir", ready.path / "second", *command])

    check_refused(ready, outcome, "data.h5", "rank 1 on", "other data")


def test_ranks_that_share_a_core_are_refused_unless_asked_for(ready):
    crowd = ["taskset", "-c", "0", "mpirun", "--bind-to", "none", "-n", "2"]

    check_refused(ready, launch(ready, [*crowd, PROGRAM, *RUN]), "ranks 0-1 on", "2 ranks may use 1 core", "bind-to none")
    assert launch(ready, [*crowd, "--oversubscribe", PROGRAM, *RUN]).code == 0
    assert launch(ready, [*crowd, PROGRAM, *RUN, "--resume"], SLURM_OVERCOMMIT="1").code == 0


@pytest.fixture(name="other_mount")
def make_command_with_another_mount(ready):
    """Makes the beginning of a command for which a folder is a file system of its own."""
    (ready.path / "local").mkdir()

    def make(options):
        mount = f'mount -t tmpfs -o {options} none {ready.path / "local"} && exec "$@"'
        command = ["unshare", "--mount", "sh", "-c", mount, "sh"]
        if subprocess.run([*command, "true"], capture_output=True).returncode != 0:
            pytest.skip("mount namespaces cannot be made here")
        return command

    return make


@pytest.mark.parametrize("options", ["size=1m", "ro"])
def test_a_folder_of_the_same_name_on_another_host_is_refused(ready, other_mount, options):
    command = [PROGRAM, "run", "tiny.toml", "-o", "local/out.h5"]

    outcome = launch_two(ready, command, [*other_mount(options), *command])

    check_refused(ready, outcome, "--output local/out.h5: rank 1 on", "is another folder there", "all hosts share")


def test_results_on_another_host_are_not_resumed_there(ready, other_mount):
    command = [PROGRAM, "run", "tiny.toml", "-o", "local/out.h5", "--resume"]
    ready.run(output="local/out.h5")
    before = ready.content()
    shutil.copy(ready.path / "local" / "out.h5", ready.path / "copy.h5")
    copy = ["sh", "-c", 'cp copy.h5 local/out.h5 && exec "$@"', "sh"]

    outcome = launch_two(ready, command, [*other_mount("size=9m"), *copy, *command])

    assert (outcome.code, outcome.errors.count("is another folder there")) == (2, 1), outcome.errors
    assert {name: ready.content()[name] for name in before} == before


def test_a_file_system_that_loses_a_ranks_writes_is_refused(ready):
    ready.write("loses.c", LOSES_WRITES)
    library = ready.path / "loses.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, ready.path / "loses.c"], check=True)

    outcome = launch_two(ready, [PROGRAM, *RUN], ["-x", f"LD_PRELOAD={library}", PROGRAM, *RUN])

    check_refused(ready, outcome, "rank 0 on", "what rank 1 wrote is not seen", "choose another folder")
