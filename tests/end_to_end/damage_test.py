"""Damage is found wherever it is, named with what follows from it, and rows are computed again by --resume."""

import h5py
import numpy as np
import pytest

from conftest import TINY

POINT, RULE, REPLICATE = 1, 1, 2
TARGET = "point 1, curl-descent, replicate 2"
ALL_INTACT = "labels intact; statistics intact; times intact; provenance intact"

# Every variable of a row.
ROW = [
    "status", "checksum", "final_train_loss", "final_test_loss", "train_loss", "test_loss", "epochs_completed",
    "message",
]  # fmt: skip


def invert_byte(path, place):
    """Inverts the byte at this place of a file."""
    with open(path, "r+b") as raw:
        raw.seek(place)
        byte = raw.read(1)[0]
        raw.seek(place)
        raw.write(bytes([byte ^ 0xFF]))


def place_of(path, variable, *index):
    """Where in a file the lowest byte of one value is."""
    with h5py.File(path) as file:
        dataset = file[variable]
        return dataset.id.get_offset() + dataset.dtype.itemsize * int(np.ravel_multi_index(index, dataset.shape))


def flip_byte(path, variable, *index):
    """Inverts the lowest byte of one value, in the bytes of the file and past HDF5."""
    invert_byte(path, place_of(path, variable, *index))


@pytest.fixture(name="damaged")
def run_and_damage(folder):
    """A folder with a finished run of experiment.toml, one training loss of which is damaged."""
    folder.run()
    flip_byte(folder.path / "out.h5", "train_loss", POINT, RULE, REPLICATE, 3)
    return folder


def test_verify_names_exactly_the_damaged_row(damaged):
    outcome = damaged.call("verify", "out.h5")

    assert (outcome.code, outcome.errors) == (1, "")
    bad, rows, parts = outcome.output.splitlines()
    assert bad.startswith(f"bad: {TARGET} ") and "--resume" in bad
    assert rows == "out.h5: 11 rows intact, 1 bad, 0 pending"
    assert parts == "labels intact; statistics not checked where rows are bad; times intact; provenance intact"


def test_damage_changes_the_digest(damaged, tiny):
    assert damaged.digest("out.h5") != damaged.digest(tiny)


@pytest.mark.parametrize("ranks", [None, 3])
def test_resume_repairs_the_damaged_row_and_no_other(damaged, tiny, ranks):
    with h5py.File(damaged.path / "out.h5") as file:
        before = file["timing/wall_seconds"][...]

    outcome = damaged.call("run", "experiment.toml", "-o", "out.h5", "--resume", ranks=ranks)

    assert outcome.code == 0, outcome.errors
    assert "1 runs in 1 tasks" in outcome.errors
    assert damaged.digest("out.h5") == damaged.digest(tiny)
    assert damaged.call("verify", "out.h5").output == f"out.h5: 12 rows intact, 0 bad, 0 pending\n{ALL_INTACT}\n"
    with h5py.File(damaged.path / "out.h5") as file:
        changed = np.argwhere(file["timing/wall_seconds"][...] != before)
    assert changed.tolist() == [[POINT, RULE, REPLICATE]]


@pytest.mark.parametrize(
    "variable, index",
    [("test_loss", (0,)), ("final_train_loss", ()), ("epochs_completed", ()), ("message", (17,)), ("checksum", ())],
)
def test_damage_to_any_stored_value_of_a_row_is_found(folder, variable, index):
    folder.run()
    flip_byte(folder.path / "out.h5", variable, POINT, RULE, REPLICATE, *index)

    outcome = folder.call("verify", "out.h5")

    assert outcome.code == 1
    assert f"bad: {TARGET} " in outcome.output and "11 rows intact, 1 bad" in outcome.output


def test_row_with_an_unknown_status_is_bad_and_repaired(folder, tiny):
    folder.run()
    flip_byte(folder.path / "out.h5", "status", POINT, RULE, REPLICATE)

    assert folder.call("verify", "out.h5").code == 1
    assert "unknown (254)" in folder.call("status", "out.h5").output
    assert folder.call("run", "experiment.toml", "-o", "out.h5", "--resume").code == 0
    assert folder.digest("out.h5") == folder.digest(tiny)


