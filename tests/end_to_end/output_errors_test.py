"""An output that cannot be written, or must not be, is refused before anything is computed, and nothing is lost."""

import os
import subprocess

import h5py
import numpy as np
import pytest

from conftest import TINY, wait_for_outcome

LARGEST_FILE = 20_000_000  # bytes; more than MPI needs for itself, less than LARGE needs
LARGE = ["experiment.replicates=100000"]


@pytest.fixture(name="ready")
def write_tiny_experiment(folder):
    """A folder with the tiny experiment in tiny.toml."""
    folder.write("tiny.toml", TINY)
    return folder


@pytest.fixture(name="finished")
def run_tiny_in_folder(ready):
    """A folder with the tiny experiment in tiny.toml and its results in out.h5."""
    ready.run()
    return ready


@pytest.fixture(name="read_only_folder")
def make_read_only_folder(folder, request):
    """A folder in which even root cannot write, where the system lets us make one."""
    path = folder.path / "read-only"
    path.mkdir()
    if os.geteuid() == 0:
        request.getfixturevalue("mount")(path.name, "ro,size=4k")
    else:
        path.chmod(0o555)
    return path


@pytest.fixture(name="full_disk")
def fill_small_disk_with_results(ready, mount):
    """A folder with the tiny experiment in tiny.toml and its results in disk/out.h5, on a disk without a byte left."""
    mount("disk", "size=200k")
    ready.run(output="disk/out.h5")
    with pytest.raises(OSError), open(ready.path / "disk" / "fill", "wb", buffering=0) as fill:
        while fill.write(bytes(1024)):
            pass
    return ready


def test_existing_output_is_refused_and_kept(finished):
    message = finished.refusal("run", "tiny.toml", "-o", "out.h5")

    assert "out.h5" in message and "--resume" in message and "--overwrite" in message


def test_resume_and_overwrite_exclude_each_other(finished):
    message = finished.refusal("run", "tiny.toml", "-o", "out.h5", "--resume", "--overwrite")

    assert "--resume and --overwrite exclude each other" in message


def test_mistake_in_the_experiment_keeps_the_file_to_overwrite(finished):
    finished.refusal("run", "tiny.toml", "-o", "out.h5", "--overwrite", "--set", "training.epochs=0")


def test_missing_output_folder_is_refused(ready):
    message = ready.refusal("run", "tiny.toml", "-o", "results/out.h5")

    assert "results/out.h5" in message and str(ready.path / "results") in message and "create" in message


def test_folder_as_output_is_refused(ready):
    (ready.path / "results").mkdir()

    message = ready.refusal("run", "tiny.toml", "-o", "results")

    assert "results: is a folder" in message and "file name" in message


def test_empty_output_name_is_refused(ready):
    message = ready.refusal("run", "tiny.toml", "-o", "")

    assert "--output" in message and "file name" in message


def test_folder_that_cannot_be_written_is_refused(ready, read_only_folder):
    message = ready.refusal("run", "tiny.toml", "-o", read_only_folder / "out.h5")

    assert str(read_only_folder) in message and "cannot write" in message and "another" in message


def test_folder_that_takes_no_files_is_refused_in_plain_words(ready):
    message = ready.refusal("run", "tiny.toml", "-o", "/proc/out.h5")

    assert "--output /proc/out.h5" in message and "cannot" in message
    assert "o_flags" not in message  # the depths of HDF5


def test_experiment_file_is_not_overwritten_by_its_results(ready):
    message = ready.refusal("run", "tiny.toml", "-o", "tiny.toml", "--overwrite")

    assert "tiny.toml" in message


def test_data_file_is_not_overwritten_by_its_results(ready):
    with h5py.File(ready.path / "data.h5", "w") as file:
        file["feedback"] = np.ones((6, 1))

    message = ready.refusal("run", "tiny.toml", "-o", "data.h5", "--overwrite", "--set", "data.file=data.h5")

    assert "data.h5" in message


def test_of_two_runs_started_at_once_one_gets_the_output_and_the_other_is_refused(ready, tiny):
    processes = [ready.start("run", "tiny.toml", "-o", "out.h5") for _ in range(2)]
    outcomes = [wait_for_outcome(process) for process in processes]

    assert sorted(outcome.code for outcome in outcomes) == [0, 2], outcomes
    assert ready.digest("out.h5") == ready.digest(tiny)
    assert sorted(ready.content()) == ["out.h5", "tiny.toml"]


def test_full_disk_ends_the_run_with_one_message_and_no_file(ready):
    launcher = ["env", "--ignore-signal=XFSZ", "prlimit", f"--fsize={LARGEST_FILE}"]

    outcome = ready.call("run", "tiny.toml", "-o", "out.h5", "--set", *LARGE, launcher=launcher)

    assert outcome.code == 2, outcome.errors
    assert outcome.errors.startswith("curldescent: --output out.h5: ") and "File too large" in outcome.errors
    assert outcome.errors.count("\n") == 1
    assert sorted(ready.content()) == ["tiny.toml"]


def test_disk_too_small_for_a_layout_keeps_nothing_of_it(ready, mount):
    mount("disk", "size=40k")

    outcome = ready.call("run", "tiny.toml", "-o", "disk/out.h5")

    assert (outcome.code, outcome.errors.count("\n")) == (2, 1)
    assert outcome.errors.startswith("curldescent: --output disk/out.h5: ")
    assert "No space left on device" in outcome.errors and "choose another folder" in outcome.errors
    assert sorted(ready.content()) == ["tiny.toml"]


