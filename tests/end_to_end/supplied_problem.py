"""An experiment with supplied data and weights, for the program and for the NumPy reference alike."""

import sys
from pathlib import Path

import h5py
import numpy as np
import xarray

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "reference"))
import reference  # noqa: E402

M, N, N_T, O, P, P_TEST = 5, 7, 4, 2, 12, 6
RATE = 0.4
HIDDEN_FLIPS, READOUT_FLIPS = 2, 3

TEXT = f"""
[experiment]
replicates = 1
[network]
inputs = {M}
hidden = {N}
teacher_hidden = {N_T}
outputs = {O}
activation = "tanh"
output_activation = "sigmoid"
[plasticity]
hidden_flips = {HIDDEN_FLIPS}
readout_flips = {READOUT_FLIPS}
[training]
samples = {P}
test_samples = {P_TEST}
batch = 0
epochs = 50
learning_rate = {RATE}
records = 10
record_spacing = "linear"
[data]
file = "data.h5"
"""

RANDOM = np.random.default_rng(2)
ARRAYS = {
    name: RANDOM.normal(0.0, 0.7, shape)
    for name, shape in {
        "inputs": (P, M),
        "targets": (P, O),
        "test_inputs": (P_TEST, M),
        "test_targets": (P_TEST, O),
        "student_hidden": (N, M),
        "student_readout": (O, N),
        "teacher_hidden": (N_T, M),
        "teacher_readout": (O, N_T),
        "feedback": (N, O),
    }.items()
}
W1, W2, X, Y = ARRAYS["student_hidden"], ARRAYS["student_readout"], ARRAYS["inputs"].T, ARRAYS["targets"].T


def forward(weights, X, activation="tanh", output_activation="sigmoid"):
    """The reference's outputs [O x P] of a network (W1, W2) for inputs [M x P]."""
    return reference.forward(*weights, X, activation, output_activation)


def compute_loss(weights, X, Y, *activations):
    """The reference's loss of a network (W1, W2)."""
    return reference.loss(forward(weights, X, *activations), Y)


def run_in(folder, names, *settings, **changed):
    """Runs the experiment with some of the arrays as data.h5; returns the results of its only point and replicate."""
    with h5py.File(folder.path / "data.h5", "w") as file:
        for name in names:
            file[name] = changed.get(name, ARRAYS[name])
    return xarray.load_dataset(folder.run(TEXT, settings=settings)).isel(point=0, replicate=0)
