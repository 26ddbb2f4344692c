"""The same seed gives the same results, however many ranks compute them."""

import h5py
import numpy as np
import pytest

from conftest import TINY

MANY_TASKS = ["experiment.replicates=30", "training.epochs=300"]  # 60 tasks of some milliseconds
RANKS = 3


@pytest.fixture(name="many", scope="module")
def run_many_tasks_on_three_ranks(make_folder):
    """The results of many tasks, computed by three ranks."""
    return make_folder("many").run(settings=MANY_TASKS, ranks=RANKS)


@pytest.mark.parametrize("ranks", [1, 2, 3, 5])
def test_digest_under_mpirun_is_that_of_a_plain_start(folder, tiny, ranks):
    results = folder.run(ranks=ranks)

    assert folder.digest(results) == folder.digest(tiny)


@pytest.mark.parametrize("ranks", [None, 2, 5])
def test_digest_of_many_tasks_does_not_depend_on_the_ranks(folder, many, ranks):
    assert folder.digest(folder.run(settings=MANY_TASKS, ranks=ranks)) == folder.digest(many)


def test_second_run_of_the_same_seed_has_the_same_digest(folder, tiny):
    assert folder.digest(folder.run()) == folder.digest(tiny)


def test_another_seed_has_another_digest(folder, tiny):
    results = folder.run(settings=["experiment.seed=4"])

    assert folder.digest(results) != folder.digest(tiny)


def test_digest_ignores_name_of_experiment_and_times(folder, tiny):
    results = folder.run(TINY.replace('"tiny"', '"another title"'))

    with h5py.File(results) as again, h5py.File(tiny) as first:
        assert again["provenance/start_time"][()] != first["provenance/start_time"][()]
    assert folder.digest(results) == folder.digest(tiny)


def test_digest_is_32_hexadecimal_digits_on_one_line(folder, tiny):
    output = folder.call("digest", tiny).output

    assert len(output) == 33 and output.endswith("\n")
    assert int(output, base=16) > 0


def test_replicates_and_points_differ_from_each_other(tiny_file):
    losses = tiny_file["train_loss"][..., 0]  # at the start, where rules of a replicate are still alike

    assert np.array_equal(losses[:, 0], losses[:, 1])
    assert len(np.unique(losses[:, 0])) == 2 * 3


def test_every_rank_computes_the_first_too(many):
    with h5py.File(many) as file:
        computing = np.unique(file["timing/rank"][...])

    assert set(computing) == set(range(RANKS))


def test_every_run_takes_a_positive_time(many):
    with h5py.File(many) as file:
        seconds = file["timing/wall_seconds"][...]

    assert seconds.shape == (2, 2, 30)
    assert np.all(seconds > 0.0) and np.all(seconds < 60.0)


@pytest.mark.parametrize("command", ["status", "verify", "digest"])
def test_commands_on_a_file_speak_once_on_three_ranks(folder, tiny, command):
    assert folder.call(command, tiny, ranks=3) == folder.call(command, tiny)