def test_row_written_without_its_status_is_pending(folder, tiny):
    """As after a kill between the row and its status, which is written last."""
    folder.run()
    with h5py.File(folder.path / "out.h5", "r+") as file:
        file["status"][POINT, RULE, REPLICATE] = 0
        file["provenance/end_time"][()] = np.nan

    unfinished = ALL_INTACT.replace("statistics intact", "statistics not written yet")
    assert folder.call("verify", "out.h5").output == f"out.h5: 11 rows intact, 0 bad, 1 pending\n{unfinished}\n"
    assert folder.call("run", "experiment.toml", "-o", "out.h5", "--resume").code == 0
    assert folder.digest("out.h5") == folder.digest(tiny)


def random_places_in_rows(path, number):
    """Places of random bytes in the data of rows, each with the name of its row."""
    random = np.random.default_rng(7)
    with h5py.File(path) as file:
        variables = {name: (file[name].id.get_offset(), file[name].id.get_storage_size()) for name in ROW}
        shape, rules = file["status"].shape, file["rule"].asstr()[...]
    sizes = np.array([size for _, size in variables.values()])
    for byte in random.choice(sizes.sum(), number, replace=False):
        variable = int(np.searchsorted(np.cumsum(sizes), byte, side="right"))
        start, size = list(variables.values())[variable]
        within = int(byte - sizes[:variable].sum())
        point, rule, replicate = np.unravel_index(within // (size // int(np.prod(shape))), shape)
        yield start + within, f"point {point}, {rules[rule]}, replicate {replicate}"


def test_each_of_100_random_flips_in_rows_is_found_and_every_tenth_is_repaired(folder, tiny):
    path = folder.run()
    whole = path.read_bytes()
    found = []
    for number, (place, row) in enumerate(random_places_in_rows(path, 100)):
        path.write_bytes(whole)
        invert_byte(path, place)
        outcome = folder.call("verify", "out.h5")
        bad = [line for line in outcome.output.splitlines() if line.startswith("bad: ")]
        found.append(outcome.code == 1 and len(bad) == 1 and bad[0].startswith(f"bad: {row} "))
        assert found[-1], (place, row, outcome)
        if number % 10 == 0:
            assert folder.call("run", "experiment.toml", "-o", "out.h5", "--resume").code == 0
            assert folder.digest("out.h5") == folder.digest(tiny), row
    assert sum(found) == 100


def find_damage(folder, variable, *index):
    """What verify says of out.h5 after a flip, which must be bad: its lines about it and the last line."""
    flip_byte(folder.path / "out.h5", variable, *index)
    outcome = folder.call("verify", "out.h5")
    *bad, rows, parts = outcome.output.splitlines()
    assert (outcome.code, outcome.errors) == (1, "")
    assert rows == "out.h5: 12 rows intact, 0 bad, 0 pending"
    return bad, parts


@pytest.mark.parametrize("variable", ["wall_seconds", "predicted_seconds", "updates", "rank", "checksum"])
def test_damage_to_times_is_found_and_leaves_the_results_usable(folder, tiny, variable):
    folder.run()

    bad, parts = find_damage(folder, f"timing/{variable}", POINT, RULE, REPLICATE)

    assert len(bad) == 1 and bad[0].startswith(f"bad: times of {TARGET}: ") and "do not trust" in bad[0]
    assert parts == "labels intact; statistics intact; times 1 bad; provenance intact"
    assert folder.digest("out.h5") == folder.digest(tiny)


def test_resume_computes_nothing_for_the_sake_of_times(folder):
    folder.run()
    flip_byte(folder.path / "out.h5", "timing/wall_seconds", POINT, RULE, REPLICATE)

    outcome = folder.call("run", "experiment.toml", "-o", "out.h5", "--resume")

    assert outcome.code == 0 and "nothing was left to run" in outcome.errors


@pytest.mark.parametrize(
    "variable, index",
    [
        ("hidden_flip_fraction", (1,)), ("axis_hidden_flip_fraction", (1,)), ("inputs", (1,)), ("epoch", (1, 2)),
        ("theory_lower_edge", (1,)), ("point", (1,)),
    ],
)  # fmt: skip
def test_damage_to_a_label_is_found(folder, variable, index):
    folder.run()

    bad, parts = find_damage(folder, variable, *index)

    assert len(bad) == 1 and bad[0].startswith(f"bad: {variable}: 1 of ") and "the first at point 1" in bad[0]
    assert "do not select by it" in bad[0]
    assert parts == "labels 1 bad; statistics intact; times intact; provenance intact"


@pytest.mark.parametrize(
    "variable", ["final_train_loss_mean", "log10_final_test_loss_q95", "epochs_completed_count"]
)
def test_damage_to_a_statistic_is_found_and_repaired_by_statistics(folder, tiny, variable):
    folder.run()

    bad, parts = find_damage(folder, variable, POINT, RULE)

    assert len(bad) == 1 and bad[0].startswith(f"bad: {variable}: ") and "point 1" in bad[0]
    assert "`curldescent statistics out.h5` computes it again" in bad[0]
    assert parts == "labels intact; statistics 1 bad; times intact; provenance intact"
    assert folder.call("statistics", "out.h5").code == 0
    assert folder.call("verify", "out.h5").code == 0
    assert folder.digest("out.h5") == folder.digest(tiny)


def test_damage_to_a_comparison_is_found(folder):
    folder.run(TINY + '[analysis]\nbaseline = "gradient-descent"\n')

    for variable in ["wilcoxon_p", "ratio", "t_p_holm"]:
        bad, _ = find_damage(folder, f"final_test_loss_vs_baseline_{variable}", POINT, RULE)
        assert any(line.startswith(f"bad: final_test_loss_vs_baseline_{variable}: ") for line in bad)
        assert folder.call("statistics", "out.h5").code == 0
        assert folder.call("verify", "out.h5").code == 0


@pytest.mark.parametrize("text", [b'name = "tiny"', b"HDF5 1.", b"experiment.toml"])
def test_damage_to_a_text_of_the_provenance_is_found(folder, tiny, text):
    path = folder.run()
    content = path.read_bytes()
    place = content.index(text)
    path.write_bytes(content[:place] + b"X" + content[place + 1 :])

    outcome = folder.call("verify", "out.h5")

    assert outcome.code == 1, outcome
    assert "bad: provenance: " in outcome.output and "do not trust" in outcome.output
    assert "12 rows intact, 0 bad" in outcome.output and "provenance 1 bad" in outcome.output
    assert folder.digest("out.h5") == folder.digest(tiny)


@pytest.mark.parametrize("variable", ["start_time", "ranks", "settings", "git_commit", "checksum"])
def test_damage_to_a_number_or_to_the_place_of_a_text_is_found(folder, variable):
    path = folder.run()
    invert_byte(path, place_of(path, f"provenance/{variable}") + 4)  # of a text: after its length, its address

    outcome = folder.call("verify", "out.h5")

    assert outcome.code == 1
    assert "12 rows intact, 0 bad" in outcome.output and "provenance 1 bad" in outcome.output


@pytest.mark.parametrize("variable, index", [("provenance/settings", ()), ("provenance/cpu", ()), ("rule", (0,))])
def test_damage_to_where_a_text_is_ends_in_no_crash(folder, variable, index):
    """HDF5 itself believes every byte of it: a length (4 bytes), an address (8), an index (4)."""
    path = folder.run()
    whole = path.read_bytes()
    for byte in [0, 3, 4, 11, 12, 13, 15]:
        path.write_bytes(whole)
        invert_byte(path, place_of(path, variable, *index) + byte)
        verify, digest = (folder.call(command, "out.h5").code for command in ["verify", "digest"])
        assert verify == 1 and digest in (0, 2), (byte, verify, digest)


def test_rows_are_named_when_the_settings_can_no_longer_be_read(folder):
    path = folder.run()
    content = path.read_bytes()
    place = content.rindex(b"[training]")
    path.write_bytes(content[:place] + b"(" + content[place + 1 :])
    flip_byte(path, "final_test_loss", POINT, RULE, REPLICATE)

    outcome = folder.call("verify", "out.h5")

    assert outcome.code == 1
    assert "bad: point 1, rule 1, replicate 2 (done)" in outcome.output
    assert "labels not checked: the settings in the file cannot be read" in outcome.output


def test_file_of_a_build_without_these_checksums_is_checked_as_far_as_it_goes(folder, tiny):
    path = folder.path / "out.h5"
    path.write_bytes(tiny.read_bytes())
    with h5py.File(path, "r+") as file:
        del file["timing/checksum"]
        del file["provenance/checksum"]

    outcome = folder.call("verify", "out.h5")

    assert outcome.code == 0, outcome
    assert "labels intact; statistics intact; times not checked for 12 rows" in outcome.output
    assert "provenance not checked" in outcome.output


@pytest.mark.parametrize("time", [-1e300, 1e300, np.inf])
def test_time_that_no_calendar_has_is_called_unknown(folder, time):
    folder.run()
    with h5py.File(folder.path / "out.h5", "r+") as file:
        file["provenance/end_time"][()] = time

    outcome = folder.call("status", "out.h5")

    assert outcome.code == 0 and "ended at an unknown time" in outcome.output
