"""Progress goes to standard error in the form asked for; standard output stays empty."""

import pytest

from conftest import TINY


@pytest.fixture(name="run_with_progress")
def prepare_run_with_progress(folder):
    """Runs the tiny experiment with --progress MODE; returns its standard error."""
    folder.write("tiny.toml", TINY)

    def run(mode, ranks=None):
        outcome = folder.call("run", "tiny.toml", "-o", "out.h5", "--progress", mode, ranks=ranks)
        assert (outcome.code, outcome.output) == (0, "")
        return outcome.errors

    return run


@pytest.mark.parametrize("mode", ["auto", "bar", "lines", "none"])
def test_start_and_end_of_the_run_are_told(run_with_progress, mode):
    errors = run_with_progress(mode)

    assert errors.startswith("curldescent: 12 runs in 6 tasks on 1 rank\n")
    assert errors.endswith("curldescent: out.h5: 12 runs done, 0 diverged, 0 failed\n")


def test_lines_end_with_a_line_of_all_runs(run_with_progress):
    lines = run_with_progress("lines").splitlines()

    assert lines[-2].startswith("progress: 100.0 %  12/12 runs")
    assert "runs/s" in lines[-2] and lines[-2].endswith("left")


def test_lines_hold_no_control_characters(run_with_progress):
    assert run_with_progress("lines").replace("\n", "").isprintable()


def test_bar_is_redrawn_on_one_line_and_ends_full(run_with_progress):
    errors = run_with_progress("bar")
    drawn = errors.splitlines()[1:-1]

    assert "\r" in errors
    assert drawn[-1].startswith(f"[{'#' * 30}] 100.0 %  12/12 runs")


def test_none_tells_no_progress(run_with_progress):
    errors = run_with_progress("none")

    assert errors.count("\n") == 2
    assert "%" not in errors and "\r" not in errors


def test_auto_without_a_terminal_means_lines(run_with_progress):
    errors = run_with_progress("auto")

    assert "progress: 100.0 %" in errors and "\r" not in errors


def test_only_one_of_three_ranks_tells(run_with_progress):
    lines = run_with_progress("lines", ranks=3).splitlines()

    assert lines[0] == "curldescent: 12 runs in 6 tasks on 3 ranks"
    assert len(lines) == 3
