"""`curldescent theory`: CSV on standard output, known answers, and refusals that name argument, value and range."""

import csv
import io

import pytest

SCALES = "1e-12 to 1e+12"

MISTAKES = {
    "no command": ([], ["subcommand", "required"]),
    "unknown command": (["frobnicate"], ["theory frobnicate"]),
    "no ratio": (["edge"], ["--ratio", "required"]),
    "negative ratio": (["edge", "--ratio", "-1"], ["--ratio", '"-1"', SCALES]),
    "zero ratio": (["edges", "--ratio", "0"], ["--ratio", '"0"', SCALES]),
    "infinite ratio": (["edge", "--ratio", "inf"], ["--ratio", '"inf"', SCALES]),
    "ratio that is not a number": (["edge", "--ratio", "nan"], ["--ratio", '"nan"', SCALES]),
    "text": (["density", "--ratio", "half"], ["--ratio", '"half"', "a number from"]),
    "number with text behind": (["edge", "--ratio", "0.5x"], ["--ratio", '"0.5x"', "a number from"]),
    "second of two ratios": (["edge", "--ratio", "1,-2"], ["--ratio", '"-2"', SCALES]),
    "large fraction": (
        ["edge", "--ratio", "1", "--hidden-flip-fraction", "1.5"], ["--hidden-flip-fraction", '"1.5"', "0 to 1"]
    ),
    "negative fraction": (
        ["edge", "--ratio", "1", "--readout-flip-fraction", "-0.1"], ["--readout-flip-fraction", '"-0.1"', "0 to 1"]
    ),
    "no variance": (["edge", "--ratio", "1", "--weight-variance", "0"], ["--weight-variance", '"0"', SCALES]),
    "negative norm": (
        ["edge", "--ratio", "1", "--squared-readout-norm", "-2"], ["--squared-readout-norm", '"-2"', SCALES]
    ),
    "one point": (["density", "--ratio", "1", "--points", "1"], ["--points", "1", "2 to 1000000"]),
    "no layer": (["boundary", "--ratios", "1"], ["--layer", "required"]),
    "unknown layer": (["boundary", "--layer", "both", "--ratios", "1"], ["--layer both", "hidden, readout"]),
    "fraction that is sought": (
        ["boundary", "--layer", "hidden", "--ratios", "1", "--hidden-flip-fraction", "0.1"],
        ["--hidden-flip-fraction", "--layer hidden", "allowed: --readout-flip-fraction"],
    ),
    "no fractions": (["critical-ratio", "--layer", "readout"], ["--fractions", "required"]),
    "large fractions": (
        ["critical-ratio", "--layer", "readout", "--fractions", "0.1,2"], ["--fractions", '"2"', "0 to 1"]
    ),
    "ratio that is sought": (["critical-ratio", "--layer", "hidden", "--fractions", "0", "--ratio", "1"], ["--ratio"]),
}


@pytest.fixture(name="ask")
def prepare_ask(folder):
    """The rows of `curldescent theory ARGUMENTS` as dictionaries of numbers."""

    def ask(*arguments):
        outcome = folder.call("theory", *arguments)
        assert (outcome.code, outcome.errors) == (0, "")
        rows = csv.DictReader(io.StringIO(outcome.output))
        return [{name: float(cell) for name, cell in row.items()} for row in rows]

    return ask


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake_is_refused(folder, mistake):
    arguments, parts = MISTAKES[mistake]

    message = folder.refusal("theory", *arguments)

    assert [part for part in parts if part not in message] == [], message


def test_edge_has_a_row_for_each_combination(ask):
    rows = ask("edge", "--ratio", "0.3,1", "--hidden-flip-fraction", "0,0.5", "--readout-flip-fraction", "0.1")

    points = [(row["ratio"], row["hidden_flip_fraction"], row["readout_flip_fraction"]) for row in rows]
    assert points == [(0.3, 0.0, 0.1), (0.3, 0.5, 0.1), (1.0, 0.0, 0.1), (1.0, 0.5, 0.1)]
    assert rows[2]["lower_edge"] == pytest.approx(-0.2186, abs=5e-5)


@pytest.mark.parametrize("name", ["--squared-readout-norm", "--readout-norm"])
def test_edge_follows_the_scales(ask, name):
    edge, = ask("edge", "--ratio", "0.25", "--weight-variance", "2", name, "3")

    assert edge["lower_edge"] == pytest.approx(3 + 2, abs=1e-12)


