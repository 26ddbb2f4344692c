"""The results of a run may be looked at while it goes on, and that does not disturb it."""

import pytest
import xarray

from conftest import wait_for_outcome
from long_experiment import RUNS, count_done, start_and_wait


@pytest.fixture(name="looked_at", scope="module")
def look_while_two_ranks_compute(make_folder):
    """What status, verify and xarray said of a run under way, the number of runs done after that, and the folder."""
    folder = make_folder("running")
    with start_and_wait(folder, ranks=2) as process:
        said = [folder.call("status", "out.h5"), folder.call("verify", "out.h5")]
        for engine in ["h5netcdf", "netcdf4"]:
            said.append(xarray.load_dataset(folder.path / "out.h5", engine=engine))
        done = count_done(folder.path / "out.h5")
        assert process.poll() is None and done < RUNS
        outcome = wait_for_outcome(process)
    assert outcome.code == 0, outcome.errors
    return said, done, folder


def test_status_of_a_run_under_way_counts_what_is_done(looked_at):
    (status, *_), done, _ = looked_at

    assert (status.code, status.errors) == (0, "")
    pending, finished = (int(line.split()[0]) for line in status.output.splitlines()[1:3])
    assert pending + finished == RUNS
    assert RUNS // 8 <= finished <= done


def test_run_under_way_has_no_bad_row(looked_at):
    (_, verify, *_), _, _ = looked_at

    assert verify.code == 0
    assert " 0 bad, " in verify.output


def test_xarray_opens_a_run_under_way(looked_at):
    (_, _, *datasets), done, _ = looked_at

    counts = [int((results.status == 1).sum()) for results in datasets]
    assert len(counts) == 2
    assert RUNS // 8 <= counts[0] <= counts[1] <= done


def test_run_that_was_looked_at_has_the_digest_of_one_that_was_not(looked_at, whole):
    _, _, folder = looked_at

    assert folder.digest("out.h5") == folder.digest(whole)
