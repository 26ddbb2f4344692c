"""The student network and its four learning rules, written for reading and not for speed.

Symbols and shapes, a column of a matrix being a sample:

    M inputs, N hidden units, O outputs, P samples, B nominal samples per batch, |b| samples in this batch
    W1 [N x M], W2 [O x N]      hidden and readout weights
    X  [M x P], Y  [O x P]      inputs and targets; X_b, Y_b are the columns of one batch
    D1, D2                      plasticity signs: [M], [N] presynaptic; [N], [O] postsynaptic
    Feedback [N x O]            what carries the output error back to the hidden units
"""

from dataclasses import dataclass

import numpy as np


def linear(a):
    return a


def linear_derivative(a):
    return np.ones_like(a)


def relu(a):
    return np.maximum(a, 0.0)


def relu_derivative(a):
    """1 where a > 0 and 0 elsewhere, a = 0 included."""
    return np.where(a > 0.0, 1.0, 0.0)


def sigmoid(a):
    """1 / (1 + exp(-a))."""
    return 1.0 / (1.0 + np.exp(-a))


def sigmoid_derivative(a):
    return sigmoid(a) * (1.0 - sigmoid(a))


def tanh_derivative(a):
    return 1.0 - np.tanh(a) ** 2


ACTIVATIONS = {"linear": linear, "tanh": np.tanh, "relu": relu, "sigmoid": sigmoid}
DERIVATIVES = {
    "linear": linear_derivative,
    "tanh": tanh_derivative,
    "relu": relu_derivative,
    "sigmoid": sigmoid_derivative,
}

# name -> (the error returns through a fixed random matrix, the signs D1 and D2 are used)
RULES = {
    "gradient-descent": (False, False),
    "curl-descent": (False, True),
    "feedback-alignment": (True, False),
    "curl-feedback-alignment": (True, True),
}


@dataclass(frozen=True)
class Learning:
    """One learning rule with all its settings; D1, D2 and Feedback are used only by the rules that need them."""

    rule: str
    activation: str
    output_activation: str
    side: str  # "presynaptic" or "postsynaptic"
    output_delta: str  # "error" or "gradient"
    norm_constraint: bool
    learning_rate: float  # eta, per epoch
    batch: int  # B, nominal
    D1: np.ndarray
    D2: np.ndarray
    Feedback: np.ndarray


def forward(W1, W2, X, activation, output_activation):
    """a = W1 X, h = phi(a), y_hat = phi_out(W2 h); X [M x P] gives Y_hat [O x P]."""
    H = ACTIVATIONS[activation](W1 @ X)
    return ACTIVATIONS[output_activation](W2 @ H)


def loss(Y_hat, Y):
    """1/2 mean over samples and outputs of (y_hat - y)^2."""
    return 0.5 * np.mean((Y_hat - Y) ** 2)


def compute_output_delta(Z, Y_b, learning):
    """delta2 = E = phi_out(Z) - Y_b, times phi_out'(Z) for output_delta "gradient"; Z = W2 H, all [O x |b|]."""
    E = ACTIVATIONS[learning.output_activation](Z) - Y_b
    if learning.output_delta == "gradient":
        return E * DERIVATIVES[learning.output_activation](Z)
    return E


def compute_hidden_delta(A, W2, delta2, learning):
    """delta1 = (Feedback delta2) .* phi'(A), [N x |b|]; Feedback is W2^T or the fixed random matrix."""
    uses_random_feedback, _ = RULES[learning.rule]
    Feedback = learning.Feedback if uses_random_feedback else W2.T
    return (Feedback @ delta2) * DERIVATIVES[learning.activation](A)


def apply_signs(gradient, signs, side):
    """gradient D for presynaptic signs, D gradient for postsynaptic ones, D = diag(signs)."""
    return gradient @ np.diag(signs) if side == "presynaptic" else np.diag(signs) @ gradient


def compute_increments(W1, W2, X_b, Y_b, P, learning):
    """The increments (dW1, dW2) of one batch, both from the same weights, before any norm constraint.

    presynaptic:   dW2 = -(eta_b/|b|) delta2 H^T D2     dW1 = -(eta_b/|b|) delta1 X_b^T D1
    postsynaptic:  dW2 = -(eta_b/|b|) D2 delta2 H^T     dW1 = -(eta_b/|b|) D1 delta1 X_b^T     eta_b = eta B / P
    """
    A = W1 @ X_b
    H = ACTIVATIONS[learning.activation](A)
    delta2 = compute_output_delta(W2 @ H, Y_b, learning)
    delta1 = compute_hidden_delta(A, W2, delta2, learning)
    gradient1, gradient2 = delta1 @ X_b.T, delta2 @ H.T

    _, uses_signs = RULES[learning.rule]
    if uses_signs:
        gradient1 = apply_signs(gradient1, learning.D1, learning.side)
        gradient2 = apply_signs(gradient2, learning.D2, learning.side)
    eta_b = learning.learning_rate * learning.batch / P
    step = eta_b / X_b.shape[1]
    return -step * gradient1, -step * gradient2


def rescale_to_norm(W, norm):
    """W times norm / ||W||_F."""
    return W * (norm / np.linalg.norm(W))


def update(W1, W2, X_b, Y_b, P, initial_norms, learning):
    """The weights after one batch; initial_norms = (||W1||_F, ||W2||_F) at the start of the run."""
    dW1, dW2 = compute_increments(W1, W2, X_b, Y_b, P, learning)
    W1, W2 = W1 + dW1, W2 + dW2
    if learning.norm_constraint:
        W1, W2 = rescale_to_norm(W1, initial_norms[0]), rescale_to_norm(W2, initial_norms[1])
    return W1, W2


def split_into_batches(epoch_order, batch):
    """Consecutive runs of `batch` sample indices; the last may be shorter. [4, 0, 2, 1, 3], 2 -> [4, 0] [2, 1] [3]."""
    return [epoch_order[first : first + batch] for first in range(0, len(epoch_order), batch)]


def train(W1, W2, X, Y, order, learning):
    """The final (W1, W2); order is [epochs x P], each row the samples in the order that epoch visits them."""
    initial_norms = np.linalg.norm(W1), np.linalg.norm(W2)
    P = X.shape[1]
    for epoch_order in order:
        for b in split_into_batches(epoch_order, learning.batch):
            W1, W2 = update(W1, W2, X[:, b], Y[:, b], P, initial_norms, learning)
    return W1, W2