def test_disk_too_small_for_the_rows_is_noticed_beforehand(ready, mount):
    mount("disk", "size=200k")

    message = ready.refusal("run", "tiny.toml", "-o", "disk/out.h5", "--replicates", 1000)

    assert "--output disk/out.h5: the file would take " in message and "are free there" in message


def test_file_on_a_full_disk_is_completed(full_disk, tiny):
    with h5py.File(full_disk.path / "disk" / "out.h5", "r+") as file:
        file["status"][1, :, 2] = 0

    outcome = full_disk.call("run", "tiny.toml", "-o", "disk/out.h5", "--resume", ranks=2)

    assert outcome.code == 0, outcome.errors
    assert full_disk.digest("disk/out.h5") == full_disk.digest(tiny)


def test_file_on_a_full_disk_does_not_grow_and_keeps_what_it_has(full_disk, tiny):
    message = full_disk.refusal("run", "tiny.toml", "-o", "disk/out.h5", "--resume", "--replicates", 10)

    assert "disk/out.h5: " in message and ("No space left" in message or "are free there" in message)
    assert full_disk.digest("disk/out.h5") == full_disk.digest(tiny)
    assert full_disk.call("verify", "disk/out.h5").code == 0


def test_results_in_a_read_only_folder_are_read_and_not_written(ready, mount, tiny):
    mount("disk", "size=1m")
    ready.run(output="disk/out.h5")
    subprocess.run(["mount", "-o", "remount,ro", ready.path / "disk"], check=True)

    resume = ready.refusal("run", "tiny.toml", "-o", "disk/out.h5", "--resume")
    statistics = ready.refusal("statistics", "disk/out.h5")

    assert "cannot write in the folder" in resume and "Read-only file system" in resume
    assert "disk/out.h5: cannot be written: Read-only file system" in statistics
    assert ready.call("verify", "disk/out.h5").code == 0
    assert ready.call("status", "disk/out.h5").code == 0
    assert ready.digest("disk/out.h5") == ready.digest(tiny)


@pytest.mark.parametrize("lost", [1, 4096])
@pytest.mark.parametrize(
    "command",
    [
        ["status", "out.h5"],
        ["verify", "out.h5"],
        ["statistics", "out.h5"],
        ["run", "tiny.toml", "-o", "out.h5", "--resume"],
        ["run", "tiny.toml", "-o", "out.h5", "--resume", "--replicates", "10"],
    ],
    ids=["status", "verify", "statistics", "resume", "grow"],
)
def test_truncated_file_is_refused_in_plain_words(finished, command, lost):
    size = (finished.path / "out.h5").stat().st_size
    os.truncate(finished.path / "out.h5", size - lost)

    message = finished.refusal(*command)

    assert f"out.h5: is a truncated HDF5 file: {size - lost} of its {size} bytes are left" in message


def test_resume_with_another_experiment_names_the_keys_that_differ(finished):
    changes = ["training.epochs=21", "plasticity.hidden_flip_fraction=0.5"]

    message = finished.refusal("run", "tiny.toml", "-o", "out.h5", "--resume", "--set", *changes, lines=3)

    assert "out.h5" in message and "another experiment" in message and "another output file" in message
    assert message.splitlines()[1:] == [
        "  plasticity.hidden_flip_fraction: [0.0, 0.5] (swept) in the file, 0.5 now",
        "  training.epochs: 20 in the file, 21 now",
    ]


def test_resume_with_another_title_goes_on(finished, tiny):
    outcome = finished.call("run", "tiny.toml", "-o", "out.h5", "--resume", "--set", "experiment.name=other")

    assert outcome.code == 0, outcome.errors
    assert finished.digest("out.h5") == finished.digest(tiny)


def replace_settings(path, text):
    """Stores other settings in a results file."""
    with h5py.File(path, "r+") as file:
        file["provenance/settings"][()] = text


def test_resume_of_a_file_that_lacks_a_key_counts_its_default(finished):
    """As one of an older build, which did not know the key."""
    with h5py.File(finished.path / "out.h5") as file:
        settings = file["provenance/settings"].asstr()[()]
    assert "stop_converged = true\n" in settings
    replace_settings(finished.path / "out.h5", settings.replace("stop_converged = true\n", ""))

    outcome = finished.call("run", "tiny.toml", "-o", "out.h5", "--resume")

    assert outcome.code == 0, outcome.errors
    message = finished.refusal(
        "run", "tiny.toml", "-o", "out.h5", "--resume", "--set", "training.stop_converged=false", lines=2
    )
    assert message.endswith("training.stop_converged: true in the file, false now")


def test_resume_of_a_file_with_settings_that_make_no_sense_today_is_refused(finished):
    replace_settings(finished.path / "out.h5", "[training]\nsteps = 20\n")

    message = finished.refusal("run", "tiny.toml", "-o", "out.h5", "--resume")

    assert "--resume out.h5: this build cannot read" in message and "steps" in message
    assert "the build that began it" in message


def test_resume_with_changed_data_is_refused(ready):
    arguments = ["run", "tiny.toml", "-o", "out.h5", "--set", "data.file=data.h5"]
    with h5py.File(ready.path / "data.h5", "w") as file:
        file["feedback"] = np.ones((6, 1))
    assert ready.call(*arguments).code == 0
    with h5py.File(ready.path / "data.h5", "r+") as file:
        file["feedback"][3] = 1.5

    message = ready.refusal(*arguments, "--resume")

    assert "data.h5" in message and "changed" in message


@pytest.mark.parametrize("kind", ["text", "foreign", "cut"])
def test_resume_of_what_is_not_a_results_file_is_refused(ready, spoilt_file, kind):
    message = ready.refusal("run", "tiny.toml", "-o", spoilt_file(kind), "--resume")

    assert f"{kind}.h5" in message
