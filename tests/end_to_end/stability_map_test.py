"""Figure 2: `reproduce.sh fig2` writes theory's lower edge over the published grid, and draws where it is positive."""

import subprocess
import sys

import numpy
import pytest

from conftest import ENVIRONMENT, PROGRAM, REPOSITORY

sys.path.insert(1, str(REPOSITORY / "jobs" / "plot"))
from stability_map import Map, draw, read_map  # noqa: E402


@pytest.fixture(name="reproduced", scope="module")
def run_reproduce(tmp_path_factory):
    """The folder of `reproduce.sh fig2`, for reading only."""
    folder = tmp_path_factory.mktemp("fig2")
    command = ["bash", REPOSITORY / "jobs" / "reproduce.sh", "-o", folder, "fig2"]
    outcome = subprocess.run(command, capture_output=True, text=True, timeout=120,
                             env=ENVIRONMENT | {"CURLDESCENT": str(PROGRAM)})
    assert outcome.returncode == 0, outcome.stderr
    return folder


@pytest.mark.parametrize("layer", ["hidden", "readout"])
def test_grid_is_the_published_one(reproduced, layer):
    found = read_map(reproduced / f"fig2-{layer}.csv", layer)

    assert found.ratios == pytest.approx(numpy.logspace(-3, 2, 500))
    assert found.fractions == pytest.approx(numpy.linspace(0, 1, 500), abs=1e-11)
    assert found.edge.shape == (500, 500)


def test_all_inputs_flipped_are_stable_up_to_a_quarter(reproduced):
    found = read_map(reproduced / "fig2-hidden.csv", "hidden")

    stable = found.ratios[found.stable()[:, -1]]
    assert 0.25 / 1.03 < stable.max() < 0.25  # a step of the grid is 2.3 %


def test_section_shows_the_map_and_the_numbers(reproduced):
    text = (reproduced / "fig2.md").read_text()

    assert "![fig2: stability map](fig2-stability-map.png)" in text
    assert "stable at every fraction up to c = 0.248;" in text
    assert (reproduced / "fig2-stability-map.png").read_bytes().startswith(b"\x89PNG")


def test_contour_lies_where_the_edge_is_zero():
    ratios, fractions = numpy.array([0.1, 1.0, 10.0]), numpy.linspace(0, 1, 5)
    edge = numpy.broadcast_to(0.5 - fractions, (3, 5))

    panel = draw([Map("hidden", ratios, fractions, edge)]).axes[0]

    contour = panel.collections[1].get_paths()[0].vertices
    assert contour[:, 1] == pytest.approx(numpy.full(len(contour), 0.5))


def test_folder_without_tables_is_refused_in_one_line(tmp_path):
    command = [sys.executable, REPOSITORY / "jobs" / "plot" / "stability_map.py", tmp_path]
    outcome = subprocess.run(command, capture_output=True, text=True, timeout=60)

    assert outcome.returncode == 2
    assert outcome.stderr.count("\n") == 1 and "fig2-hidden.csv" in outcome.stderr
