"""A command line that makes no sense, or names a file that cannot be read, is refused with one message."""

import pytest

from conftest import PROGRAM, TINY

HELP_HINT = "see curldescent --help"

MISTAKES = {
    "no command": ([], ["subcommand", "required"]),
    "unknown command": (["frobnicate"], ["frobnicate"]),
    "unknown option": (["run", "tiny.toml", "-o", "out.h5", "--frobnicate"], ["--frobnicate"]),
    "unknown option before the command": (["--frobnicate", "template"], ["--frobnicate"]),
    "no experiment": (["run", "-o", "out.h5"], ["EXPERIMENT", "required"]),
    "no output": (["run", "tiny.toml"], ["--output", "required"]),
    "two experiments": (["run", "tiny.toml", "other.toml", "-o", "out.h5"], ["other.toml"]),
    "--set without a value": (["run", "tiny.toml", "-o", "out.h5", "--set"], ["--set"]),
    "unknown kind of progress": (["run", "tiny.toml", "-o", "out.h5", "--progress", "fast"], ["--progress", "fast"]),
    "no file": (["status"], ["FILE", "required"]),
    "argument of template": (["template", "extra"], ["extra"]),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake_on_the_command_line_is_refused(folder, mistake):
    arguments, parts = MISTAKES[mistake]
    folder.write("tiny.toml", TINY)

    message = folder.refusal(*arguments)

    assert [part for part in [*parts, HELP_HINT] if part not in message] == [], message


def test_unknown_kind_of_progress_is_answered_with_the_known_kinds_in_plain_words(folder):
    message = folder.call("run", "tiny.toml", "-o", "out.h5", "--progress", "fast").errors

    assert all(kind in message for kind in ["auto", "bar", "lines", "none"])
    assert "->" not in message and "FAILED" not in message


def test_usage_message_appears_even_when_other_ranks_end_before_the_first(folder):
    """mpirun ends all ranks as soon as one of them has failed; here the first starts half a second late."""
    late_start = ["-n", "1", "sh", "-c", f"sleep 0.5; exec '{PROGRAM}' status"]

    outcome = folder.call("status", launcher=["mpirun", "--oversubscribe", *late_start, ":", "-n", "2"])

    assert outcome.code == 2
    assert outcome.errors.count("FILE is required") == 1, outcome.errors


@pytest.mark.parametrize("command", ["status", "verify", "digest", "statistics"])
def test_missing_file_is_refused(folder, command):
    message = folder.refusal(command, "missing.h5")

    assert "missing.h5: there is no such file" in message


@pytest.mark.parametrize("kind", ["text", "foreign", "cut"])
@pytest.mark.parametrize("command", ["status", "verify", "digest", "statistics"])
def test_file_without_results_is_refused(folder, spoilt_file, command, kind):
    message = folder.refusal(command, spoilt_file(kind))

    assert message.startswith(f"curldescent: {kind}.h5: ")
    assert "HDF5" in message


@pytest.mark.parametrize("command", ["status", "verify", "digest", "statistics"])
def test_folder_in_place_of_a_file_is_refused(folder, command):
    (folder.path / "results").mkdir()

    message = folder.refusal(command, "results")

    assert message.startswith("curldescent: results: ")
    assert "file descriptor" not in message  # the depths of HDF5
