"""Curl descent with norm constraint on stacked replicates: one call does the same step of all of them.

Only names that NumPy and PyTorch share are used, so that both run the same code.
"""

from dataclasses import dataclass
from typing import Any, Callable

import numpy as np

from problem import Problem, list_batches
from shapes import LEARNING_RATE


@dataclass(frozen=True)
class Library:
    """An array library, and the function with which it multiplies stacks of matrices."""

    name: str
    arrays: Any  # the module
    product: Callable


def multiply_by_einsum(A, B):
    return np.einsum("sij,sjk->sik", A, B)


MATMUL = Library("NumPy matmul", np, np.matmul)
EINSUM = Library("NumPy einsum", np, multiply_by_einsum)


def find_torch() -> Library | None:
    """PyTorch on one thread, where it is installed."""
    try:
        import torch
    except ImportError:
        return None
    torch.set_num_threads(1)
    return Library("torch bmm", torch, torch.bmm)


def activate(arrays, activation, a):
    """phi(a), possibly in place of a."""
    if activation == "linear":
        return a
    return arrays.tanh(a) if activation == "tanh" else a.clip(0.0)


def multiply_by_derivative(activation, H, delta):
    """delta times phi'(a), from H = phi(a), in place."""
    if activation == "tanh":
        delta *= 1.0 - H * H
    elif activation == "relu":
        delta *= H > 0.0


def compute_norms(arrays, W):
    """The Frobenius norm of each matrix of a stack, as [S x 1 x 1]."""
    return arrays.sqrt(arrays.einsum("sij,sij->s", W, W))[:, None, None]


def train(problem: Problem, updates: int, library: Library):
    """(W1, W2) of all replicates after a number of updates."""
    shape, arrays, product = problem.shape, library.arrays, library.product
    X, Y, order, D1, D2 = map(arrays.asarray, (problem.X, problem.Y, problem.order, problem.D1, problem.D2))
    W1, W2 = arrays.asarray(problem.W1.copy()), arrays.asarray(problem.W2.copy())
    norm1, norm2 = compute_norms(arrays, W1), compute_norms(arrays, W2)
    replicates = arrays.arange(len(X))[:, None]
    eta_b = LEARNING_RATE * shape.batch / shape.samples
    for first, end in list_batches(shape, updates):
        b = order[:, first:end]
        X_b, Y_b = (X, Y) if shape.batch == shape.samples else (X[replicates, b], Y[replicates, b])
        H = activate(arrays, shape.activation, product(X_b, W1.swapaxes(1, 2)))
        delta2 = activate(arrays, shape.activation, product(H, W2.swapaxes(1, 2))) - Y_b
        delta1 = delta2 * W2
        multiply_by_derivative(shape.activation, H, delta1)
        # The step and the signs scale the thin factors.
        delta1 *= eta_b / X_b.shape[1]
        delta2 *= eta_b / X_b.shape[1]
        W1 -= product(delta1.swapaxes(1, 2), X_b * D1)
        W2 -= product(delta2.swapaxes(1, 2), H * D2)
        W1 *= norm1 / compute_norms(arrays, W1)
        W2 *= norm2 / compute_norms(arrays, W2)
    return W1, W2
