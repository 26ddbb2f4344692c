"""A run that cannot be computed, or diverges, is recorded as such and disturbs no other."""

import h5py
import numpy as np
import pytest
import xarray

# Linear networks: at the second point a diverging one, at the third one that fits into no memory.
TROUBLE = """
[experiment]
replicates = 2
rules = ["gradient-descent", "curl-descent"]
[network]
outputs = 1
[plasticity]
norm_constraint = false
[training]
samples = 12
test_samples = 5
batch = 4
epochs = 200
records = 5
[sweep]
"network.inputs" = [4, 4, 1000000000]
"network.hidden" = [6, 6, 1000000000]
"training.learning_rate" = [0.1, 1e6, 0.1]
zip = [["network.inputs", "network.hidden", "training.learning_rate"]]
"""
GOOD, DIVERGING, IMPOSSIBLE = 0, 1, 2
SUMMARY = "4 runs done, 4 diverged, 4 failed"


@pytest.fixture(name="troubled", params=[None, 3], scope="module")
def run_trouble(request, make_folder):
    """The folder and outcome of the three points, run alone and on three ranks; the results are in out.h5."""
    folder = make_folder("trouble")
    folder.write("trouble.toml", TROUBLE)
    return folder, folder.call("run", "trouble.toml", "-o", "out.h5", ranks=request.param)


@pytest.fixture(name="results", params=["h5netcdf", "netcdf4"])
def open_results(request, troubled):
    """The results of the three points, once for each engine."""
    return xarray.load_dataset(troubled[0].path / "out.h5", engine=request.param)


def test_run_ends_with_code_1_and_counts_what_became_of_the_runs(troubled):
    _, outcome = troubled

    assert (outcome.code, outcome.output) == (1, "")
    assert f"out.h5: {SUMMARY}" in outcome.errors
    assert "curldescent status out.h5" in outcome.errors


def test_every_run_has_its_status(results):
    assert np.all(results.status[GOOD] == 1)
    assert np.all(results.status[DIVERGING] == 2)
    assert np.all(results.status[IMPOSSIBLE] == 3)


def test_message_of_a_failed_run_is_readable(results):
    assert results.message.shape == (3, 2, 2)
    assert len(set(results.message.values[IMPOSSIBLE].ravel())) == 1
    assert results.message.values[IMPOSSIBLE, 0, 0] != ""
    assert np.all(results.message[[GOOD, DIVERGING]] == "")


def test_message_says_in_plain_words_that_memory_is_short(results):
    assert "memory" in results.message.values[IMPOSSIBLE, 0, 0]


def test_failed_run_has_missing_values_and_is_not_counted(results):
    assert np.all(np.isnan(results.train_loss[IMPOSSIBLE])) and np.all(np.isnan(results.final_train_loss[IMPOSSIBLE]))
    assert np.all(np.isnan(results.epochs_completed[IMPOSSIBLE]))
    assert np.all(results.final_train_loss_count[IMPOSSIBLE] == 0)
    assert np.all(np.isnan(results.final_train_loss_median[IMPOSSIBLE]))


def test_diverged_run_keeps_its_start_and_ends_infinite(results):
    curve = results.train_loss.values[DIVERGING]

    assert np.all(np.isfinite(curve[..., 0])) and np.all(curve[..., -1] == np.inf)
    assert not np.any(np.isnan(curve))
    assert np.all(results.final_train_loss[DIVERGING] == np.inf)
    assert np.all(results.final_test_loss[DIVERGING] == np.inf)
    assert np.all(results.epochs_completed[DIVERGING] < 200)


def test_other_runs_are_those_of_an_experiment_without_trouble(folder, results):
    keys = ["network.inputs", "network.hidden", "training.learning_rate"]
    only = [f"sweep.{key}=[{value}]" for key, value in zip(keys, [4, 6, 0.1], strict=True)]
    alone = xarray.load_dataset(folder.run(TROUBLE, settings=only))

    assert np.all(results.epochs_completed[GOOD] == 200)
    assert np.array_equal(results.train_loss[GOOD], alone.train_loss[0])


def test_digest_is_the_same_on_one_rank_and_three(folder, troubled):
    folder.write("trouble.toml", TROUBLE)
    assert folder.call("run", "trouble.toml", "-o", "again.h5", ranks=2).code == 1

    assert folder.digest("again.h5") == troubled[0].digest("out.h5")


def test_status_counts_and_prints_the_reason(troubled):
    folder, _ = troubled
    outcome = folder.call("status", "out.h5")
    with h5py.File(folder.path / "out.h5") as file:
        reason = b"".join(file["message"][IMPOSSIBLE, 1, 0]).decode()

    assert (outcome.code, outcome.errors) == (0, "")
    lines = [line.strip() for line in outcome.output.splitlines()]
    assert lines[0] == "out.h5: 3 points x 2 rules x 2 replicates = 12 runs"
    assert lines[1:5] == ["0 pending", "4 done", "4 diverged", "4 failed"]
    assert f"failed: point 2, curl-descent, replicate 0: {reason}" in lines


def test_verify_finds_every_row_intact(troubled):
    outcome = troubled[0].call("verify", "out.h5")

    assert (outcome.code, outcome.errors) == (0, "")
    assert outcome.output.splitlines() == [
        "out.h5: 12 rows intact, 0 bad, 0 pending",
        "labels intact; statistics intact; times intact; provenance intact",
    ]


def test_diverged_runs_alone_are_no_failure(folder):
    results = folder.run(TROUBLE.replace("1000000000", "3"), settings=["experiment.replicates=1"])

    assert np.all(xarray.load_dataset(results).status[DIVERGING] == 2)


def test_resume_tries_failed_runs_again_and_no_others(folder):
    folder.write("trouble.toml", TROUBLE)
    assert folder.call("run", "trouble.toml", "-o", "out.h5").code == 1
    with h5py.File(folder.path / "out.h5") as file:
        before = file["timing/wall_seconds"][...]

    outcome = folder.call("run", "trouble.toml", "-o", "out.h5", "--resume")

    assert outcome.code == 1
    assert "4 runs in 2 tasks" in outcome.errors
    with h5py.File(folder.path / "out.h5") as file:
        assert np.array_equal(file["timing/wall_seconds"][:IMPOSSIBLE], before[:IMPOSSIBLE])
