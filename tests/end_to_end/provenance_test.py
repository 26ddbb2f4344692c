"""The results file tells how it was made, and that is enough to make it again."""

import platform
import time
import tomllib

import numpy as np
import pytest
import xarray

from conftest import TINY

ODD_TEXT = TINY.replace("epochs = 20", 'epochs =   20 # "α" \\ twenty\t') + "\n\n# the end, without a line break"
SETTINGS = ["training.learning_rate=0.25", "experiment.replicates=1"]
RANKS = 2


@pytest.fixture(name="made", scope="module")
def run_odd_experiment(make_folder):
    """An experiment of odd text with two --set arguments, run on two ranks."""
    return make_folder("provenance").run(ODD_TEXT, settings=SETTINGS, ranks=RANKS)


@pytest.fixture(name="provenance", params=["h5netcdf", "netcdf4"])
def open_provenance(request, made):
    """The group `provenance`, once for each engine."""
    with xarray.open_dataset(made, engine=request.param, group="provenance") as provenance:
        yield provenance


def test_experiment_is_kept_word_for_word(provenance):
    assert provenance.experiment_text.item() == ODD_TEXT
    assert provenance.experiment_file.item() == "experiment.toml"


def test_set_arguments_are_kept(provenance):
    assert provenance.overrides.item().splitlines() == SETTINGS


def test_settings_are_toml_with_overrides_and_defaults(provenance):
    settings = tomllib.loads(provenance.settings.item())

    assert settings["experiment"] | {"name": ""} == {
        "name": "",
        "seed": 3,
        "replicates": 1,
        "rules": ["gradient-descent", "curl-descent"],
    }
    assert settings["training"]["learning_rate"] == 0.25
    assert settings["training"]["shuffle"] is True
    assert settings["sweep"] == {"plasticity.hidden_flip_fraction": [0.0, 0.5]}


def test_every_rank_names_its_host(provenance):
    assert provenance.ranks.item() == RANKS
    assert provenance.hosts.item().splitlines() == [platform.node()] * RANKS


def test_program_and_machine_are_named(provenance, folder):
    version, commit = provenance.version.item(), provenance.git_commit.item()

    assert folder.call("--version").output == f"curldescent {version} ({commit})\n"
    assert "HDF5" in provenance.libraries.item() and "MPI" in provenance.libraries.item()
    assert provenance.compiler.item() != "" and provenance.cpu.item() != ""
    assert provenance.instruction_set.item().split()[0] == platform.machine()
    assert provenance.data_checksum.item() == ""


def test_start_and_end_are_times_of_this_day(provenance):
    start, end = provenance.start_time.values, provenance.end_time.values

    assert start < end
    assert abs(np.datetime64(int(time.time()), "s") - start) < np.timedelta64(1, "D")


def test_stored_settings_alone_give_the_same_digest(provenance, folder, made):
    again = folder.run(provenance.settings.item())

    assert folder.digest(again) == folder.digest(made)


def test_stored_text_and_overrides_give_the_same_digest(provenance, folder, made):
    again = folder.run(provenance.experiment_text.item(), settings=provenance.overrides.item().splitlines())

    assert folder.digest(again) == folder.digest(made)
