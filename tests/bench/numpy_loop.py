"""Curl descent with norm constraint in plain NumPy, one run at a time."""

import numpy as np

from problem import ACTIVATIONS, Problem, list_batches
from shapes import LEARNING_RATE

# phi'(a), from h = phi(a)
DERIVATIVES = {"tanh": lambda h: 1.0 - h**2, "relu": lambda h: h > 0.0}


def compute_increments(W1, W2, X_b, Y_b, D1, D2, step, activation):
    """(dW1, dW2) of one batch, samples being rows: dW = -step gradient D, both from the same weights."""
    phi = ACTIVATIONS[activation]
    H = phi(X_b @ W1.T)
    delta2 = phi(H @ W2.T) - Y_b
    delta1 = delta2 @ W2
    if activation in DERIVATIVES:
        delta1 *= DERIVATIVES[activation](H)
    return -step * (delta1.T @ X_b) * D1, -step * (delta2.T @ H) * D2


def train(problem: Problem, replicate: int, updates: int) -> tuple[np.ndarray, np.ndarray]:
    """(W1, W2) of one replicate after a number of updates."""
    shape = problem.shape
    W1, W2, X, Y = (array[replicate] for array in (problem.W1, problem.W2, problem.X, problem.Y))
    order = problem.order[replicate]
    norm1, norm2 = np.linalg.norm(W1), np.linalg.norm(W2)
    eta_b = LEARNING_RATE * shape.batch / shape.samples
    for first, end in list_batches(shape, updates):
        b = order[first:end]
        X_b, Y_b = (X, Y) if shape.batch == shape.samples else (X[b], Y[b])
        dW1, dW2 = compute_increments(W1, W2, X_b, Y_b, problem.D1, problem.D2, eta_b / len(X_b), shape.activation)
        W1, W2 = W1 + dW1, W2 + dW2
        W1, W2 = W1 * (norm1 / np.linalg.norm(W1)), W2 * (norm2 / np.linalg.norm(W2))
    return W1, W2
