"""Random problems for the Python contestants, replicates stacked along the first axis; samples are rows."""

from dataclasses import dataclass

import numpy as np

from shapes import Shape

ACTIVATIONS = {"linear": lambda a: a, "tanh": np.tanh, "relu": lambda a: np.maximum(a, 0.0)}


@dataclass(frozen=True)
class Problem:
    """Data, starts and signs of S replicates. Every epoch visits the samples in the same order, already shuffled."""

    shape: Shape
    W1: np.ndarray  # [S x N x M]
    W2: np.ndarray  # [S x 1 x N]
    X: np.ndarray  # [S x P x M]
    Y: np.ndarray  # [S x P x 1]
    order: np.ndarray  # [S x P]
    D1: np.ndarray  # [M]
    D2: np.ndarray  # [N]

    def first(self, replicates: int) -> "Problem":
        """The problem with its first few replicates only."""
        stacked = (array[:replicates] for array in (self.W1, self.W2, self.X, self.Y, self.order))
        return Problem(self.shape, *stacked, self.D1, self.D2)


def draw_weights(random, scale: float, replicates: int, shape: Shape) -> tuple[np.ndarray, np.ndarray]:
    """(W1, W2), uniform on +-scale / sqrt(fan in)."""
    bound1, bound2 = scale / np.sqrt(shape.inputs), scale / np.sqrt(shape.hidden)
    W1 = random.uniform(-bound1, bound1, (replicates, shape.hidden, shape.inputs))
    W2 = random.uniform(-bound2, bound2, (replicates, 1, shape.hidden))
    return W1, W2


def make_signs(count: int, flips: int) -> np.ndarray:
    return np.where(np.arange(count) < flips, -1.0, 1.0)


def draw_problem(shape: Shape, replicates: int, seed: int = 1) -> Problem:
    """x ~ Normal(0, 1/2) per entry; the targets are those of a random teacher of scale 1."""
    random = np.random.default_rng(seed)
    phi = ACTIVATIONS[shape.activation]
    X = random.normal(0.0, np.sqrt(0.5), (replicates, shape.samples, shape.inputs))
    T1, T2 = draw_weights(random, 1.0, replicates, shape)
    Y = phi(phi(X @ T1.swapaxes(1, 2)) @ T2.swapaxes(1, 2))
    W1, W2 = draw_weights(random, shape.student_scale, replicates, shape)
    order = np.array([random.permutation(shape.samples) for _ in range(replicates)])
    D1, D2 = make_signs(shape.inputs, shape.hidden_flips), make_signs(shape.hidden, shape.readout_flips)
    return Problem(shape, W1, W2, X, Y, order, D1, D2)


def list_batches(shape: Shape, updates: int):
    """The bounds (first, last + 1) of every batch in an epoch's order, epoch after epoch."""
    for update in range(updates):
        first = update % shape.updates_per_epoch * shape.batch
        yield first, min(first + shape.batch, shape.samples)