def test_numbers_have_every_digit(folder):
    output = folder.call("theory", "edge", "--ratio", "0.3", "--hidden-flip-fraction", "0.5").output

    assert output.splitlines()[0] == "ratio,hidden_flip_fraction,readout_flip_fraction,lower_edge"
    cell = output.splitlines()[1].split(",")[3]
    assert repr(float(cell)) == cell and len(cell) > 15


def test_edges_are_those_of_marchenko_and_pastur_without_flips(ask):
    band, = ask("edges", "--ratio", "0.25")

    assert (band["band_lower_edge"], band["band_upper_edge"]) == pytest.approx((2, 10), abs=1e-12)


def test_edges_are_listed_band_by_band(ask):
    rows = ask("edges", "--ratio", "8", "--hidden-flip-fraction", "0.4", "--readout-flip-fraction", "0.1")

    edges = [edge for row in rows for edge in (row["band_lower_edge"], row["band_upper_edge"])]
    assert len(edges) == 8 and edges == sorted(edges)


def test_density_is_zero_at_edges_positive_between_and_names_the_atoms(ask):
    rows = ask("density", "--ratio", "8", "--hidden-flip-fraction", "0.4", "--points", "5")

    atoms = [(row["eigenvalue"], row["atom_mass"]) for row in rows if row["atom_mass"] > 0]
    bands = [row["density"] for row in rows if row["atom_mass"] == 0]
    assert atoms == [(-1.0, pytest.approx(0.4 - 1 / 8)), (1.0, pytest.approx(0.6 - 1 / 8))]
    assert len(bands) == 10
    assert [density > 0 for density in bands] == 2 * [False, True, True, True, False]
    assert [row["eigenvalue"] for row in rows] == sorted(row["eigenvalue"] for row in rows)


def test_boundary_is_the_fraction_whose_edge_is_zero(ask):
    hidden, = ask("boundary", "--layer", "hidden", "--ratios", "0.4", "--readout-flip-fraction", "0.02")
    readout, = ask("boundary", "--layer", "readout", "--ratios", "0.4", "--hidden-flip-fraction", "0.02")

    edge, = ask("edge", "--ratio", "0.4", "--readout-flip-fraction", "0.02",
                "--hidden-flip-fraction", hidden["critical_hidden_flip_fraction"])
    assert edge["lower_edge"] == pytest.approx(0, abs=1e-12)
    edge, = ask("edge", "--ratio", "0.4", "--hidden-flip-fraction", "0.02",
                "--readout-flip-fraction", readout["critical_readout_flip_fraction"])
    assert edge["lower_edge"] == pytest.approx(0, abs=1e-12)


def test_boundary_says_where_there_is_none(ask):
    rows = ask("boundary", "--layer", "hidden", "--ratios", "0.2,0.7")
    beyond, = ask("boundary", "--layer", "hidden", "--ratios", "1", "--readout-flip-fraction", "0.5")

    assert [row["critical_hidden_flip_fraction"] for row in rows] == [float("inf"), 0.0]
    assert beyond["critical_hidden_flip_fraction"] == -float("inf")


def test_critical_ratio_has_the_known_values(ask):
    none, few, all_flipped = ask("critical-ratio", "--layer", "hidden", "--fractions", "0,1e-30,1")
    half, = ask("critical-ratio", "--layer", "readout", "--fractions", "0.5")

    assert none["critical_ratio"] == float("inf")
    assert few["critical_ratio"] == pytest.approx(2 / 3, abs=1e-8)
    assert all_flipped["critical_ratio"] == pytest.approx(0.25, abs=1e-8)
    assert half["critical_ratio"] == 0.0


def test_critical_ratio_takes_the_other_fraction(ask):
    row, = ask("critical-ratio", "--layer", "readout", "--fractions", "0.3", "--weight-variance", "0.5")
    mixed, = ask("critical-ratio", "--layer", "readout", "--fractions", "0.3", "--hidden-flip-fraction", "0.1")

    assert row["critical_ratio"] < row["upper_critical_ratio"] < 1
    assert (mixed["hidden_flip_fraction"], mixed["readout_flip_fraction"]) == (0.1, 0.3)
    assert mixed["upper_critical_ratio"] == float("inf")


@pytest.mark.parametrize("command", ["edge", "edges", "density", "boundary", "critical-ratio"])
def test_every_command_has_help(folder, command):
    outcome = folder.call("theory", command, "--help")

    assert (outcome.code, outcome.errors) == (0, "")
    assert "--squared-readout-norm" in outcome.output


def test_only_one_rank_speaks(folder):
    arguments = ["theory", "edge", "--ratio", "0.5"]

    assert folder.call(*arguments, ranks=3) == folder.call(*arguments)
