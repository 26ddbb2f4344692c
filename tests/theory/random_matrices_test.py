"""Theory against small random matrices, and whether that comparison can fail. The large ones: random_matrices.py."""

from dataclasses import replace

import numpy as np
import pytest

import random_matrices as matrices

INPUTS = 400
FLIPPED = matrices.Case(inputs=INPUTS, hidden=400, hidden_flips=100, readout_flips=80)


@pytest.fixture(name="random")
def make_random():
    return np.random.default_rng(5)


def test_lowest_eigenvalues_scatter_about_the_edge_as_tracy_and_widom_say(random):
    deviations = matrices.check_lowest(INPUTS, 4, random)

    assert len(deviations) == 4
    assert [deviation for deviation in deviations if not deviation.is_small] == []


def test_spectra_follow_the_density(random):
    deviations = matrices.check_distributions(INPUTS, 3, random)

    assert len(deviations) == 3
    assert [deviation for deviation in deviations if not deviation.is_small] == []


def test_lowest_eigenvalue_is_the_atom_where_hidden_units_are_few(random):
    few = replace(FLIPPED, hidden=100, hidden_flips=200, readout_flips=0)

    assert matrices.predict_lowest(few) == (-1.0, 0.0)
    assert matrices.compare_lowest(few, random).is_small


@pytest.mark.parametrize("compare", [matrices.compare_lowest, matrices.compare_distribution])
def test_a_spectrum_of_other_flips_would_be_found(random, monkeypatch, compare):
    other = replace(FLIPPED, hidden_flips=60)
    eigenvalues = matrices.draw_eigenvalues(other, random)
    monkeypatch.setattr(matrices, "draw_eigenvalues", lambda case, random: eigenvalues)

    assert compare(other, random).is_small
    assert not compare(FLIPPED, random).is_small
